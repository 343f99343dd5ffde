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
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.test.StepVerifier;
import reactor.util.context.Context;

class ThrottleGateTests {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final CountingScheduler time = new CountingScheduler();
    private final List<Duration> told = new ArrayList<>();
    private final ThrottleGate gate = new ThrottleGate(time, LIMIT, new ImportsListener() {
        @Override
        public void onThrottle(Duration wait) {
            told.add(wait);
        }
    });
    private final List<Long> passed = new ArrayList<>();

    private final List<ImportsException> failed = new ArrayList<>();

    private Disposable call() {
        return pass().subscribe(v -> {}, this::failed, () -> passed.add(time.millis()));
    }

    private Mono<Void> pass() {
        return Mono.defer(() -> gate.pass(gate.deadline()));
    }

    private void failed(Throwable failure) {
        failed.add(((ThrottleNotSent) failure).failure());
    }

    private boolean close(Duration pause) {
        return gate.throttled(pause, Failures.status(429), Context.empty());
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
    }

    @Test
    void nobodyPassesBeforeTheTimeAskedFor() {
        close(seconds(3));
        calls(5);
        time.advance(Duration.ofMillis(2999));
        assertThat(passed).isEmpty();
        time.advance(Duration.ofMillis(1));
        assertThat(passed).containsExactly(3000L);
    }

    @Test
    void closingIsNoticedOnlyAtSubscription() {
        Mono<Void> early = pass();
        close(seconds(1));
        StepVerifier.create(early, 0).expectSubscription().thenCancel().verify();
        early.subscribe(v -> {}, e -> {}, () -> passed.add(time.millis()));
        assertThat(passed).isEmpty();
    }

    @Test
    void reopensWithAProbeAndThenEverFaster() {
        close(seconds(3));
        calls(100);
        time.advance(seconds(60));
        assertThat(passed).hasSize(100);
        assertThat(passed.subList(0, 3)).containsExactly(3000L, 3230L, 3429L);
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
        close(seconds(3));
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
        close(seconds(3));
        time.advance(seconds(13));
        call();
        int before = time.mostTimers();
        calls(100);
        assertThat(passed).hasSize(101);
        assertThat(time.mostTimers()).isEqualTo(before);
    }

    @Test
    void staysCautiousAlmostUntilThen() {
        close(seconds(3));
        time.advance(Duration.ofMillis(10_900));
        calls(100);
        assertThat(passed).hasSize(1);
    }

    @Test
    void opensOnlyOnceTheQueueIsEmpty() {
        close(seconds(1));
        calls(5000);
        time.advance(seconds(9));
        int before = passed.size();
        assertThat(before).isLessThan(2000);
        time.advance(seconds(1));
        // about a thousand a second, and newcomers line up behind those that wait
        assertThat(passed.size() - before).isBetween(900, 1100);
        AtomicLong late = new AtomicLong();
        pass().subscribe(v -> {}, e -> {}, () -> late.set(passed.size()));
        time.advance(seconds(60));
        assertThat(late).hasValue(5000);
    }

    @Test
    void aSecondRejectionSlowsItDown() {
        close(seconds(1));
        calls(200);
        time.advance(seconds(4));
        int before = passed.size();
        gate.accepted();
        close(seconds(1));
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
            gate.accepted();
            close(seconds(1));
            time.advance(Duration.ofMillis(1001));
        }
        close(seconds(1));
        calls(10);
        time.advance(seconds(3));
        assertThat(passed.size()).isGreaterThanOrEqualTo(9);
    }

    @Test
    void laterRejectionsExtendButNeverShorten() {
        close(seconds(3));
        call();
        time.advance(seconds(1));
        close(seconds(1));
        close(seconds(4));
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
        close(seconds(3));
        assertThat(gate.closings()).isEqualTo(1);
        close(seconds(3));
        assertThat(gate.closings()).as("no longer than before").isEqualTo(1);
        close(seconds(4));
        assertThat(gate.closings()).isEqualTo(2);
        assertThat(told).containsExactly(seconds(3), seconds(4));
    }

    @Test
    void reportsWhetherItClosedOrForLonger() {
        assertThat(close(seconds(3))).isTrue();
        assertThat(close(seconds(3))).isFalse();
        assertThat(close(seconds(4))).isTrue();
    }

    @Test
    void aRejectionOfAnOpenGateForgetsTheOldPace() {
        close(seconds(1));
        calls(20);
        time.advance(seconds(2));
        gate.accepted();
        close(seconds(1));
        time.advance(seconds(120));
        passed.clear();
        call();
        close(seconds(1));
        calls(200);
        time.advance(seconds(6));
        assertThat(passed).as("doubled each second, without a knee").hasSizeGreaterThan(150);
    }

    @Test
    void aRejectionAtTheMomentOfReopeningIsOneOfTheFirstPace() {
        close(seconds(1));
        time.advance(seconds(1));
        gate.accepted();
        close(seconds(1));
        calls(200);
        time.advance(seconds(4));
        assertThat(passed).as("4 a second, creeping").hasSizeBetween(12, 16);
    }

    @Test
    void anOutageSaysNothingAboutThePace() {
        close(seconds(1));
        for (int i = 0; i < 700; i++) {
            time.advance(Duration.ofMillis(1010));
            close(seconds(1));
        }
        calls(200);
        time.advance(seconds(8));
        assertThat(passed).as("doubling all the way").hasSize(200);
    }

    @Test
    void anOutageLetsWhatWasKnownOfThePaceFadeAway() {
        close(seconds(1));
        time.advance(seconds(1));
        gate.accepted();
        for (int i = 0; i < 3; i++) {
            close(seconds(1));
            time.advance(seconds(1));
        }
        calls(500);
        // 4 a second were refused, and then anything, twice: it doubles up to 16
        time.advance(seconds(2));
        int knee = passed.size();
        time.advance(seconds(1));
        assertThat(passed.size() - knee).isBetween(15, 18);
    }

    @Test
    void rejectionsWhileClosedCountOnce() {
        close(seconds(1));
        calls(300);
        time.advance(seconds(5));
        int before = passed.size();
        gate.accepted();
        for (int i = 0; i < 50; i++) {
            close(seconds(1));
        }
        time.advance(seconds(5));
        // 64 a second were refused once: 32 a second is the knee, not the first pace
        assertThat(passed.size() - before).isGreaterThan(60);
    }

    @Test
    void releasesInTheOrderOfArrival() {
        close(seconds(1));
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            int me = i;
            pass().subscribe(v -> {}, e -> {}, () -> order.add(me));
            if (i == 100) {
                time.advance(seconds(2));
            }
        }
        time.advance(seconds(60));
        assertThat(order).hasSize(200).isSorted();
    }

    @Test
    void cancelLeavesTheQueueAndTheLastOneTakesTheTimerAlong() {
        close(seconds(1));
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
        close(seconds(5));
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
        close(seconds(5));
        assertThat(time.mostTimers()).isZero();
    }

    @Test
    void boundsWhatItIsAskedFor() {
        close(Duration.ofDays(100_000_000));
        call();
        assertThat(told).containsExactly(Duration.ofDays(1));
        time.advance(Duration.ofDays(1));
        call();
        assertThat(passed).containsExactly(Duration.ofDays(1).toMillis());
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, -1_000_000})
    void noPauseStillMeansOneAtATime(long millis) {
        close(Duration.ofMillis(millis));
        calls(3);
        assertThat(passed).hasSize(1);
        time.advance(seconds(1));
        assertThat(passed).hasSize(3);
        assertThat(told).isEmpty();
    }

    @Test
    void theContextStaysVisible() {
        close(seconds(1));
        List<String> seen = new ArrayList<>();
        pass().then(Mono.deferContextual(context -> {
                    seen.add(context.get("user"));
                    return Mono.empty();
                }))
                .contextWrite(Context.of("user", "ada"))
                .subscribe();
        time.advance(seconds(1));
        assertThat(seen).containsExactly("ada");
    }

    @Test
    void aSchedulerThatTakesNothingFailsThoseWhoWaitInsteadOfHangingThem() {
        close(seconds(1));
        time.dispose();
        call();
        call();
        assertThat(failed).hasSize(2).doesNotHaveDuplicates().allSatisfy(failure -> {
            assertThat(failure)
                    .isInstanceOf(ImportsTransportException.class)
                    .hasCauseInstanceOf(RejectedExecutionException.class);
            assertThat(ImportsRetry.isTransient(failure)).isFalse();
        });
    }

    @Test
    void aSchedulerThatTakesNothingFailsThoseWhoWaitAlready() {
        close(seconds(1));
        calls(2);
        time.dispose();
        close(seconds(2));
        close(seconds(3));
        assertThat(failed).hasSize(2).hasOnlyElementsOfType(ImportsTransportException.class);
        assertThat(gate.waiting()).isZero();
    }

    @Test
    void onceTheSchedulerWorksAgainSoDoesTheGate() {
        AtomicInteger rejections = new AtomicInteger(1);
        ThrottleGate moody = new ThrottleGate(new MoodyScheduler(time, rejections), LIMIT, ImportsListener.NONE);
        moody.throttled(seconds(2), Failures.status(429), Context.empty());
        moody.pass(moody.deadline()).subscribe(v -> {}, this::failed);
        assertThat(failed).hasSize(1);
        moody.pass(moody.deadline()).subscribe(v -> {}, this::failed, () -> passed.add(time.millis()));
        time.advance(seconds(2));
        assertThat(passed).containsExactly(2000L);
        moody.pass(moody.deadline()).subscribe(v -> {}, this::failed, () -> passed.add(time.millis()));
        time.advance(seconds(2));
        assertThat(passed).containsExactly(2000L, 2230L);
    }

    @Test
    void aTimerThatWasLostIsReplacedWhenTheNextCallComes() {
        AtomicInteger lost = new AtomicInteger(-1);
        ThrottleGate moody = new ThrottleGate(new MoodyScheduler(time, lost), LIMIT, ImportsListener.NONE);
        moody.throttled(seconds(2), Failures.status(429), Context.empty());
        moody.pass(moody.deadline()).subscribe(v -> {}, this::failed, () -> passed.add(time.millis()));
        time.advance(seconds(3));
        assertThat(passed).isEmpty();
        time.advance(Duration.ofMillis(1));
        moody.pass(moody.deadline()).subscribe(v -> {}, this::failed, () -> passed.add(time.millis()));
        time.advance(seconds(1));
        assertThat(passed).hasSize(2).first().isEqualTo(3001L);
        assertThat(failed).isEmpty();
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
                            close(Duration.ofMillis(20));
                        }
                        Disposable call = pass().doOnCancel(cancelled::incrementAndGet)
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

    /** Rejects so many tasks, or accepts a task and forgets it if that is -1; then does as the other one. */
    private record MoodyScheduler(CountingScheduler other, AtomicInteger mood) implements Scheduler {

        @Override
        public Disposable schedule(Runnable task) {
            return schedule(task, 0, TimeUnit.NANOSECONDS);
        }

        @Override
        public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
            if (mood.get() > 0) {
                mood.decrementAndGet();
                throw new RejectedExecutionException("not now");
            }
            return mood.compareAndSet(-1, 0) ? Disposables.single() : other.schedule(task, delay, unit);
        }

        @Override
        public Worker createWorker() {
            return other.createWorker();
        }

        @Override
        public long now(TimeUnit unit) {
            return other.now(unit);
        }
    }
}
