package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryBackoffTests {

    private static RetryBackoff backoff(double jitter, double random) {
        return new RetryBackoff(
                Duration.ofMillis(200), Duration.ofSeconds(20), Duration.ofSeconds(60), jitter, () -> random);
    }

    @ParameterizedTest
    @CsvSource({"0, 200", "1, 400", "2, 800", "6, 12800", "7, 20000", "1000, 20000", "9000000000, 20000"})
    void doublesUpToTheMaximum(long retry, long millis) {
        assertThat(backoff(0, 0.5).delay(retry, Failures.reset())).isEqualTo(Duration.ofMillis(millis));
        assertThat(backoff(1, 1).delay(retry, Failures.status(503))).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @CsvSource({"0, 1000", "1, 2000", "4, 16000", "5, 20000"})
    void startsAtFiveTimesTheMinimumWhenThrottled(long retry, long millis) {
        assertThat(backoff(0, 0.5).delay(retry, Failures.status(429))).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @CsvSource({
        "1.0, 0, 20",
        "1.0, 3, 20",
        "0.5, 0, 100",
        "0.5, 3, 800",
        "0.25, 1, 300",
        "0, 1, 400",
    })
    void jittersDownToTheShareThatIsNotLeftToChance(double jitter, long retry, long lowestMillis) {
        assertThat(backoff(jitter, 0).delay(retry, Failures.reset())).isEqualTo(Duration.ofMillis(lowestMillis));
    }

    @Test
    void aMaximumBelowTheMinimumWins() {
        RetryBackoff odd = backoff(0, 0).withMin(Duration.ofSeconds(30));
        assertThat(odd.delay(0, Failures.reset())).isEqualTo(Duration.ofSeconds(20));
        assertThat(odd.withJitter(1).delay(0, Failures.reset())).isEqualTo(Duration.ofSeconds(2));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.3, 1})
    void isUniformWithinItsBounds(double jitter) {
        Random random = new Random(42);
        RetryBackoff backoff = backoff(jitter, 0).withRandom(random::nextDouble);
        double low = Math.max(800 * (1 - jitter), 20);
        double sum = 0;
        for (int i = 0; i < 5_000; i++) {
            double millis = backoff.delay(2, Failures.reset()).toNanos() / 1e6;
            assertThat(millis).isBetween(low, 800.0);
            sum += millis;
        }
        assertThat(sum / 5_000).isBetween((low + 800) / 2 * 0.96, (low + 800) / 2 * 1.04);
    }

    @ParameterizedTest
    @CsvSource({"0, 1, 3000", "1, 0, 3000", "1, 1, 3300", "0.5, 1, 3150"})
    void neverUndercutsRetryAfter(double jitter, double random, long millis) {
        Throwable asked = Failures.status(503, Duration.ofSeconds(3));
        assertThat(backoff(jitter, random).delay(0, asked)).isEqualTo(Duration.ofMillis(millis));
    }

    @Test
    void waitsItsOwnTimeWhenRetryAfterIsShorter() {
        assertThat(backoff(0, 0).delay(2, Failures.status(429, Duration.ofSeconds(1))))
                .isEqualTo(Duration.ofSeconds(4));
        assertThat(backoff(1, 0).delay(0, Failures.status(429, Duration.ZERO))).isEqualTo(Duration.ofMillis(100));
        assertThat(backoff(1, 0).delay(0, Failures.status(503, Duration.ZERO))).isEqualTo(Duration.ofMillis(20));
    }

    @Test
    void rejectsOnlyWhatIsAboveTheMaximum() {
        RetryBackoff backoff = backoff(1, 0);
        assertThat(backoff.exceedsLimit(Failures.status(429, Duration.ofSeconds(60))))
                .isFalse();
        assertThat(backoff.exceedsLimit(
                        Failures.status(429, Duration.ofSeconds(60).plusNanos(1))))
                .isTrue();
        assertThat(backoff.exceedsLimit(Failures.status(429))).isFalse();
        assertThat(backoff.exceedsLimit(Failures.reset())).isFalse();
        assertThat(backoff.withMaxRetryAfter(Duration.ZERO).exceedsLimit(Failures.status(503, Duration.ZERO)))
                .isFalse();
    }
}
