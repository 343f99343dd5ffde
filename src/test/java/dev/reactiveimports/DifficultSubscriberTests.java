package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reactiveimports.testing.ImportsSimulator;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.SignalType;

/** Subscribers as they should not be, and as they may be though few are, on every publisher of the API. */
class DifficultSubscriberTests {

    private static final int IMPORTS = 250;
    private static final PollSpec SPEC = PollSpec.fixedInterval(Duration.ofMillis(5));
    private static final Duration SOON = Duration.ofSeconds(20);

    private final ImportsSimulator simulator =
            ImportsSimulator.builder().imports(IMPORTS).build();
    private final ReactiveImportsApi imports = ReactiveImportsApi.create(simulator.indexHost(), simulator.apiKey());

    record Call(String name, Function<ReactiveImportsApi, Publisher<?>> made) {
        Flux<?> on(ReactiveImportsApi api) {
            return Flux.from(made.apply(api));
        }

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
                        api -> api.listImports(ListImportsSpec.create().readAhead(2))),
                new Call("listImportPages", api -> api.listImportPages(ListImportsSpec.create())),
                new Call("findStarted", api -> api.findStarted("s3://simulated/past/200", Instant.EPOCH)),
                new Call("describeImport", api -> api.describeImport("7")),
                new Call("startImport", api -> api.startImport(StartImportRequest.of("s3://bucket/a"))),
                new Call("watchImport", api -> api.watchImport("7", SPEC)),
                new Call("watchImports", api -> api.watchImports(Flux.just("7", "8", "9"), SPEC)),
                new Call("watchIndex", api -> api.watchIndex(SPEC)),
                new Call("awaitImport", api -> api.awaitImport("7", SPEC)));
    }

    static Stream<Call> callsOfAnyKind() {
        return Stream.concat(
                calls(),
                Stream.of(
                        new Call("cancelImport", api -> api.cancelImport("7")),
                        new Call("warmup", ReactiveImportsApi::warmup)));
    }

    @AfterEach
    void stop() {
        Thread.setDefaultUncaughtExceptionHandler(null);
        imports.close();
        simulator.close();
    }

    @ParameterizedTest
    @MethodSource("calls")
    void aThrowingConsumerCancelsItsCallAndHearsOfIt(Call call) throws InterruptedException {
        IllegalStateException thrown = new IllegalStateException("thrown in onNext");
        AtomicInteger cancels = new AtomicInteger();
        AtomicReference<Throwable> heard = new AtomicReference<>();
        CountDownLatch ended = new CountDownLatch(1);
        call.on(imports)
                .doOnCancel(cancels::incrementAndGet)
                .subscribe(
                        item -> {
                            throw thrown;
                        },
                        failure -> {
                            heard.set(failure);
                            ended.countDown();
                        });
        assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(heard).hasValue(thrown);
        assertThat(cancels).hasValue(1);
        assertOthersAreServed();
    }

    /** Forbidden (Reactive Streams, 2.13), and yet no reason to let others suffer. */
    @ParameterizedTest
    @MethodSource("calls")
    void aSubscriberThatThrowsCostsNobodyElseAConnection(Call call) throws InterruptedException {
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> {}); // it prints them
        int more = 60; // than the pool has connections
        CountDownLatch thrown = new CountDownLatch(more);
        for (int i = 0; i < more; i++) {
            call.on(imports).subscribe(new Rude(thrown, new CountDownLatch(1)));
        }
        assertThat(thrown.await(20, TimeUnit.SECONDS)).isTrue();
        assertOthersAreServed();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void nothingIsFetchedForASubscriberThatThrew(int readAhead) throws InterruptedException {
        Rude rude = new Rude(new CountDownLatch(2), new CountDownLatch(1));
        imports.listImports(ListImportsSpec.create().pageSize(10).readAhead(readAhead))
                .subscribe(rude);
        assertThat(rude.failed.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(rude.thrown.getCount()).as("one item").isEqualTo(1);
        imports.describeImport("1").block(SOON);
        assertThat(simulator.requestCount()).isBetween(2L, 2L + readAhead);
    }

    @ParameterizedTest
    @MethodSource("callsOfAnyKind")
    void cancelInOnSubscribeSendsNothing(Call call) {
        AtomicInteger signals = new AtomicInteger();
        call.on(imports).subscribe(new BaseSubscriber<Object>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {
                cancel();
                request(10);
            }

            @Override
            protected void hookOnNext(Object value) {
                signals.incrementAndGet();
            }

            @Override
            protected void hookOnComplete() {
                signals.incrementAndGet();
            }

            @Override
            protected void hookOnError(Throwable failure) {
                signals.incrementAndGet();
            }
        });
        imports.describeImport("1").block(SOON);
        assertThat(simulator.requestCount()).isEqualTo(1);
        assertThat(signals).hasValue(0);
    }

    @ParameterizedTest
    @MethodSource("callsOfAnyKind")
    void twoSubscribersMakeTwoCalls(Call call) {
        Flux<?> shared = call.on(imports).take(IMPORTS);
        shared.then().block(SOON);
        long once = simulator.requestCount();
        shared.then().block(SOON);
        assertThat(once).isPositive();
        assertThat(simulator.requestCount()).isEqualTo(2 * once);
    }

    /** A subscriber has one subscription (Reactive Streams, 2.5): it cancels the second, which must then do nothing. */
    @ParameterizedTest
    @MethodSource("calls")
    void oneSubscriberSubscribedTwiceMakesOneCall(Call call) {
        Flux<?> shared = call.on(imports).take(IMPORTS);
        shared.then().block(SOON);
        long once = simulator.requestCount();
        Collector twice = new Collector(Long.MAX_VALUE, 0);
        shared.subscribe(twice);
        shared.subscribe(twice);
        assertThat(Await.until(() -> simulator.requestCount(), count -> count >= 2 * once))
                .isEqualTo(2 * once);
        imports.describeImport("1").block(SOON);
        twice.cancel();
        assertThat(simulator.requestCount()).isEqualTo(2 * once + 1);
    }

    @ParameterizedTest
    @MethodSource("calls")
    void requestInOnNextGetsEverythingInOrder(Call call) {
        List<?> atOnce = call.on(imports).take(IMPORTS).collectList().block(SOON);
        Collector oneByOne = new Collector(1, 1);
        call.on(imports).take(IMPORTS).subscribe(oneByOne);
        Await.until(oneByOne::isTerminated, Predicate.isEqual(true));
        List<Object> received = new ArrayList<>(oneByOne.received);
        if (call.name().equals("startImport")) {
            assertThat(received).hasSize(1);
        } else if (call.name().equals("watchImports")) {
            assertThat(received).hasSize(3).containsAll(atOnce); // in the order of the answers
        } else {
            assertThat(received).isEqualTo(atOnce);
        }
        assertThat(oneByOne.failure).isNull();
    }

    @Test
    void requestFromManyThreadsGetsAsManyAsWereRequested() throws InterruptedException {
        for (Flux<?> flux : List.<Flux<?>>of(
                imports.listImports(),
                imports.listImports(ListImportsSpec.create().pageSize(7).readAhead(1)),
                imports.watchIndex(SPEC))) {
            Collector collector = new Collector(0, 0);
            flux.subscribe(collector);
            ExecutorService threads = Executors.newFixedThreadPool(4);
            IntStream.range(0, 4)
                    .forEach(t -> threads.execute(() -> {
                        for (int i = 0; i < 50; i++) {
                            collector.request(1);
                        }
                    }));
            threads.shutdown();
            assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
            assertThat(Await.until(collector.received::size, Predicate.isEqual(200)))
                    .isEqualTo(200);
            imports.describeImport("1").block(SOON);
            assertThat(collector.received).hasSize(200).doesNotHaveDuplicates();
            assertThat(collector.overlaps).hasValue(0);
            collector.cancel();
        }
    }

    private void assertOthersAreServed() {
        assertThat(Flux.range(1, 60)
                        .flatMap(id -> imports.describeImport(Integer.toString(id)))
                        .count()
                        .block(SOON))
                .isEqualTo(60);
    }

    /** Throws what it is given back at the publisher. */
    private record Rude(CountDownLatch thrown, CountDownLatch failed) implements CoreSubscriber<Object> {
        @Override
        public void onSubscribe(Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(Object item) {
            thrown.countDown();
            throw new IllegalStateException("thrown in onNext");
        }

        @Override
        public void onError(Throwable failure) {
            failed.countDown();
        }

        @Override
        public void onComplete() {}
    }

    private static final class Collector extends BaseSubscriber<Object> {
        final List<Object> received = Collections.synchronizedList(new ArrayList<>());
        final AtomicInteger overlaps = new AtomicInteger();
        private final AtomicInteger inside = new AtomicInteger();
        private final long first;
        private final long each;
        volatile Throwable failure;
        private volatile boolean terminated;

        Collector(long first, long each) {
            this.first = first;
            this.each = each;
        }

        boolean isTerminated() {
            return terminated;
        }

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            if (first > 0) {
                request(first);
            }
        }

        @Override
        protected void hookOnNext(Object item) {
            if (inside.incrementAndGet() > 1) {
                overlaps.incrementAndGet();
            }
            received.add(item);
            inside.decrementAndGet();
            if (each > 0) {
                request(each);
            }
        }

        @Override
        protected void hookOnError(Throwable thrown) {
            failure = thrown;
        }

        @Override
        protected void hookFinally(SignalType type) {
            terminated = true;
        }
    }
}
