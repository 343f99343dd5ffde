package dev.reactiveimports;

import static dev.reactiveimports.Transport.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.scheduler.VirtualTimeScheduler;

/** Giving a start up, at about the moment in which it goes out: one or the other, never both. */
@ParameterizedClass
@EnumSource(Transport.class)
class StartRaceTests {

    /** Twice that, since there are two transports; by default a hundredth, for what is rare here is sure below. */
    private static final int STARTS = Repetitions.of(Repetitions.of(80_000));

    private static final int STARTS_A_ROUND = 400;
    private static final int AT_ONCE = 40;
    private static final Duration ATTEMPT = Duration.ofMillis(20);
    private static final int CLOSINGS = Repetitions.of(200);
    private static final Duration KEY_WHEN_CLOSING = Duration.ofMillis(1);

    private final Transport transport;

    StartRaceTests(Transport transport) {
        this.transport = transport;
    }

    /** How one start ended, as its caller was told. */
    private record End(String uri, String told) {

        static final String UNKNOWN = "unknown";
        static final String STARTED = "started";

        static Mono<End> of(ReactiveImportsApi client, String uri) {
            return client.startImport(StartImportRequest.of(uri))
                    .map(id -> new End(uri, STARTED))
                    .onErrorResume(failure -> Mono.just(new End(
                            uri, failure instanceof ImportOutcomeUnknownException ? UNKNOWN : failure.toString())));
        }

        /** Whether that is true of so many requests. */
        boolean fits(long posts) {
            return told.equals(STARTED) ? posts == 1 : told.equals(UNKNOWN) ? posts <= 1 : posts == 0;
        }
    }

    private static Mono<String> keyAfterAbout(Duration wait) {
        return Mono.defer(() -> {
            long micros = Math.max(
                    0, wait.toNanos() / 1_000 + ThreadLocalRandom.current().nextLong(-1_000, 500));
            return Mono.delay(Duration.ofNanos(micros * 1_000), Schedulers.parallel())
                    .thenReturn(Transport.KEY);
        });
    }

    private ReactiveImportsApi client(RawServer server, Duration keyAfter, Duration attempt) {
        return ReactiveImportsApi.builder(server.host(), keyAfterAbout(keyAfter))
                .configureHttpClient(transport::on)
                .retry(Transport.FAST)
                .attemptTimeout(attempt)
                .build();
    }

    /** What was told of starts, but is not true of what the server received. */
    private static List<String> lies(List<End> ends, RawServer server) {
        server.awaitOpen(0);
        Map<String, Long> posts = List.copyOf(server.requests).stream()
                .collect(Collectors.groupingBy(
                        request -> request.body().replaceAll(".*(s3://[a-z0-9/]+).*", "$1"), Collectors.counting()));
        return ends.stream()
                .filter(end -> !end.fits(posts.getOrDefault(end.uri(), 0L)))
                .map(end -> posts.get(end.uri()) + " posts of " + end)
                .toList();
    }

    private static Flux<End> starts(ReactiveImportsApi client) {
        return Flux.range(0, STARTS_A_ROUND).flatMap(i -> End.of(client, "s3://bucket/" + i), AT_ONCE);
    }

    @Test
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void aStartWhoseAttemptTimesOutAsItsKeyArrivesIsSentOnceOrNotAtAll() {
        List<String> lies = new ArrayList<>();
        for (int round = 0; round < STARTS / STARTS_A_ROUND; round++) {
            try (RawServer server = RawServer.always(RawServer.json("{\"id\":\"101\"}"))) {
                List<End> ends;
                try (ReactiveImportsApi client = client(server, ATTEMPT, ATTEMPT)) {
                    ends = starts(client).collectList().block(SOON);
                }
                lies.addAll(lies(ends, server));
            }
        }
        assertThat(lies).isEmpty();
    }

    @Test
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void aStartDuringWhichTheClientClosesIsNotCalledClosedIfItWasSent() {
        List<String> lies = new ArrayList<>();
        for (int round = 0; round < CLOSINGS; round++) {
            try (RawServer server = RawServer.always(RawServer.json("{\"id\":\"101\"}"));
                    ReactiveImportsApi client = client(server, KEY_WHEN_CLOSING, SOON)) {
                Mono<?> closing = Mono.delay(
                                Duration.ofNanos(ThreadLocalRandom.current().nextLong(KEY_WHEN_CLOSING.toNanos() * 8)))
                        .then(client.disposeLater());
                List<End> ends = Mono.zip(
                                starts(client).collectList(), closing.thenReturn(true), (told, closed) -> told)
                        .block(SOON);
                lies.addAll(lies(ends, server));
            }
        }
        assertThat(lies).isEmpty();
    }

    /** A client whose event loop is held up by this, right before the head of its first start is written. */
    private ReactiveImportsApi heldUp(RawServer server, Scheduler scheduler, Runnable meanwhile) {
        AtomicBoolean first = new AtomicBoolean(true);
        return transport
                .builder(server)
                .scheduler(scheduler)
                .configureHttpClient(http -> http.doOnRequest((request, connection) -> {
                    if (first.compareAndSet(true, false)) {
                        CompletableFuture.runAsync(meanwhile).join();
                    }
                }))
                .build();
    }

    private static List<String> postsAfterAllIsClosed(RawServer server) {
        server.awaitOpen(0);
        return List.copyOf(server.requests).stream()
                .map(RawServer.Request::line)
                .toList();
    }

    @Test
    void whatTimedOutWhileItsHeadWasAboutToBeWrittenIsNotWritten() {
        VirtualTimeScheduler time = VirtualTimeScheduler.create();
        try (RawServer server = RawServer.always(RawServer.json("{\"id\":\"101\"}"))) {
            try (ReactiveImportsApi client = heldUp(server, time, () -> time.advanceTimeBy(Duration.ofMinutes(1)))) {
                CompletableFuture<String> start = client.startImport(StartImportRequest.of("s3://bucket/1"))
                        .toFuture();
                assertThat(start).succeedsWithin(SOON).isEqualTo("101");
            }
            assertThat(postsAfterAllIsClosed(server)).hasSize(1);
        } finally {
            time.dispose();
        }
    }

    @Test
    void whatWasCancelledWhileItsHeadWasAboutToBeWrittenIsNotWritten() {
        Disposable.Swap start = Disposables.swap();
        CountDownLatch cancelled = new CountDownLatch(1);
        CountDownLatch subscribed = new CountDownLatch(1);
        try (RawServer server = RawServer.always(RawServer.json("{\"id\":\"101\"}"))) {
            try (ReactiveImportsApi client = heldUp(server, Schedulers.parallel(), () -> {
                await(subscribed);
                start.dispose();
                cancelled.countDown();
            })) {
                start.update(client.startImport(StartImportRequest.of("s3://bucket/1"))
                        .subscribe());
                subscribed.countDown();
                await(cancelled);
            }
            assertThat(postsAfterAllIsClosed(server)).isEmpty();
        }
    }

    @Test
    void whatClosingEndedWhileItsHeadWasAboutToBeWrittenIsNotWritten() {
        AtomicReference<ReactiveImportsApi> closing = new AtomicReference<>();
        CountDownLatch subscribed = new CountDownLatch(1);
        try (RawServer server = RawServer.always(RawServer.json("{\"id\":\"101\"}"))) {
            try (ReactiveImportsApi client = heldUp(server, Schedulers.parallel(), () -> {
                await(subscribed);
                closing.get().disposeLater().subscribe();
            })) {
                closing.set(client);
                CompletableFuture<String> start = client.startImport(StartImportRequest.of("s3://bucket/1"))
                        .toFuture();
                subscribed.countDown();
                assertThat(start)
                        .failsWithin(SOON)
                        .withThrowableThat()
                        .withCauseInstanceOf(ImportsTransportException.class);
            }
            assertThat(postsAfterAllIsClosed(server)).isEmpty();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
