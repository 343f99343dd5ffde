package dev.reactiveimports;

import static dev.reactiveimports.WatchedService.answer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How long the adaptive rule waits, and after failures. */
class WatchPaceTests {

    private static final Instant WALL = Instant.parse("2026-11-25T00:00:00Z");

    private final PollSpec spec =
            PollSpec.adaptive(Duration.ofSeconds(2), Duration.ofMinutes(5)).jitter(0);

    private WatchPace pace = new WatchPace(null, WALL, 0);

    @Test
    void waitsGrowWithTheAgeWhileNothingForetellsTheEnd() {
        assertWait(0, 0, 2_000);
        assertWait(0, 100, 6_000);
        assertWait(100, 200, 10_000);
        assertWait(0, 1_000_000, 300_000);
    }

    @Test
    void ofTheTimeThatIsForetoldSevenTenthsAreWaited() {
        assertWait(95, 100, 0.7 * 100_000 * 5 / 95);
        assertWait(99.9, 110, 2_000);
    }

    @Test
    void anImportThatSpeedsUpIsNotSeenLate() {
        assertWait(10, 100, 6_000);
        assertWait(60, 110, 0.7 * 10_000 * 40 / 50);
    }

    @Test
    void anImportThatSlowsDownIsForetoldByAllItsProgress() {
        assertWait(98, 200, 0.7 * 200_000 * 2 / 98);
        assertWait(98.5, 300, 0.7 * 300_000 * 1.5 / 98.5);
    }

    @Test
    void aPercentThatStandsStillForetellsNothing() {
        assertWait(95, 200, 0.7 * 200_000 * 5 / 95);
        assertWait(95, 205, 0.7 * (200_000 * 5.0 / 95 - 5_000));
        assertWait(95, 220, 10_800);
    }

    @Test
    void aPercentThatFallsOrJumpsAtOnceForetellsByAllItsProgress() {
        assertWait(50, 100, 6_000);
        assertWait(20, 101, 6_040);
        assertWait(40, 101, 6_040);
    }

    @Test
    void ofAnOldImportWaitsGrowNoFasterThanTheWatch() {
        pace = new WatchPace(WALL.minusSeconds(3_600), WALL, 0);
        assertWait(0, 0, 2_000);
        assertWait(0, 10, 12_000);
        assertWait(0, 1_000, 2_000 + 0.04 * 4_600_000);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"1970-01-01T00:00:00Z", "1960-01-01T00:00:00Z", "2026-11-25T00:00:00Z", "2027-01-01T00:00:00Z"})
    void aCreationTimeThatCannotBeIsIgnored(Instant createdAt) {
        pace = new WatchPace(createdAt, WALL, 0);
        assertWait(0, 100, 6_000);
    }

    @ParameterizedTest
    @CsvSource({"1, 2000", "2, 4000", "3, 8000", "8, 256000", "9, 300000", "1000, 300000"})
    void eachFailureDoublesTheWait(int failures, long wait) {
        assertThat(WatchPace.afterFailure(spec, failures)).isEqualTo(wait);
    }

    @Test
    void aPauseThatTheServiceAsksForIsKeptAsFarAsADay() {
        assertThat(WatchPace.afterFailure(spec, 1, asking(Duration.ofSeconds(1))))
                .isEqualTo(2_000);
        assertThat(WatchPace.afterFailure(spec, 1, asking(Duration.ofSeconds(400))))
                .isEqualTo(400_000);
        assertThat(WatchPace.afterFailure(spec, 1, asking(Duration.ofDays(3)))).isEqualTo(86_400_000);
        assertThat(WatchPace.pauseAskedBy(answer(500))).isZero();
    }

    private static ImportsApiException asking(Duration pause) {
        return new ImportsApiException(429, "slow down", null, null, pause);
    }

    private void assertWait(double percent, long second, double millis) {
        assertThat((double) pace.afterPoll(spec, percent, second * 1_000))
                .as("%s percent at %d s", percent, second)
                .isCloseTo(millis, within(1.0));
    }
}
