package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reactiveimports.testing.Fault;
import dev.reactiveimports.testing.ImportsSimulator;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Publisher;
import reactor.blockhound.BlockingOperationError;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.resources.LoopResources;

/** No public call blocks a thread that must not be blocked. */
@Tag("blocking")
class BlockingTests {

    private static final LoopResources LOOPS = LoopResources.create("loop", 2, true);
    private static final PollSpec SPEC = PollSpec.fixedInterval(Duration.ofMillis(5));

    @BeforeAll
    static void watch() {
        Blocked.clear();
    }

    private final ImportsSimulator simulator = ImportsSimulator.builder()
            .imports(250)
            .importDuration(Duration.ofMillis(50))
            .build();

    /** Threads that must not be blocked. */
    enum Thrifty {
        EVENT_LOOP {
            @Override
            Scheduler scheduler() {
                return Schedulers.fromExecutor(LOOPS.onClient(true).next());
            }
        },
        PARALLEL {
            @Override
            Scheduler scheduler() {
                return Schedulers.parallel();
            }
        };

        abstract Scheduler scheduler();
    }

    record Call(String name, Function<ReactiveImportsApi, Publisher<?>> made) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Call> calls() {
        return Stream.of(
                new Call("listImports", ReactiveImportsApi::listImports),
                new Call(
                        "listImports ahead",
                        api -> api.listImports(
                                ListImportsSpec.create().pageSize(50).readAhead(1))),
                new Call("listImportPages", api -> api.listImportPages(ListImportsSpec.create())),
                new Call("describeImport", api -> api.describeImport("7")),
                new Call("startImport", api -> api.startImport(StartImportRequest.of("s3://bucket/a"))),
                new Call("cancelImport", api -> api.cancelImport("7")),
                new Call("findStarted", api -> api.findStarted("s3://bucket/a", Instant.EPOCH)),
                new Call("watchImport", api -> started(api).flatMapMany(id -> api.watchImport(id, SPEC))),
                new Call(
                        "watchImports",
                        api -> api.watchImports(started(api).repeat(3).concatWithValues("1", "2"), SPEC)),
                new Call("watchIndex", api -> api.watchIndex(SPEC).take(250)),
                new Call("awaitImport", api -> started(api).flatMap(id -> api.awaitImport(id, SPEC))),
                new Call("warmup", ReactiveImportsApi::warmup),
                new Call("disposeLater", ReactiveImportsApi::disposeLater));
    }

    private static Mono<String> started(ReactiveImportsApi api) {
        return api.startImport(StartImportRequest.of("s3://bucket/a"));
    }

    @AfterEach
    void stop() {
        simulator.close();
        Blocked.clear();
    }

    @AfterAll
    static void stopLoops() {
        LOOPS.disposeLater().block();
    }

    @ParameterizedTest
    @MethodSource("calls")
    void noCallBlocks(Call call) {
        for (Thrifty thread : Thrifty.values()) {
            ReactiveImportsApi built = client();
            Flux.using(() -> built, api -> Flux.from(call.made().apply(api)), ReactiveImportsApi::close)
                    .subscribeOn(thread.scheduler())
                    .blockLast(Duration.ofSeconds(20));
        }
        assertNothingBlocked();
    }

    @ParameterizedTest
    @EnumSource(Thrifty.class)
    void retryAndThrottlingDoNotBlock(Thrifty thread) {
        simulator.enqueue(Fault.reset());
        simulator.enqueue(Fault.throttled(Duration.ofSeconds(1)));
        simulator.enqueue(Fault.status(503));
        try (ReactiveImportsApi api = client()) {
            Flux.range(1, 20)
                    .flatMap(id -> api.describeImport(Integer.toString(id)))
                    .subscribeOn(thread.scheduler())
                    .blockLast(Duration.ofSeconds(20));
        }
        assertNothingBlocked();
    }

    @ParameterizedTest
    @EnumSource(Thrifty.class)
    void closingInTheMiddleDoesNotBlock(Thrifty thread) {
        ReactiveImportsApi api = client();
        simulator.enqueue(Fault.noResponse().times(10));
        List<Mono<ImportOperation>> underWay = new ArrayList<>();
        for (int id = 1; id <= 10; id++) {
            underWay.add(
                    Mono.fromFuture(api.describeImport(Integer.toString(id)).toFuture()));
        }
        assertThat(Await.until(simulator::requestCount, Predicate.isEqual(10L))).isEqualTo(10);
        Mono.fromRunnable(api::close).subscribeOn(thread.scheduler()).block(Duration.ofSeconds(5));
        assertThat(Flux.fromIterable(underWay)
                        .flatMap(call -> call.materialize())
                        .filter(end -> end.getThrowable() instanceof ImportsTransportException)
                        .count()
                        .block(Duration.ofSeconds(5)))
                .isEqualTo(10);
        assertNothingBlocked();
    }

    @ParameterizedTest
    @EnumSource(Thrifty.class)
    void aCallThatBlocksIsFound(Thrifty thread) {
        try (ReactiveImportsApi api = client()) {
            api.describeImport("1")
                    .publishOn(thread.scheduler())
                    .doOnNext(found -> Blocked.blockAMoment())
                    .block();
        }
        assertThat(Blocked.calls()).isNotEmpty();
    }

    @Test
    void aCallbackThatBlocksOnTheClientsOwnEventLoopIsFound() {
        try (ReactiveImportsApi api = client()) {
            api.describeImport("1").doOnNext(found -> Blocked.blockAMoment()).block();
        }
        assertThat(Blocked.calls()).isNotEmpty();
    }

    /** The key is asked for in the middle of each call: what blocks there blocks inside our own chain. */
    @ParameterizedTest
    @EnumSource(Thrifty.class)
    void aKeyThatBlocksIsFoundInsideTheCallAndFailsIt(Thrifty thread) {
        Mono<String> key = Mono.fromCallable(() -> {
            Thread.sleep(1);
            return simulator.apiKey();
        });
        Blocked.fails();
        try (ReactiveImportsApi api =
                ReactiveImportsApi.builder(simulator.indexHost(), key).build()) {
            for (Publisher<?> call : List.of(
                    api.describeImport("1"),
                    api.listImports(),
                    api.startImport(StartImportRequest.of("s3://bucket/a")),
                    api.cancelImport("1"),
                    api.watchImport("1"))) {
                Blocked.forget();
                assertThat(Flux.from(call)
                                .subscribeOn(thread.scheduler())
                                .materialize()
                                .map(end -> Objects.requireNonNull(end.getThrowable()))
                                .blockLast(Duration.ofSeconds(20)))
                        .isInstanceOf(BlockingOperationError.class);
                assertThat(Blocked.calls())
                        .singleElement()
                        .asString()
                        .startsWith("java.lang.Thread.sleep")
                        .contains("dev.reactiveimports.DemandGate");
            }
        }
        assertThat(simulator.requestCount()).isZero();
    }

    @Test
    void aListenerThatBlocksIsFoundInsideTheCall() {
        ImportsListener listener = new ImportsListener() {
            @Override
            public void onExchange(Exchange exchange) {
                Blocked.blockAMoment();
            }
        };
        try (ReactiveImportsApi api = builder().listener(listener).build()) {
            api.describeImport("1").block();
        }
        assertThat(Blocked.calls())
                .isNotEmpty()
                .allMatch(way -> way.contains("dev.reactiveimports.CallRecorder.ended"));
    }

    private ReactiveImportsApi client() {
        return builder().build();
    }

    private ReactiveImportsApi.Builder builder() {
        return ReactiveImportsApi.builder(simulator.indexHost(), simulator.apiKey())
                .retry(ImportsRetry.ofDefaults().minBackoff(Duration.ofMillis(5)));
    }

    private static void assertNothingBlocked() {
        assertThat(Blocked.calls()).isEmpty();
    }
}
