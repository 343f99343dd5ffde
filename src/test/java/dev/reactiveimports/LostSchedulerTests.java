package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** A scheduler that is lost while something waits on it: no call hangs, or ends in anything but an exception of ours. */
class LostSchedulerTests {

    private static final int SECONDS = 30;
    private static final Duration WAIT = Duration.ofMillis(700);
    private static final String TYPE = "\nContent-Type: application/json";
    private static final RawServer.Answer RUNNING = RawServer.json("{\"id\":\"a\",\"status\":\"InProgress\"}");
    private static final RawServer.Answer DONE = RawServer.json("{\"id\":\"a\",\"status\":\"Completed\"}");
    private static final RawServer.Answer DOWN = RawServer.answer("HTTP/1.1 500 Oops" + TYPE, "{}");
    private static final RawServer.Answer THROTTLED =
            RawServer.answer("HTTP/1.1 429 Too Many Requests\nRetry-After: 1" + TYPE, "{}");
    private static final RawServer.Answer SILENT = RawServer.bytesThenStall("");
    private static final PollSpec SLOW = PollSpec.fixedInterval(WAIT);
    private static final ImportsRetry RETRY = ImportsRetry.ofDefaults()
            .maxRetries(1)
            .minBackoff(WAIT)
            .maxBackoff(WAIT)
            .jitter(0);

    /** What waits: the first response, the others, and the call. */
    record Waiting(RawServer.Answer first, RawServer.Answer then, Function<ReactiveImportsApi, Publisher<?>> call) {}

    private static final Map<String, Waiting> WAITING = new LinkedHashMap<>();

    static {
        WAITING.put("a retry", new Waiting(DOWN, DONE, api -> api.describeImport("a")));
        WAITING.put("a poll", new Waiting(RUNNING, DONE, api -> api.watchImport("a", SLOW)));
        WAITING.put("a watch of many", new Waiting(RUNNING, DONE, api -> api.watchImports(Flux.just("a"), SLOW)));
        WAITING.put("a throttled call", new Waiting(THROTTLED, DONE, api -> api.describeImport("a")));
        WAITING.put("a silent attempt", new Waiting(SILENT, DONE, api -> api.describeImport("a")));
        WAITING.put("a silent page", new Waiting(SILENT, RawServer.json("{\"data\":[]}"), api -> api.listImports()));
    }

    static Stream<String> waiting() {
        return WAITING.keySet().stream();
    }

    @AfterEach
    void reset() {
        Schedulers.resetFactory();
    }

    @ParameterizedTest
    @MethodSource("waiting")
    void whatWaitsOnTheDefaultOneGoesOn(String what) throws InterruptedException {
        assertThat(run(what, builder -> {}, Schedulers::shutdownNow)).isEqualTo("complete after 2 requests");
    }

    @ParameterizedTest
    @MethodSource("waiting")
    void whatWaitsOnADisposedOneFails(String what) throws InterruptedException {
        Scheduler theirs = Schedulers.newParallel("theirs", 1);
        String end = run(what, builder -> builder.scheduler(theirs), theirs::dispose);
        switch (what) {
            // the last real failure surfaces; that there was nothing to wait on is suppressed by it
            case "a retry" -> assertThat(end).isEqualTo("ImportsApiException: Oops");
            case "a throttled call" -> assertThat(end).isEqualTo("ImportsApiException: Too Many Requests");
            // a poll that was due later may be made at once and show the end
            case "a poll", "a watch of many" -> assertThat(end).containsAnyOf("was disposed", "complete");
            default ->
                assertThat(end)
                        .startsWith("ImportsTransportException: the scheduler")
                        .contains("was disposed");
        }
    }

    @Test
    void aCallOnADisposedOneFailsBeforeARequest() throws InterruptedException {
        Scheduler theirs = Schedulers.newParallel("theirs", 1);
        theirs.dispose();
        for (var publisher : OpaquePublishers.ALL.entrySet()) {
            if (publisher.getKey().equals("disposeLater()")) {
                continue;
            }
            try (OpaqueService service = new OpaqueService(OpaqueService.Trouble.NONE);
                    ReactiveImportsApi api = OpaquePublishers.client(service.host())
                            .scheduler(theirs)
                            .build()) {
                AtomicReference<ImportsException> failure = new AtomicReference<>();
                String end = end(
                        Flux.from(publisher.getValue().apply(api)).doOnError(ImportsException.class, failure::set),
                        () -> {});
                assertThat(end)
                        .as(publisher.getKey())
                        .startsWith("ImportsTransportException: the scheduler")
                        .endsWith("was disposed");
                assertThat(failure.get().operationName()).as(publisher.getKey()).isNotNull();
                if (publisher.getKey().matches("(describe|start|cancel|await|watch)Import\\(.*")) {
                    assertThat(failure.get().target()).as(publisher.getKey()).isIn("a", "s3://bucket/x");
                }
                assertThat(service.requestLines()).isEmpty();
            }
        }
    }

    @Test
    void aStartThatWasSentIsUnknownWhenItsSchedulerIsLost() throws InterruptedException {
        Scheduler theirs = Schedulers.newParallel("theirs", 1);
        CountDownLatch arrived = new CountDownLatch(1);
        try (RawServer server = RawServer.always(connection -> {
                    arrived.countDown();
                    return SILENT.write(connection);
                });
                ReactiveImportsApi api = ReactiveImportsApi.builder(server.host(), "key")
                        .scheduler(theirs)
                        .build()) {
            String end = end(api.startImport(StartImportRequest.of("s3://bucket/x")), () -> {
                await(arrived);
                theirs.dispose();
            });
            assertThat(end).startsWith("ImportOutcomeUnknownException");
            assertThat(server.requests).hasSize(1);
        }
    }

    @Test
    void schedulersOfASpecAndARetryAreTheirOwn() throws InterruptedException {
        Scheduler theirs = Schedulers.newParallel("theirs", 1);
        PollSpec spec = SLOW.scheduler(theirs);
        ImportsRetry retry = RETRY.scheduler(theirs);
        theirs.dispose();
        try (RawServer server = RawServer.script(DOWN, RUNNING, DONE);
                ReactiveImportsApi api = ReactiveImportsApi.builder(server.host(), "key")
                        .retry(ImportsRetry.none())
                        .build()) {
            String expected = "ImportsTransportException: the scheduler";
            assertThat(end(api.describeImport("a").retryWhen(retry), () -> {})).startsWith(expected);
            assertThat(end(api.watchImport("a", spec), () -> {})).startsWith(expected);
            assertThat(server.requests).hasSize(2);
        }
    }

    private static String run(String what, Consumer<ReactiveImportsApi.Builder> with, Runnable loss)
            throws InterruptedException {
        Waiting waiting = WAITING.get(what);
        CountDownLatch waits = new CountDownLatch(1);
        RawServer.Answer first = connection -> {
            if (waiting.first() == SILENT) {
                waits.countDown();
            }
            return waiting.first().write(connection);
        };
        try (RawServer server = RawServer.script(first, waiting.then())) {
            ReactiveImportsApi.Builder builder = ReactiveImportsApi.builder(server.host(), "key")
                    .retry(RETRY)
                    .attemptTimeout(WAIT)
                    .listener(new ImportsListener() {
                        @Override
                        public void onExchange(Exchange exchange) {
                            waits.countDown();
                        }
                    });
            with.accept(builder);
            try (ReactiveImportsApi api = builder.build()) {
                String end = end(waiting.call().apply(api), () -> {
                    await(waits);
                    onceItWaits(loss);
                });
                return end.equals("complete") ? end + " after " + server.requests.size() + " requests" : end;
            }
        }
    }

    /** The response was read by then, and the wait after it is not over. */
    private static void onceItWaits(Runnable loss) {
        CompletableFuture.runAsync(loss, CompletableFuture.delayedExecutor(WAIT.toMillis() / 3, TimeUnit.MILLISECONDS))
                .join();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(SECONDS, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String end(Publisher<?> call, Runnable meanwhile) throws InterruptedException {
        CountDownLatch ended = new CountDownLatch(1);
        AtomicReference<String> end = new AtomicReference<>("did not end");
        Flux.from(call)
                .doFinally(signal -> ended.countDown())
                .subscribe(
                        item -> {},
                        failure -> end.set(failure.getClass().getSimpleName() + ": " + reason(failure)),
                        () -> end.set("complete"));
        meanwhile.run();
        ended.await(SECONDS, TimeUnit.SECONDS);
        return end.get();
    }

    /** Without the call's name, which differs from row to row. */
    private static String reason(Throwable failure) {
        return failure instanceof ImportsException ours ? ours.reason() : failure.getMessage();
    }
}
