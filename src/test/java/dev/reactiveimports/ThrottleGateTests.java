package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;
import reactor.util.context.Context;

class ThrottleGateTests {

    private final CountingScheduler time = new CountingScheduler();
    private final List<Duration> told = new ArrayList<>();
    private final ThrottleGate gate = new ThrottleGate(time, new ImportsListener() {
        @Override
        public void onThrottle(Duration wait) {
            told.add(wait);
        }
    });
    private final List<Long> passed = new ArrayList<>();

    private Disposable call() {
        return gate.pass().subscribe(v -> {}, e -> {}, () -> passed.add(time.millis()));
    }

    private List<Disposable> calls(int howMany) {
        List<Disposable> calls = new ArrayList<>();
        for (int i = 0; i < howMany; i++) {
            calls.add(call());
        }
        return calls;
    }

    private static Duration seconds(long n) {
        return Duration.ofSeconds(n);
    }

    @Test
    void openItLetsEveryoneThroughAtOnceWithoutATimer() {
        calls(1000);
        assertThat(passed).hasSize(1000);
        assertThat(time.mostTimers()).isZero();
        assertThat(gate.pass()).isSameAs(gate.pass());
    }

    @Test
    void nobodyPassesBeforeTheTimeAskedFor() {
        gate.throttled(seconds(3), Context.empty());
        calls(5);
        time.advance(Duration.ofMillis(2999));
        assertThat(passed).isEmpty();
        time.advance(Duration.ofMillis(1));
        assertThat(passed).containsExactly(3000L);
    }

    @Test
    void closingIsNoticedOnlyAtSubscription() {
        Mono<Void> early = gate.pass();
        gate.throttled(seconds(1), Context.empty());
        StepVerifier.create(early, 0).expectSubscription().thenCancel().verify();
        early.subscribe(v -> {}, e -> {}, () -> passed.add(time.millis()));
        assertThat(passed).isEmpty();
    }

    @Test
    void reopensWithAProbeAndThenEverFaster() {
        gate.throttled(seconds(3), Context.empty());
        calls(100);
        time.advance(seconds(60));
        assertThat(passed).hasSize(100);
        assertThat(passed.subList(0, 3)).containsExactly(3000L, 3250L, 3460L);
        for (int i = 2; i < passed.size(); i++) {
            assertThat(passed.get(i) - passed.get(i - 1))
                    .isLessThanOrEqualTo(passed.get(i - 1) - passed.get(i - 2) + 1);
        }
        assertThat(released(3000, 4000)).isBetween(5L, 6L);
        assertThat(released(4000, 5000)).isBetween(11L, 12L);
        assertThat(released(5000, 6000)).isBetween(22L, 24L);
        assertThat(passed.get(99)).isLessThan(8000);
        assertThat(time.mostTimers()).isEqualTo(1);
        assertThat(time.timers()).isZero();
    }

    private long released(long from, long to) {
        return passed.stream().filter(at -> at >= from && at < to).count();
    }

    @Test
    void aHerdThatComesAfterReopeningIsSpreadOutToo() {
        gate.throttled(seconds(3), Context.empty());
        time.advance(seconds(3));
        call();
        assertThat(passed).hasSize(1);
        assertThat(time.mostTimers()).isZero();
        calls(49);
        assertThat(passed).hasSize(1);
        assertThat(time.scheduled()).isEqualTo(1);
        time.advance(seconds(1));
        assertThat(passed).hasSizeBetween(5, 7);
    }

    @Test
    void forgetsInTheEnd() {
        gate.throttled(seconds(3), Context.empty());
        time.advance(seconds(13));
        call();
        int before = time.mostTimers();
        calls(100);
        assertThat(passed).hasSize(101);
        assertThat(time.mostTimers()).isEqualTo(before);
    }

    @Test
    void staysCautiousAlmostUntilThen() {
        gate.throttled(seconds(3), Context.empty());
        time.advance(Duration.ofMillis(10_900));
        calls(100);
        assertThat(passed).hasSize(1);
    }

    @Test
    void opensOnlyOnceTheQueueIsEmpty() {
        gate.throttled(seconds(1), Context.empty());
        calls(5000);
        time.advance(seconds(9));
        int before = passed.size();
        assertThat(before).isLessThan(2000);
        time.advance(seconds(1));
        // a thousand a second is the most, and newcomers line up behind those that wait
        assertThat(passed.size() - before).isBetween(900, 1000);
        AtomicLong late = new AtomicLong();
        gate.pass().subscribe(v -> {}, e -> {}, () -> late.set(passed.size()));
        time.advance(seconds(60));
        assertThat(late).hasValue(5000);
    }

    @Test
    void aSecondRefusalSlowsItDown() {
        gate.throttled(seconds(1), Context.empty());
        calls(200);
        time.advance(seconds(4));
        int before = passed.size();
        gate.throttled(seconds(1), Context.empty());
        time.advance(Duration.ofMillis(999));
        assertThat(passed).hasSize(before);
        // 32 a second were refused: it doubles up to 16, then creeps
        time.advance(Duration.ofMillis(2001));
        long knee = passed.size();
        time.advance(seconds(1));
        assertThat(passed.size() - knee).isBetween(15L, 18L);
        knee = passed.size();
        time.advance(seconds(1));
        assertThat(passed.size() - knee).isBetween(17L, 20L);
    }

    @Test
    void neverSlowsDownBelowTheFirstPace() {
        calls(1);
        for (int i = 0; i < 20; i++) {
            gate.throttled(seconds(1), Context.empty());
            time.advance(Duration.ofMillis(1001));
        }
        gate.throttled(seconds(1), Context.empty());
        calls(10);
        time.advance(seconds(3));
        assertThat(passed.size()).isGreaterThanOrEqualTo(9);
    }

    @Test
    void laterRefusalsExtendButNeverShorten() {
        gate.throttled(seconds(3), Context.empty());
        call();
        time.advance(seconds(1));
        gate.throttled(seconds(1), Context.empty());
        gate.throttled(seconds(4), Context.empty());
        time.advance(Duration.ofMillis(3999));
        assertThat(passed).isEmpty();
        time.advance(Duration.ofMillis(1));
        assertThat(passed).containsExactly(5000L);
        assertThat(told).containsExactly(seconds(3), seconds(4));
        assertThat(time.mostTimers()).isEqualTo(1);
    }

    @Test
    void tellsHowOftenItWasClosed() {
        assertThat(gate.closings()).isZero();
        gate.throttled(seconds(3), Context.empty());
        assertThat(gate.closings()).isEqualTo(1);
        gate.throttled(seconds(3), Context.empty());
        assertThat(gate.closings()).as("no longer than before").isEqualTo(1);
        gate.throttled(seconds(4), Context.empty());
        assertThat(gate.closings()).isEqualTo(2);
        assertThat(told).containsExactly(seconds(3), seconds(4));
    }

    @Test
    void aRefusalAtTheMomentOfReopeningIsOneOfTheFirstPace() {
        gate.throttled(seconds(1), Context.empty());
        time.advance(seconds(1));
        gate.throttled(seconds(1), Context.empty());
        calls(200);
        time.advance(seconds(4));
        assertThat(passed).as("4 a second, creeping").hasSizeBetween(12, 16);
    }

    @Test
    void refusalsWhileClosedCountOnce() {
        gate.throttled(seconds(1), Context.empty());
        calls(300);
        time.advance(seconds(5));
        int before = passed.size();
        for (int i = 0; i < 50; i++) {
            gate.throttled(seconds(1), Context.empty());
        }
        time.advance(seconds(5));
        // 64 a second were refused once: 32 a second is the knee, not the first pace
        assertThat(passed.size() - before).isGreaterThan(60);
    }

    @Test
    void releasesInTheOrderOfArrival() {
        gate.throttled(seconds(1), Context.empty());
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            int me = i;
            gate.pass().subscribe(v -> {}, e -> {}, () -> order.add(me));
            if (i == 100) {
                time.advance(seconds(2));
            }
        }
        time.advance(seconds(60));
        assertThat(order).hasSize(200).isSorted();
    }

    @Test
    void cancelLeavesTheQueueAndTheLastOneTakesTheTimerAlong() {
        gate.throttled(seconds(1), Context.empty());
        List<Disposable> calls = calls(3);
        assertThat(time.timers()).isEqualTo(1);
        calls.get(0).dispose();
        assertThat(time.timers()).isEqualTo(1);
        time.advance(seconds(1));
        assertThat(passed).containsExactly(1000L);
        calls.get(2).dispose();
        assertThat(time.timers()).isZero();
        time.advance(seconds(60));
        assertThat(passed).hasSize(1);
    }

    @Test
    void aQueueThatEmptiedAndFilledAgainHasOneTimer() {
        gate.throttled(seconds(5), Context.empty());
        for (int i = 0; i < 100; i++) {
            call().dispose();
        }
        assertThat(time.timers()).isZero();
        call();
        assertThat(time.timers()).isEqualTo(1);
        assertThat(time.mostTimers()).isEqualTo(1);
        time.advance(seconds(5));
        assertThat(passed).containsExactly(5000L);
    }

    @Test
    void throttledWithNobodyWaitingNeedsNoTimer() {
        gate.throttled(seconds(5), Context.empty());
        assertThat(time.mostTimers()).isZero();
    }

    @Test
    void boundsWhatItIsAskedFor() {
        gate.throttled(Duration.ofDays(100_000_000), Context.empty());
        call();
        time.advance(Duration.ofDays(1).minusMillis(1));
        assertThat(passed).isEmpty();
        time.advance(Duration.ofMillis(1));
        assertThat(passed).hasSize(1);
        assertThat(told).containsExactly(Duration.ofDays(1));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, -1_000_000})
    void noPauseStillMeansOneAtATime(long millis) {
        gate.throttled(Duration.ofMillis(millis), Context.empty());
        calls(3);
        assertThat(passed).hasSize(1);
        time.advance(seconds(1));
        assertThat(passed).hasSize(3);
        assertThat(told).isEmpty();
    }

    @Test
    void theContextStaysVisible() {
        gate.throttled(seconds(1), Context.empty());
        List<String> seen = new ArrayList<>();
        gate.pass()
                .then(Mono.deferContextual(context -> {
                    seen.add(context.get("user"));
                    return Mono.empty();
                }))
                .contextWrite(Context.of("user", "ada"))
                .subscribe();
        time.advance(seconds(1));
        assertThat(seen).containsExactly("ada");
    }

    @Test
    void aClockThatIsSetBackDelaysNobody() {
        AtomicLong offset = new AtomicLong(TimeUnit.HOURS.toNanos(5));
        VirtualTimeScheduler real = VirtualTimeScheduler.create();
        ThrottleGate wall = new ThrottleGate(new ShiftedClock(real, offset), null);
        wall.throttled(seconds(2), Context.empty());
        AtomicInteger done = new AtomicInteger();
        for (int i = 0; i < 3; i++) {
            wall.pass().subscribe(v -> {}, e -> {}, done::incrementAndGet);
        }
        offset.addAndGet(-TimeUnit.HOURS.toNanos(3));
        real.advanceTimeBy(seconds(5));
        assertThat(done).hasValue(3);
    }

    @Test
    void aDisposedSchedulerFailsThoseWhoWaitInsteadOfHangingThem() {
        gate.throttled(seconds(1), Context.empty());
        time.dispose();
        StepVerifier.create(gate.pass())
                .expectError(RejectedExecutionException.class)
                .verify(seconds(5));
    }

    @Test
    void aDisposedSchedulerFailsThoseWhoWaitAlready() {
        gate.throttled(seconds(1), Context.empty());
        List<Throwable> failures = new ArrayList<>();
        gate.pass().subscribe(v -> {}, failures::add);
        time.dispose();
        gate.throttled(seconds(2), Context.empty());
        gate.throttled(seconds(3), Context.empty());
        assertThat(failures).hasSize(1).first().isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void losesNobodyWhenThreadsRace() throws Exception {
        int threads = 4;
        int each = 3_000;
        AtomicInteger done = new AtomicInteger();
        AtomicInteger cancelled = new AtomicInteger();
        AtomicInteger mine = new AtomicInteger();
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            CountDownLatch start = new CountDownLatch(1);
            List<Future<?>> lanes = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                int lane = t;
                lanes.add(pool.submit(() -> {
                    start.await();
                    for (int i = 0; i < each; i++) {
                        if (i % 500 == lane) {
                            gate.throttled(Duration.ofMillis(20), Context.empty());
                        }
                        Disposable call = gate.pass()
                                .doOnCancel(cancelled::incrementAndGet)
                                .subscribe(v -> {}, e -> {}, done::incrementAndGet);
                        if (i % 3 == 0) {
                            call.dispose();
                        } else {
                            mine.incrementAndGet();
                        }
                    }
                    return null;
                }));
            }
            start.countDown();
            while (lanes.stream().anyMatch(lane -> !lane.isDone())) {
                time.advance(Duration.ofMillis(1));
            }
            for (Future<?> lane : lanes) {
                lane.get();
            }
        } finally {
            pool.shutdownNow();
        }
        time.advance(Duration.ofHours(1));
        assertThat(done.get()).isGreaterThanOrEqualTo(mine.get());
        assertThat(done.get() + cancelled.get()).isEqualTo(threads * each);
        assertThat(time.timers()).isZero();
    }

    /** A machine's clock that somebody sets. */
    private record ShiftedClock(VirtualTimeScheduler real, AtomicLong offset) implements Scheduler {

        @Override
        public Disposable schedule(Runnable task) {
            return real.schedule(task);
        }

        @Override
        public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
            return real.schedule(task, delay, unit);
        }

        @Override
        public Worker createWorker() {
            return real.createWorker();
        }

        @Override
        public long now(TimeUnit unit) {
            return unit.convert(real.now(TimeUnit.NANOSECONDS) + offset.get(), TimeUnit.NANOSECONDS);
        }
    }
}
