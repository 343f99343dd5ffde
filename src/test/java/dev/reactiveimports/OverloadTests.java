package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.reactiveimports.ImportsListener.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

/**
 * 200 calls a second, to a service that refuses one every six seconds however few it gets. What limits them is then the gate:
 * each refusal halves the pace at which it creeps, and in the five seconds until the next one it wins back no more than 1.6
 * times that, so it ends at its lowest. Most calls wait; none of them for ever.
 */
class OverloadTests {

    private static final int OFFERED = 200;
    private static final int REFUSING_SECONDS = 60;
    private static final long BETWEEN_REFUSALS = 6_000;
    private static final Duration PAUSE = Duration.ofSeconds(1);

    /** The gate by its description: 4 a second, doubled each second up to the knee, then 10 % more each second up to 1,000. */
    private static final double LOWEST_PACE = 4;

    private static final double DOUBLE = Math.log(2);
    private static final double CREEP = Math.log(1.1);
    private static final double OPEN_SECONDS = 5;
    private static final double HIGHEST_PACE = 1000;

    private final CountingScheduler time = new CountingScheduler();
    private final CallPolicy policy =
            new CallPolicy(ImportsRetry.ofDefaults(), new RetryBudget(), new ThrottleGate(time, null), null);
    private final List<Long> sent = new ArrayList<>();
    private final List<Long> refused = new ArrayList<>();
    /** When, by the number of the call. */
    private final Map<Integer, Long> ended = new HashMap<>();

    private final List<Throwable> failed = new ArrayList<>();
    private int offered;

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
            int n = offered++;
            policy.retrying(Operation.DESCRIBE, attempt -> request())
                    .subscribe(ok -> ended.put(n, time.millis()), failed::add);
            time.advance(Duration.ofMillis(1000 / OFFERED));
        }
    }

    private static long between(List<Long> times, long from, long to) {
        return times.stream().filter(at -> at >= from && at < to).count();
    }

    /** How many calls the gate lets through in so many seconds of its slowest reopening. */
    private static double releasedIn(double seconds) {
        return LOWEST_PACE * (Math.exp(CREEP * seconds) - 1) / CREEP;
    }

    /** How many seconds its slowest reopening takes for so many calls. */
    private static double secondsFor(int calls) {
        double toTheTop = Math.log(HIGHEST_PACE / LOWEST_PACE) / CREEP;
        double until = releasedIn(toTheTop);
        return calls <= until
                ? Math.log(1 + calls * CREEP / LOWEST_PACE) / CREEP
                : toTheTop + (calls - until) / HIGHEST_PACE;
    }

    @Test
    void theGatesPaceIsWhatLimitsAndItIsUsedToTheFull() {
        offerFor(REFUSING_SECONDS);
        assertThat(refused).hasSize(10);
        double knee = HIGHEST_PACE;
        for (long cycle = 0; cycle < 60_000; cycle += BETWEEN_REFUSALS) {
            // 1,200 are offered; 179, 154, 117, 87, 65, 49, 39, 31, 26, 26 get through
            double kneeAfter = Math.min(OPEN_SECONDS, Math.log(knee / LOWEST_PACE) / DOUBLE);
            double kneePace = LOWEST_PACE * Math.exp(DOUBLE * kneeAfter);
            double lastPace = kneePace * Math.exp(CREEP * (OPEN_SECONDS - kneeAfter));
            double computed = (kneePace - LOWEST_PACE) / DOUBLE + (lastPace - kneePace) / CREEP;
            assertThat((double) between(sent, cycle, cycle + BETWEEN_REFUSALS))
                    .as("sent from %d ms on", cycle)
                    .isCloseTo(computed, within(3.0));
            knee = Math.max(LOWEST_PACE, lastPace / 2);
        }
        assertThat(offered - ended.size()).as("waiting").isGreaterThan(11_000);
        assertThat(failed).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 10, 90})
    void onceNothingIsRefusedAnyMoreWhoWaitsIsServedWithinABound(int secondsThatMoreAreOffered) {
        offerFor(REFUSING_SECONDS);
        int atTheEnd = offered;
        int waiting = offered - ended.size();
        double bound = PAUSE.toSeconds() + secondsFor(waiting);
        assertThat(bound).isBetween(58.0, 62.0);
        long begin = time.millis();
        offerFor(secondsThatMoreAreOffered);
        time.advance(Duration.ofMillis(Math.max(0, begin + (long) (1000 * (bound + 1)) - time.millis())));
        // those who came later do not keep the others waiting
        long last = IntStream.range(0, atTheEnd)
                .mapToLong(n -> ended.getOrDefault(n, Long.MAX_VALUE))
                .max()
                .orElseThrow();
        assertThat((last - begin) / 1000.0).isBetween(0.9 * bound, bound + 1);
        time.advance(Duration.ofSeconds(3));
        assertThat(ended.size()).isEqualTo(offered);
        assertThat(failed).isEmpty();
        assertThat(time.timers()).isZero();
    }
}
