package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Subscription;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.util.context.Context;

class PollSpecTests {

    private final WatchClock time = new WatchClock();
    private final PollSpec every5s =
            PollSpec.fixedInterval(Duration.ofSeconds(5)).scheduler(time);
    private final List<Long> polledAt = new ArrayList<>();
    private final Watcher watcher = new Watcher();

    @Test
    void nothingIsPolledBeforeDemand() {
        watch(every5s, n -> running(n));
        forward(600);
        assertThat(polledAt).isEmpty();
    }

    @Test
    void firstPollIsMadeAtOnceOnDemandAndOthersAtTheInterval() {
        watch(every5s, n -> running(n));
        forward(7);
        watcher.request(Long.MAX_VALUE);
        assertThat(polledAt).containsExactly(7L);
        forward(11);
        assertThat(polledAt).containsExactly(7L, 12L, 17L);
        assertThat(watcher.seen).hasSize(3);
    }

    @Test
    void noPollIsMadeWithoutDemandAndALateDemandPollsAtOnce() {
        watch(every5s, n -> running(n));
        watcher.request(1);
        forward(600);
        assertThat(polledAt).containsExactly(0L);
        watcher.request(1);
        assertThat(polledAt).containsExactly(0L, 600L);
        forward(2);
        watcher.request(1);
        forward(2);
        assertThat(polledAt).containsExactly(0L, 600L);
        forward(1);
        assertThat(polledAt).containsExactly(0L, 600L, 605L);
    }

    @Test
    void afterARejectionNoPollComesSoonerThanTheServiceAsked() {
        watch(every5s.jitter(0.5), n -> n <= 3 ? Mono.error(refusal(n == 2 ? 1 : 120)) : running(n));
        watcher.request(Long.MAX_VALUE);
        forward(1000);
        assertThat(polledAt).startsWith(0L, 120L);
        assertThat(polledAt.get(2)).as("its own wait is the longer one").isBetween(122L, 135L);
        assertThat(polledAt.get(3) - polledAt.get(2)).isEqualTo(120);
        assertThat(watcher.failure).isNull();
    }

    @Test
    void aPauseOfYearsIsADay() {
        watch(every5s, n -> n == 1 ? Mono.error(refusal(Long.MAX_VALUE)) : running(n));
        watcher.request(2);
        forward(24 * 3600 - 1);
        assertThat(polledAt).hasSize(1);
        forward(1);
        assertThat(polledAt).hasSize(2);
    }

    @Test
    void unchangedObservationsAreNotEmittedAndKeepTheirDemand() {
        watch(every5s, n -> running(n < 10 ? 1 : 2));
        watcher.request(2);
        forward(40);
        assertThat(watcher.seen).hasSize(1);
        forward(5);
        assertThat(watcher.seen).hasSize(2);
        forward(600);
        assertThat(polledAt).hasSize(10);
    }

    @Test
    void aValueThatComesBackIsEmittedAgain() {
        watch(every5s, n -> running(n % 2));
        watcher.request(3);
        forward(10);
        assertThat(watcher.seen).extracting(ImportOperation::percentComplete).containsExactly(1.0, 0.0, 1.0);
    }

    @Test
    void intervalCountsFromThePollsEnd() {
        Sinks.One<ImportOperation> slow = Sinks.one();
        AtomicInteger polls = new AtomicInteger();
        Mono<ImportOperation> describe = Mono.defer(() -> polls.incrementAndGet() == 1 ? slow.asMono() : running(2));
        describe.as(every5s::poll).subscribe(watcher);
        watcher.request(5);
        forward(100);
        assertThat(polls).hasValue(1);
        slow.tryEmitValue(operation(1));
        forward(4);
        assertThat(polls).hasValue(1);
        forward(1);
        assertThat(polls).hasValue(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"COMPLETED", "FAILED", "CANCELLED"})
    void terminalObservationIsEmittedOnceAndCompletes(String status) {
        watch(every5s, n -> n < 3 ? running(1) : Mono.just(ImportOperation.of("1", ImportStatus.valueOf(status))));
        watcher.request(2);
        forward(600);
        assertThat(watcher.seen).extracting(o -> o.status().name()).containsExactly("IN_PROGRESS", status);
        assertThat(watcher.completed).isTrue();
        assertThat(polledAt).containsExactly(0L, 5L, 10L);
        assertThat(time.timers()).isZero();
    }

    @Test
    void hundredPercentAndUnknownStatusesArePolledOn() {
        ImportOperation resting =
                new ImportOperation("1", null, ImportStatus.UNKNOWN, "Resting", null, null, 50, 0, null, null);
        watch(every5s, n -> n < 200 ? Mono.just(operation(100)) : n < 400 ? Mono.just(resting) : completed());
        watcher.request(Long.MAX_VALUE);
        forward(2000);
        assertThat(watcher.seen)
                .extracting(ImportOperation::statusText)
                .containsExactly("InProgress", "Resting", "Completed");
        assertThat(watcher.completed).isTrue();
    }

    @Test
    void cancelEndsTheWait() {
        watch(every5s, n -> running(n));
        watcher.request(Long.MAX_VALUE);
        forward(6);
        assertThat(time.timers()).isEqualTo(1);
        watcher.cancel();
        assertThat(time.timers()).isZero();
        forward(600);
        assertThat(polledAt).containsExactly(0L, 5L);
    }

    @Test
    void cancelEndsThePollInFlight() {
        AtomicInteger cancelled = new AtomicInteger();
        every5s.poll(Mono.<ImportOperation>never().doOnCancel(cancelled::incrementAndGet))
                .subscribe(watcher);
        watcher.request(1);
        watcher.cancel();
        watcher.request(1);
        forward(600);
        assertThat(cancelled).hasValue(1);
    }

    @Test
    void fourFailuresInARowAreTolerated() {
        watch(every5s, n -> n % 5 != 0 ? Mono.error(new IOException("poll " + n)) : running(n));
        watcher.request(3);
        forward(70);
        assertThat(watcher.failure).isNull();
        assertThat(watcher.seen).hasSize(3);
        assertThat(polledAt).hasSize(15);
    }

    @Test
    void fifthFailureInARowIsSignalledWithTheOthersSuppressed() {
        watch(every5s, n -> n == 1 ? running(1) : Mono.error(new IOException("poll " + n)));
        watcher.request(Long.MAX_VALUE);
        forward(600);
        assertThat(watcher.failure).isInstanceOf(IOException.class).hasMessage("poll 6");
        assertThat(watcher.failure.getSuppressed())
                .extracting(Throwable::getMessage)
                .containsExactly("poll 2", "poll 3", "poll 4", "poll 5");
        assertThat(polledAt).hasSize(6);
    }

    @Test
    void oneExceptionSignalledAgainAndAgainIsSignalledAsItIs() {
        IOException same = new IOException("same");
        watch(every5s, n -> Mono.error(same));
        watcher.request(1);
        forward(600);
        assertThat(watcher.failure).isSameAs(same).hasNoSuppressedExceptions();
        assertThat(polledAt).hasSize(5);
    }

    @Test
    void maxConsecutiveFailuresOfOneToleratesNone() {
        watch(every5s.maxConsecutiveFailures(1), n -> Mono.error(new TimeoutException("late")));
        watcher.request(1);
        assertThat(watcher.failure).hasMessage("late");
        assertThat(polledAt).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 429, 500, 502, 503, 504})
    void statusesThatPassAreTolerated(int status) {
        watch(every5s, n -> n == 1 ? Mono.error(answer(status)) : completed());
        watcher.request(1);
        forward(5);
        assertThat(watcher.completed).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 400, 401, 403, 404, 409, 422, 501, 505})
    void definiteAnswersEndTheWatchAtOnce(int status) {
        watch(every5s, n -> Mono.error(answer(status)));
        watcher.request(1);
        forward(600);
        assertThat(watcher.failure).isInstanceOf(ImportsApiException.class);
        assertThat(polledAt).hasSize(1);
    }

    @Test
    void emptyDescribeIsAnError() {
        watch(every5s, n -> Mono.empty());
        watcher.request(1);
        forward(600);
        assertThat(watcher.failure).isInstanceOf(ImportsProtocolException.class);
        assertThat(polledAt).hasSize(1);
    }

    @Test
    void failuresExpectedByTheCallerDoNotCount() {
        AtomicInteger polls = new AtomicInteger();
        Mono<ImportOperation> describe =
                Mono.defer(() -> polls.incrementAndGet() < 9 ? Mono.error(answer(404)) : completed());
        every5s.poll(
                        describe,
                        failure -> failure instanceof ImportsApiException a && a.isNotFound(),
                        ImportsListener.NONE)
                .subscribe(watcher);
        watcher.request(1);
        forward(40);
        assertThat(polls).hasValue(9);
        assertThat(watcher.completed).isTrue();
    }

    @Test
    void waitAfterFailuresDoublesFromTheShortestToTheLongest() {
        PollSpec spec = PollSpec.adaptive(Duration.ofSeconds(2), Duration.ofSeconds(10))
                .jitter(0)
                .scheduler(time);
        watch(spec, n -> n < 5 ? Mono.error(new IOException("poll " + n)) : completed());
        watcher.request(1);
        forward(600);
        assertThat(polledAt).containsExactly(0L, 2L, 6L, 14L, 24L);
    }

    @Test
    void backoffGrowsByHalfUpToItsLongest() {
        watch(PollSpec.backoff(Duration.ofSeconds(4), Duration.ofSeconds(10)).scheduler(time), n -> running(1));
        watcher.request(Long.MAX_VALUE);
        forward(50);
        assertThat(polledAt).containsExactly(0L, 4L, 10L, 19L, 29L, 39L, 49L);
    }

    @Test
    void everySubscriptionPollsForItself() {
        AtomicInteger polls = new AtomicInteger();
        Flux<ImportOperation> flux =
                Mono.defer(() -> running(polls.incrementAndGet())).as(every5s::poll);
        Watcher other = new Watcher();
        flux.subscribe(watcher);
        flux.subscribe(other);
        watcher.request(3);
        forward(5);
        other.request(1);
        forward(60);
        assertThat(watcher.seen).hasSize(3);
        assertThat(other.seen).hasSize(1);
        assertThat(polls).hasValue(4);
    }

    @Test
    void contextReachesEveryPoll() {
        List<String> seen = new ArrayList<>();
        Mono<ImportOperation> describe = Mono.deferContextual(context -> {
            seen.add(context.get("trace"));
            return seen.size() < 3 ? running(seen.size()) : completed();
        });
        StepVerifier.withVirtualTime(() -> describe.as(PollSpec.fixedInterval(Duration.ofSeconds(1))::poll)
                        .contextWrite(Context.of("trace", "t1")))
                .thenAwait(Duration.ofSeconds(2))
                .expectNextCount(3)
                .verifyComplete();
        assertThat(seen).containsExactly("t1", "t1", "t1");
    }

    @Test
    void jitterSpreadsWaitsBothWays() {
        PollSpec spec = PollSpec.fixedInterval(Duration.ofSeconds(10)).jitter(0.5);
        List<Long> waits = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            waits.add(spec.jittered(10_000));
        }
        assertThat(waits).allMatch(w -> w >= 5_000 && w <= 15_000);
        assertThat(waits).anyMatch(w -> w < 6_000).anyMatch(w -> w > 14_000);
        assertThat(spec.jitter(0).jittered(10_000)).isEqualTo(10_000);
    }

    @Test
    void aClockSetBackDoesNotStretchTheWait() {
        watch(every5s, n -> running(n));
        watcher.request(1);
        time.setForwardBy(Duration.ofHours(-1));
        watcher.request(1);
        forward(5);
        assertThat(watcher.seen).hasSize(2);
    }

    @Tag("large")
    @Test
    void aMillionPollsNeitherRecurseNorGrow() {
        Scheduler immediate = new NoWait();
        AtomicInteger polls = new AtomicInteger();
        Mono<ImportOperation> describe = Mono.fromCallable(() ->
                polls.incrementAndGet() < 1_000_000 ? operation(1) : ImportOperation.of("1", ImportStatus.FAILED));
        PollSpec spec = PollSpec.fixedInterval(Duration.ofMillis(1)).scheduler(immediate);
        spec.poll(describe).subscribe(watcher);
        watcher.request(2);
        assertThat(polls).hasValue(1_000_000);
        assertThat(watcher.completed).isTrue();
    }

    @Test
    void twoThreadsThatRequestGetExactlyWhatTheyRequested() throws Exception {
        int each = 50_000;
        AtomicInteger polls = new AtomicInteger();
        CountDownLatch delivered = new CountDownLatch(2 * each);
        AtomicInteger excess = new AtomicInteger();
        BaseSubscriber<ImportOperation> counter = new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {}

            @Override
            protected void hookOnNext(ImportOperation value) {
                if (delivered.getCount() == 0) {
                    excess.incrementAndGet();
                }
                delivered.countDown();
            }
        };
        PollSpec.fixedInterval(Duration.ofMillis(1))
                .scheduler(new NoWait())
                .poll(Mono.fromCallable(() -> operation(polls.incrementAndGet() % 100)))
                .subscribe(counter);
        var threads = Executors.newFixedThreadPool(2);
        try {
            for (int t = 0; t < 2; t++) {
                threads.execute(() -> {
                    for (int i = 0; i < each; i++) {
                        counter.request(1);
                    }
                });
            }
            assertThat(delivered.await(30, TimeUnit.SECONDS)).isTrue();
        } finally {
            threads.shutdown();
        }
        assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        assertThat(excess).hasValue(0);
        assertThat(polls).hasValue(2 * each);
    }

    @Test
    void settersCopy() {
        PollSpec base = PollSpec.backoff(Duration.ofSeconds(1), Duration.ofSeconds(9));
        PollSpec changed = base.jitter(0.3).maxConsecutiveFailures(7).scheduler(time);
        assertThat(base)
                .hasToString("PollSpec[BACKOFF, min=PT1S, max=PT9S, jitter=0.0, maxConsecutiveFailures=5, "
                        + "scheduler=default]");
        assertThat(changed.toString()).contains("jitter=0.3", "maxConsecutiveFailures=7", "WatchClock");
        assertThat(every5s.toString()).startsWith("PollSpec[interval=PT5S, jitter=0.0");
        assertThat(PollSpec.adaptive().toString()).startsWith("PollSpec[ADAPTIVE, min=PT2S, max=PT5M, jitter=0.1");
    }

    @Test
    void aSpecsOwnSchedulerWins() {
        Scheduler other = Schedulers.single();
        assertThat(every5s.orScheduler(other).scheduler()).hasToString(time.toString());
        assertThat(PollSpec.adaptive().orScheduler(other).scheduler()).hasToString(other.toString());
        assertThat(PollSpec.adaptive().scheduler())
                .hasToString(Schedulers.parallel().toString());
    }

    @Test
    void valuesOutOfRangeAreRejected() {
        Duration second = Duration.ofSeconds(1);
        assertThatThrownBy(() -> PollSpec.fixedInterval(Duration.ZERO)).hasMessageContaining("interval must be");
        assertThatThrownBy(() -> PollSpec.fixedInterval(Duration.ofDays(366))).hasMessageContaining("interval must be");
        assertThatThrownBy(() -> PollSpec.adaptive(second, Duration.ofMillis(999)))
                .hasMessageContaining("max must be");
        assertThatThrownBy(() -> PollSpec.backoff(Duration.ofSeconds(-1), second))
                .hasMessageContaining("first must be");
        assertThatThrownBy(() -> PollSpec.adaptive().jitter(-0.1)).hasMessageContaining("jitter must be");
        assertThatThrownBy(() -> PollSpec.adaptive().jitter(Double.NaN)).hasMessageContaining("jitter must be");
        assertThatThrownBy(() -> PollSpec.adaptive().maxConsecutiveFailures(0))
                .hasMessageContaining("maxConsecutiveFailures must be");
    }

    private void watch(PollSpec spec, IntFunction<Mono<ImportOperation>> describe) {
        AtomicInteger polls = new AtomicInteger();
        spec.poll(Mono.defer(() -> {
                    polledAt.add(time.seconds());
                    return describe.apply(polls.incrementAndGet());
                }))
                .subscribe(watcher);
    }

    private void forward(long seconds) {
        for (long i = 0; i < seconds; i++) {
            time.forward(Duration.ofSeconds(1));
        }
    }

    private static Mono<ImportOperation> running(double percent) {
        return Mono.just(operation(percent));
    }

    private static Mono<ImportOperation> completed() {
        return Mono.just(ImportOperation.of("1", ImportStatus.COMPLETED));
    }

    private static ImportOperation operation(double percent) {
        return new ImportOperation(
                "1", null, ImportStatus.IN_PROGRESS, "InProgress", Instant.MAX, null, percent, 0, null, null);
    }

    private static ImportsApiException refusal(long seconds) {
        return new ImportsApiException(429, "slow down", null, null, Duration.ofSeconds(seconds));
    }

    private static ImportsApiException answer(int status) {
        return new ImportsApiException(status, "status " + status, null, null, null);
    }

    /** Its delays are over at once, each moving its clock. */
    private static final class NoWait implements Scheduler {
        private final AtomicLong now = new AtomicLong();

        @Override
        public Disposable schedule(Runnable task) {
            task.run();
            return Disposables.disposed();
        }

        @Override
        public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
            now.addAndGet(unit.toMillis(delay));
            return schedule(task);
        }

        @Override
        public long now(TimeUnit unit) {
            return unit.convert(now.get(), TimeUnit.MILLISECONDS);
        }

        @Override
        public Worker createWorker() {
            throw new UnsupportedOperationException();
        }
    }
}
