package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.reactiveimports.ImportsListener.Exchange;
import dev.reactiveimports.ImportsListener.Operation;
import dev.reactiveimports.ImportsListener.Poll;
import dev.reactiveimports.ImportsListener.Retrying;
import dev.reactiveimports.testing.Fault;
import dev.reactiveimports.testing.ImportsSimulator;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/** What a listener is told of a client that talks to the simulator. */
class ImportsListenerTests {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final PollSpec OFTEN = PollSpec.fixedInterval(Duration.ofMillis(10));
    private static final String TOKEN = "c2VjcmV0LXRva2Vu";

    private final ImportsSimulator simulator = ImportsSimulator.builder()
            .importDuration(Duration.ofMillis(300))
            .imports(3)
            .build();
    private final RecordingListener recorder = RecordingListener.quiet();
    private final ReactiveImportsApi imports = client(recorder);
    private final CountDownLatch headCame = new CountDownLatch(1);

    private ReactiveImportsApi client(ImportsListener listener) {
        return ReactiveImportsApi.builder(simulator.indexHost(), simulator.apiKey())
                .retry(ImportsRetry.ofDefaults().minBackoff(Duration.ofMillis(1)))
                .listener(listener)
                .build();
    }

    @AfterEach
    void stop() {
        imports.close();
        simulator.close();
    }

    @Test
    void anExchangeIsReportedWithWhatCameOfIt() {
        imports.listImports().blockLast(LONG);
        Exchange exchange = recorder.all(Exchange.class).get(0);
        assertThat(exchange.operation()).isEqualTo(Operation.LIST);
        assertThat(exchange.attempt()).isEqualTo(1);
        assertThat(exchange.status()).isEqualTo(200);
        assertThat(exchange.failure()).isNull();
        assertThat(exchange.bytes()).isPositive();
        assertThat(recorder.events).hasSize(1);
    }

    @Test
    void anAnswerThatTheCallerDidNotWaitForIsNoSuccess() throws InterruptedException {
        try (RawServer half =
                        RawServer.always(RawServer.bytesThenStall("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"));
                ReactiveImportsApi told = ReactiveImportsApi.builder(half.host(), "key")
                        .listener(recorder)
                        .configureHttpClient(http -> http.doOnResponse((answer, connection) -> headCame.countDown()))
                        .build()) {
            Disposable call = told.describeImport("1").subscribe();
            assertThat(headCame.await(20, TimeUnit.SECONDS)).isTrue();
            call.dispose();
            Await.until(recorder.events::size, size -> size == 1);
            assertThat(recorder.all(Exchange.class)).singleElement().satisfies(exchange -> {
                assertThat(exchange.status()).isZero();
                assertThat(exchange.failure()).isNull();
            });
        }
    }

    @Test
    void aRetryIsReportedBetweenItsAttempts() {
        simulator.enqueue(Fault.status(502));
        imports.describeImport("1").block(LONG);
        assertThat(recorder.all(Exchange.class)).extracting(Exchange::attempt).containsExactly(1, 2);
        assertThat(recorder.all(Exchange.class)).extracting(Exchange::status).containsExactly(502, 200);
        assertThat(recorder.events.get(1)).isInstanceOfSatisfying(Retrying.class, retry -> {
            assertThat(retry.operation()).isEqualTo(Operation.DESCRIBE);
            assertThat(retry.attempt()).isEqualTo(1);
            assertThat(retry.cause()).hasMessageContaining("502");
        });
    }

    @Test
    void aThrottlingServiceIsReported() {
        simulator.enqueue(Fault.throttled(Duration.ofSeconds(1)));
        imports.describeImport("1").block(LONG);
        assertThat(recorder.all(Duration.class)).singleElement().isEqualTo(Duration.ofSeconds(1));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theWatchOfOneImportTellsItsPollsAndChanges(boolean awaited) {
        String id = imports.startImport(StartImportRequest.of("s3://bucket/a")).block(LONG);
        if (awaited) {
            imports.awaitImport(id, OFTEN).block(LONG);
        } else {
            imports.watchImport(id, OFTEN).blockLast(LONG);
        }
        long describes = recorder.all(Exchange.class).stream()
                .filter(e -> e.operation() == Operation.DESCRIBE)
                .count();
        assertThat(recorder.all(Poll.class)).hasSize((int) describes).containsOnly(new Poll(1, 1));
        assertChangesOf(id);
    }

    @Test
    void theWatchOfManyTellsTheSameChanges() {
        String id = imports.startImport(StartImportRequest.of("s3://bucket/a")).block(LONG);
        imports.watchImports(Flux.just(id), OFTEN).blockLast(LONG);
        assertThat(recorder.all(Poll.class)).isNotEmpty().allMatch(poll -> poll.watched() == 1 && poll.requests() == 1);
        assertChangesOf(id);
    }

    private void assertChangesOf(String id) {
        List<ImportStatusChange> changes = recorder.all(ImportStatusChange.class);
        assertThat(changes).allMatch(change -> change.id().equals(id) && change.from() != change.to());
        assertThat(changes.get(0).from()).isNull();
        assertThat(changes.get(changes.size() - 1).to()).isEqualTo(ImportStatus.COMPLETED);
        for (int i = 1; i < changes.size(); i++) {
            assertThat(changes.get(i).from()).isEqualTo(changes.get(i - 1).to());
        }
    }

    @Test
    void failedPollsAreTold() {
        simulator.add(ImportOperation.of("x", ImportStatus.COMPLETED));
        simulator.enqueue(Fault.status(500).times(8));
        imports.watchImport("x", OFTEN).blockLast(LONG);
        assertThat(recorder.all(Poll.class)).hasSize(3);
    }

    @Test
    void whatAListenerThrowsHarmsNothing() {
        RecordingListener throwing =
                RecordingListener.throwing(() -> new IllegalStateException("a listener's own mistake"));
        simulator.enqueue(Fault.throttled(Duration.ofSeconds(1)));
        simulator.enqueue(Fault.status(500).on("GET", "/bulk/imports/"));
        try (ReactiveImportsApi told = client(throwing)) {
            String id = told.startImport(StartImportRequest.of("s3://bucket/a")).block(LONG);
            assertThat(told.watchImport(id, OFTEN).blockLast(LONG).status()).isEqualTo(ImportStatus.COMPLETED);
            told.watchImports(Flux.just(id), OFTEN).blockLast(LONG);
            told.cancelImport(id).block(LONG);
            assertThat(told.listImports().count().block(LONG)).isEqualTo(4);
        }
        assertThat(throwing.events)
                .hasAtLeastOneElementOfType(Exchange.class)
                .hasAtLeastOneElementOfType(Retrying.class)
                .hasAtLeastOneElementOfType(Duration.class)
                .hasAtLeastOneElementOfType(Poll.class)
                .hasAtLeastOneElementOfType(ImportStatusChange.class);
    }

    @Test
    void eachOfSeveralIsReportedWhateverTheOthersThrow() {
        RecordingListener throwing =
                RecordingListener.throwing(() -> new IllegalStateException("a listener's own mistake"));
        try (ReactiveImportsApi told = client(ImportsListener.all(List.of(throwing, recorder)))) {
            told.watchImport("1", OFTEN).blockLast(LONG);
        }
        assertThat(recorder.events).isNotEmpty().isEqualTo(throwing.events);
    }

    @Test
    void everyEventCanBeToldOnBehalfOfItsSubscriber() {
        simulator.enqueue(Fault.throttled(Duration.ofSeconds(1)).on("GET", "/bulk/imports/1"));
        simulator.enqueue(Fault.status(500).on("GET", "/bulk/imports/1"));
        ImportsListener binding = new ImportsListener() {
            @Override
            public ImportsListener inContext(ContextView context) {
                return "mine".equals(context.getOrDefault("caller", "")) ? recorder : this;
            }
        };
        try (ReactiveImportsApi told = client(ImportsListener.all(List.of(binding)))) {
            told.watchImport("2", OFTEN).blockLast(LONG);
            assertThat(recorder.events).isEmpty();
            told.watchImport("1", OFTEN)
                    .contextWrite(context -> context.put("caller", "mine"))
                    .blockLast(LONG);
            assertThat(recorder.all(Exchange.class)).hasSize(3);
            assertThat(recorder.all(Retrying.class)).hasSize(2);
            assertThat(recorder.all(Duration.class)).hasSize(1);
            assertThat(recorder.all(Poll.class)).hasSize(1);
            assertThat(recorder.all(ImportStatusChange.class)).hasSize(1);
            recorder.events.clear();
            told.watchImports(Flux.just("1", "2"), OFTEN)
                    .contextWrite(context -> context.put("caller", "mine"))
                    .blockLast(LONG);
            assertThat(recorder.all(Exchange.class)).isNotEmpty();
            assertThat(recorder.all(Poll.class)).hasSize(1);
            assertThat(recorder.all(ImportStatusChange.class)).hasSize(2);
        }
    }

    static Stream<Fault> quoting() {
        return Stream.of(
                Fault.response(400, Map.of(), "{\"code\":3,\"message\":\"no such token: " + TOKEN + "\"}"),
                Fault.response(503, Map.of(), TOKEN),
                Fault.response(200, Map.of(), "{\"data\":[],\"pagination\":{\"next\":\"" + TOKEN + "\"}"),
                Fault.response(200, Map.of(), "{\"data\":[],\"pagination\":{\"next\":\"" + TOKEN + "\"}}?"),
                Fault.response(200, Map.of(), TOKEN),
                Fault.reset());
    }

    @ParameterizedTest
    @MethodSource("quoting")
    void neitherTokenNorKeyReachesAListener(Fault fault) {
        simulator.enqueue(fault.times(10));
        ImportsException caught = catchThrowableOfType(
                ImportsException.class,
                () -> imports.listImports(ListImportsSpec.create().startAt(TOKEN))
                        .blockLast(LONG));
        assertThat(caught.paginationToken()).isEqualTo(TOKEN);
        List<Throwable> told = Stream.concat(
                        recorder.all(Exchange.class).stream().map(Exchange::failure),
                        recorder.all(Retrying.class).stream().map(Retrying::cause))
                .toList();
        assertThat(told).isNotEmpty().allSatisfy(failure -> {
            StringWriter everything = new StringWriter();
            failure.printStackTrace(new PrintWriter(everything));
            assertThat(everything.toString()).doesNotContain(TOKEN, simulator.apiKey());
            assertThat(failure).isInstanceOf(caught.getClass());
            assertThat(((ImportsException) failure).paginationToken()).isNull();
        });
        assertThat(recorder.events.toString()).doesNotContain(TOKEN, simulator.apiKey());
    }

    @Test
    void withoutAListenerNoEventIsMade() {
        // an event needs the time: no event, no time
        new CallRecorder(Operation.LIST, 1, ImportsListener.NONE).ended(0, null);
        assertThat(new WatchMany(
                                id -> Mono.empty(),
                                token -> Mono.empty(),
                                OFTEN,
                                (id, e) -> false,
                                ImportsListener.NONE)
                        .listener())
                .isSameAs(ImportsListener.NONE);
    }
}
