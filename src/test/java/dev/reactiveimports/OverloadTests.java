package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.reactiveimports.ImportsListener.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/**
 * 200 calls a second, to a service that refuses one every six seconds however few it gets. What limits them is then the gate:
 * each refusal halves the pace at which it creeps, and in the five seconds until the next one it wins back no more than 1.6
 * times that, so it ends at its lowest. Most calls are not sent then; none of them waits for longer than a minute.
 */
class OverloadTests {

    private static final int OFFERED = 200;
    private static final int REFUSING_SECONDS = 120;
    private static final long BETWEEN_REFUSALS = 6_000;
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final double LOWEST_PACE = 4;
    private static final double DOUBLE = Math.log(2);
    private static final double CREEP = Math.log(1.1);
    private static final double OPEN_SECONDS = 5;
    private static final double HIGHEST_PACE = 1000;

    private final CountingScheduler time = new CountingScheduler();
    private final ThrottleGate gate = new ThrottleGate(time, LIMIT, ImportsListener.NONE);
    private final CallPolicy policy =
            new CallPolicy(ImportsRetry.ofDefaults(), new RetryBudget(time), gate, ImportsListener.NONE);
    private final List<Long> sent = new ArrayList<>();
    private final List<Long> refused = new ArrayList<>();
    private final List<ImportsApiException> failed = new ArrayList<>();
    private long longest;
    private int offered;
    private int served;
    private int mostWaiting;

    private Mono<String> request() {
        return Mono.defer(() -> {
            long now = time.millis();
            sent.add(now);
            boolean refuses = now < REFUSING_SECONDS * 1000 && now >= refused.size() * BETWEEN_REFUSALS;
            if (refuses) {
                refused.add(now);
            }
            return Mono.delay(Duration.ofMillis(5), time)
                    .flatMap(tick -> refuses ? Mono.error(Failures.status(429, PAUSE)) : Mono.just("ok"));
        });
    }

    private void offerFor(int seconds) {
        for (int i = 0; i < seconds * OFFERED; i++) {
            offered++;
            long from = time.millis();
            policy.retrying(Operation.DESCRIBE, attempt -> request())
                    .doFinally(end -> longest = Math.max(longest, time.millis() - from))
                    .subscribe(ok -> served++, failure -> failed.add((ImportsApiException) failure));
            mostWaiting = Math.max(mostWaiting, gate.waiting());
            time.advance(Duration.ofMillis(1000 / OFFERED));
        }
    }

    private long sentBetween(long from, long to) {
        return sent.stream().filter(at -> at >= from && at < to).count();
    }

    @Test
    void theGatesPaceIsWhatLimitsAndItIsUsedToTheFull() {
        offerFor(REFUSING_SECONDS);
        assertThat(refused).hasSize(20);
        double knee = HIGHEST_PACE;
        for (long cycle = 0; cycle < REFUSING_SECONDS * 1000; cycle += BETWEEN_REFUSALS) {
            // 1,200 are offered; 179, 154, 117, 87, 65, 49, 39, 31, 26, 26 .. get through
            double kneeAfter = Math.min(OPEN_SECONDS, Math.log(knee / LOWEST_PACE) / DOUBLE);
            double kneePace = LOWEST_PACE * Math.exp(DOUBLE * kneeAfter);
            double lastPace = kneePace * Math.exp(CREEP * (OPEN_SECONDS - kneeAfter));
            double computed = (kneePace - LOWEST_PACE) / DOUBLE + (lastPace - kneePace) / CREEP;
            assertThat((double) sentBetween(cycle, cycle + BETWEEN_REFUSALS))
                    .as("sent from %d ms on", cycle)
                    .isCloseTo(computed, within(4.0));
            knee = Math.max(LOWEST_PACE, lastPace / 2);
        }
    }

    @Test
    void nobodyWaitsForLongerThanTheLimitAndEveryoneHearsWhy() {
        offerFor(REFUSING_SECONDS);
        assertThat(mostWaiting).as("all that came within the limit").isBetween(10_000, 60 * OFFERED + 100);
        // what the gate lets through when nothing is refused any more
        assertThat((double) gate.waiting()).isLessThan(HIGHEST_PACE * LIMIT.toSeconds());
        assertThat(failed).hasSizeGreaterThan(10_000).allSatisfy(failure -> {
            assertThat(failure.isThrottled()).isTrue();
            assertThat(failure.attempts()).isLessThan(2);
            assertThat(failure.retryAfter()).isPositive();
        });
        // one pause and one more wait for those that were refused themselves
        assertThat(longest).isLessThan(2 * LIMIT.toMillis() + 2_000);
        assertThat(served + failed.size() + gate.waiting()).isBetween(offered - 10, offered);
    }

    @Test
    void onceNothingIsRejectedAnyMoreAllThatComeAreServed() {
        offerFor(REFUSING_SECONDS);
        int failedBefore = failed.size();
        int waiting = gate.waiting();
        time.advance(LIMIT.plusSeconds(2));
        assertThat(gate.waiting()).isZero();
        int late = failed.size() - failedBefore;
        assertThat(late).as("of %d that waited", waiting).isLessThan(waiting);
        int servedBefore = served;
        offerFor(10);
        time.advance(Duration.ofSeconds(5));
        assertThat(served - servedBefore).isEqualTo(10 * OFFERED);
        assertThat(time.timers()).isZero();
    }
}
