package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.util.context.Context;

/** Who waits at the gate, for how long at most, and what the others hear. */
class ThrottleQueueTests {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final CountingScheduler time = new CountingScheduler();
    private final ThrottleGate gate = new ThrottleGate(time, LIMIT, ImportsListener.NONE);
    private final List<Call> calls = new ArrayList<>();

    /** What became of a call, and when. */
    private final class Call {

        private final long begunAt = time.millis();
        private final Disposable subscription;
        private long endedAt = -1;
        private ImportsApiException failure;

        Call(long deadline) {
            subscription = gate.pass(deadline).subscribe(v -> {}, this::failed, () -> endedAt = time.millis());
        }

        private void failed(Throwable notSent) {
            failure = (ImportsApiException) ((ThrottleNotSent) notSent).failure();
            endedAt = time.millis();
        }

        boolean passed() {
            return endedAt >= 0 && failure == null;
        }

        boolean waits() {
            return endedAt < 0;
        }
    }

    private Call call() {
        Call call = new Call(gate.deadline());
        calls.add(call);
        return call;
    }

    private void calls(int howMany) {
        for (int i = 0; i < howMany; i++) {
            call();
        }
    }

    private void close(long seconds) {
        gate.throttled(Duration.ofSeconds(seconds), Failures.status(429), Context.empty());
    }

    private void advance(long millis) {
        time.advance(Duration.ofMillis(millis));
    }

    @Test
    void aCallWhoseTurnIsTooFarAwayFailsAtOnceWithTheLastRejection() {
        ImportsApiException first = new ImportsApiException(429, "slow down", "8", "req-7", Duration.ofSeconds(60));
        gate.throttled(Duration.ofSeconds(30), Failures.status(503), Context.empty());
        gate.throttled(Duration.ofSeconds(60), first, Context.empty());
        // its own caller receives it, too
        first.during("describe", "of-another-call");
        Call fits = call();
        Call tooLate = call();
        Call tooLateAsWell = call();
        assertThat(fits.waits()).isTrue();
        assertThat(tooLate.failure.statusCode()).isEqualTo(429);
        assertThat(tooLate.failure.code()).isEqualTo("8");
        assertThat(tooLate.failure.requestId()).isEqualTo("req-7");
        assertThat(tooLate.failure).hasMessageStartingWith("slow down").hasMessageContaining("not sent");
        assertThat(tooLate.failure.retryAfter()).isBetween(Duration.ofMillis(60_200), Duration.ofMillis(60_240));
        assertThat(tooLateAsWell.failure).isNotSameAs(tooLate.failure).isNotSameAs(first);
        advance(60_000);
        assertThat(fits.passed()).isTrue();
        assertThat(time.timers()).isZero();
    }

    @Test
    void whatItIsReportedIsWhenItsTurnWouldHaveBeen() {
        close(55);
        calls(10_000);
        Duration expected = calls.get(9_999).failure.retryAfter();
        long waiting = calls.stream().filter(Call::waits).count();
        assertThat(waiting).isEqualTo(gate.waiting()).isBetween(150L, 200L);
        // whoever comes back then is sent soon
        advance(expected.toMillis());
        Call again = call();
        advance(1000);
        assertThat(again.passed()).isTrue();
        assertThat(calls.subList(0, (int) waiting)).allMatch(Call::passed);
    }

    @Tag("large")
    @Test
    void theQueueIsNoLongerThanWhatTheLimitLetsThrough() {
        close(0);
        calls(60_000);
        // 1,437 while the pace doubles, then 1,000 a second for what is left of a minute
        assertThat(gate.waiting()).isBetween(53_000, 53_500);
        assertThat(gate.waiting()).isLessThan((int) (ThrottlePace.OPEN * LIMIT.toSeconds()));
        advance(61_000);
        assertThat(calls).noneMatch(Call::waits);
        assertThat(calls.stream().filter(Call::passed).count()).isBetween(53_000L, 53_500L);
        assertThat(time.timers()).isZero();
    }

    @Test
    void oneThatWaitsGoesWhenTheServiceTakesItsTurnAway() {
        close(10);
        Call early = call();
        advance(5_000);
        Call later = call();
        advance(4_000);
        // 59 seconds from now: too late for the first, which came 9 seconds ago, but not for the second
        close(52);
        assertThat(early.failure.retryAfter()).isBetween(Duration.ofSeconds(52), Duration.ofMillis(52_010));
        assertThat(early.endedAt).isEqualTo(9_000);
        assertThat(later.waits()).isTrue();
        advance(52_000);
        assertThat(later.passed()).isTrue();
        assertThat(time.timers()).isZero();
    }

    @Test
    void thoseWhoGoTogetherAreToldToComeBackOneByOne() {
        close(1);
        calls(100);
        advance(500);
        close(60);
        assertThat(gate.waiting()).isZero();
        assertThat(time.timers()).isZero();
        List<Long> told =
                calls.stream().map(call -> call.failure.retryAfter().toMillis()).toList();
        assertThat(told).isSorted().doesNotHaveDuplicates();
        assertThat(told.get(0)).isBetween(60_000L, 60_001L);
        assertThat(told.get(99)).isBetween(63_000L, 66_000L);
        assertThat(calls).extracting(call -> call.failure).doesNotHaveDuplicates();
    }

    @Test
    void aRejectedProbeShedsNobodyWhoseTurnCanStillCome() {
        close(5);
        calls(40);
        for (int i = 0; i < 10; i++) {
            advance(5_000);
            close(5);
            assertThat(calls).noneMatch(call -> call.failure != null);
        }
        assertThat(calls).filteredOn(Call::passed).hasSize(10);
        advance(6_000);
        assertThat(calls).as("four a second again").filteredOn(Call::passed).hasSize(16);
        assertThat(calls).noneMatch(call -> call.failure != null);
    }

    @Tag("large")
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void nobodyWaitsBeyondItsDeadlineWhateverTheServiceDoes(int seed) {
        Random random = new Random(seed);
        for (int step = 0; step < 2_000; step++) {
            switch (random.nextInt(20)) {
                case 0 -> close(random.nextInt(61));

                case 2 -> gate.accepted();
                default -> {
                    if (random.nextInt(4) == 0 && !calls.isEmpty()) {
                        calls.get(random.nextInt(calls.size())).subscription.dispose();
                    } else {
                        calls(random.nextInt(30));
                    }
                }
            }
            advance(random.nextInt(400));
            assertThat(time.timers()).isEqualTo(gate.waiting() > 0 ? 1 : 0);
        }
        advance(60_000);
        assertThat(gate.waiting()).isZero();
        assertThat(time.timers()).isZero();
        for (Call call : calls) {
            if (!call.subscription.isDisposed() || call.endedAt >= 0) {
                assertThat(call.endedAt - call.begunAt).isBetween(0L, 60_000L);
            }
        }
        assertThat(calls).anyMatch(Call::passed).anyMatch(call -> call.failure != null && call.endedAt > call.begunAt);
    }

    @Test
    void oneThatWasHeldBackKeepsItsPlaceAndItsDeadline() {
        close(10);
        long deadline = gate.deadline();
        calls(2);
        advance(10_000);
        close(20);
        Call sentBack = new Call(deadline);
        calls.add(sentBack);
        advance(20_000);
        assertThat(sentBack.passed()).as("by arrival it is the second").isFalse();
        assertThat(calls.get(1).passed()).isTrue();
        advance(250);
        assertThat(sentBack.passed()).isTrue();
        close(40);
        Call again = new Call(deadline);
        assertThat(again.failure.retryAfter()).isCloseTo(Duration.ofSeconds(40), Duration.ofMillis(10));
    }

    @Test
    void oneThatIsHeldBackAgainAndAgainEndsEvenAtAnOpenGate() {
        long deadline = gate.deadline();
        close(1);
        advance(60_000);
        call();
        List<Throwable> ends = new ArrayList<>();
        gate.again(deadline).subscribe(v -> {}, ends::add, () -> ends.add(new AssertionError("passed")));
        assertThat(ends).singleElement().isInstanceOf(AssertionError.class);
        advance(1);
        gate.again(deadline).subscribe(v -> {}, ends::add, () -> ends.add(new AssertionError("passed")));
        assertThat(ends).hasSize(2).last().isInstanceOf(ThrottleNotSent.class);
    }

    @Test
    void aSubscriberThatThrowsWhenItsCallIsNotSentHarmsNobodyElse() {
        close(1);
        gate.pass(gate.deadline()).subscribe(v -> {}, failure -> {
            throw new StackOverflowError("mine");
        });
        calls(3);
        close(61);
        assertThat(calls).allMatch(call -> call.failure != null);
    }

    @Tag("large")
    @Test
    void thousandsWaitWithoutCostingMuch() {
        close(1);
        List<Disposable> waiting = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            waiting.add(call().subscription);
        }
        assertThat(gate.waiting()).isEqualTo(20_000);
        for (int i = 0; i < 20_000; i += 2) {
            waiting.get(i).dispose();
        }
        assertThat(gate.waiting()).isEqualTo(10_000);
        advance(30_000);
        assertThat(gate.waiting()).isZero();
        assertThat(time.scheduled()).isLessThan(10_100);
    }

    @ParameterizedTest
    @ValueSource(doubles = {4, 5, 37, 500, 1000})
    void paceAndItsIntegralAgree(double knee) {
        ThrottlePace pace = new ThrottlePace(knee);
        double sum = 0;
        for (int step = 0; step < 90_000; step++) {
            if (step % 500 == 0) {
                double at = step / 1000.0;
                assertThat(pace.released(at)).isCloseTo(sum, within(0.01 + sum * 0.001));
                assertThat(pace.secondsFor(pace.released(at))).isCloseTo(at, within(1e-6));
            }
            sum += pace.at((step + 0.5) / 1000) / 1000;
        }
        assertThat(pace.at(0)).isEqualTo(ThrottlePace.FIRST);
        assertThat(pace.at(90)).isEqualTo(ThrottlePace.OPEN);
    }
}
