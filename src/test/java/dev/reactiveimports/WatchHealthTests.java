package dev.reactiveimports;

import static dev.reactiveimports.WatchedService.answer;
import static dev.reactiveimports.WatchedService.ids;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** When it is the service that fails, and not single imports; and what follows. */
class WatchHealthTests {

    private final WatchClock time = new WatchClock();
    private final WatchTime clock = new WatchTime(time);
    private final PollSpec spec = PollSpec.adaptive(Duration.ofSeconds(2), Duration.ofMinutes(5))
            .jitter(0)
            .scheduler(time);

    @Test
    void ofFewIdsAllMustFail() {
        PollSpec onceOnly = spec.maxConsecutiveFailures(1);
        WatchHealth health = new WatchHealth(onceOnly, imports(WatchKind.IMPORTS, 3), WatchKind.IMPORTS, clock);
        health.failed("a", answer(500), now());
        health.failed("b", answer(500), now());
        health.failed("b", answer(500), now());
        assertThat(health.fatal()).isNull();
        Throwable last = answer(500);
        health.failed("c", last, now());
        assertThat(health.fatal()).isSameAs(last);
    }

    @Test
    void fewIdsThatFailAreNoReasonToPauseForOthers() {
        WatchHealth health = health(WatchKind.IMPORTS, 1);
        for (int i = 0; i < 4; i++) {
            health.failed("a", answer(500), now());
            assertThat(health.pausedUntil()).isLessThanOrEqualTo(now());
            time.forward(Duration.ofSeconds(60));
        }
    }

    @Test
    void ofManyIdsEightMustFail() {
        WatchHealth health = health(WatchKind.IMPORTS, 100);
        fail(health, 7, now());
        assertThat(health.pausedUntil()).isLessThanOrEqualTo(now());
        fail(health, 8, now());
        assertThat(health.pausedUntil()).isEqualTo(now() + 2_000);
        time.forward(Duration.ofSeconds(10));
        fail(health, 7, now());
        assertThat(health.pausedUntil()).as("eight again").isLessThanOrEqualTo(now());
    }

    @Test
    void whereFailuresAreDataEightMustFailHoweverFewTheIds() {
        WatchHealth health = health(WatchKind.OBSERVATIONS, 1);
        fail(health, 7, now());
        assertThat(health.pausedUntil()).isLessThanOrEqualTo(now());
        fail(health, 8, now());
        assertThat(health.pausedUntil()).isEqualTo(now() + 2_000);
    }

    @Test
    void aResponseBetweenFailuresMeansThatTheServiceResponds() {
        WatchHealth health = health(WatchKind.IMPORTS, 100);
        fail(health, 7, now());
        health.responded();
        health.failed("another", answer(500), now());
        assertThat(health.pausedUntil()).isLessThanOrEqualTo(now());
    }

    @Test
    void eachPauseIsTwiceAsLongAndTheFifthFailureEndsTheWatch() {
        WatchHealth health = health(WatchKind.IMPORTS, 100);
        for (int wait = 2; wait <= 16; wait *= 2) {
            fail(health, 8, now());
            assertThat(health.pausedUntil()).isEqualTo(now() + wait * 1_000);
            assertThat(health.fatal()).isNull();
            time.forward(Duration.ofSeconds(wait));
        }
        fail(health, 7, now());
        Throwable last = answer(503);
        health.failed("a", last, now());
        assertThat(health.fatal()).isSameAs(last);
        assertThat(last.getSuppressed()).hasSize(4);
    }

    @Test
    void failuresThatAResponseEndedDoNotCountAnyMore() {
        WatchHealth health = health(WatchKind.IMPORTS, 1);
        for (int i = 0; i < 8; i++) {
            if (i == 4) {
                health.responded();
            }
            health.failed("a", answer(500), now());
            time.forward(Duration.ofSeconds(60));
        }
        assertThat(health.fatal()).isNull();
        Throwable last = answer(503);
        health.failed("a", last, now());
        assertThat(health.fatal()).isSameAs(last);
        assertThat(last.getSuppressed()).as("not those before the response").hasSize(4);
    }

    @Test
    void ofLooksThatWereUnderWayTogetherOneCounts() {
        WatchHealth health = health(WatchKind.IMPORTS, 1);
        for (int millis = 0; millis < 4; millis++) {
            for (int i = 0; i < 10; i++) {
                health.failed("a", answer(500), now());
            }
            assertThat(health.fatal()).isNull();
            time.forward(Duration.ofMillis(1));
        }
        health.failed("a", answer(500), now());
        assertThat(health.fatal()).isNotNull();
    }

    @Test
    void aPauseThatIsAskedForIsKeptHoweverManyImportsThereAre() {
        WatchHealth health = health(WatchKind.IMPORTS, 100);
        health.failed("a", refusal(120), now());
        assertThat(health.pausedUntil()).isEqualTo(now() + 120_000);
        health.failed("b", refusal(60), now());
        assertThat(health.pausedUntil()).as("not shortened").isEqualTo(now() + 120_000);
        health.failed("c", refusal(180), now());
        assertThat(health.pausedUntil()).as("nor ignored beside another").isEqualTo(now() + 180_000);
    }

    @Test
    void tenEarlierFailuresAreKeptAtMost() {
        WatchHealth health = new WatchHealth(
                spec.maxConsecutiveFailures(30), imports(WatchKind.IMPORTS, 1), WatchKind.IMPORTS, clock);
        Throwable last = null;
        for (int i = 0; i < 30; i++) {
            time.forward(Duration.ofHours(1));
            last = answer(500);
            health.failed("a", last, now());
        }
        assertThat(health.fatal()).isSameAs(last);
        assertThat(last.getSuppressed()).hasSize(10);
    }

    @Test
    void whatEndedItFirstIsTheReason() {
        WatchHealth health = health(WatchKind.IMPORTS, 1);
        Throwable first = answer(401);
        health.endBy(first);
        health.endBy(answer(403));
        assertThat(health.fatal()).isSameAs(first);
    }

    private static ImportsApiException refusal(int seconds) {
        return new ImportsApiException(429, "slow down", null, null, Duration.ofSeconds(seconds));
    }

    private static void fail(WatchHealth health, int imports, long begunAt) {
        ids(0, imports).forEach(id -> health.failed(id, answer(500), begunAt));
    }

    private WatchHealth health(WatchKind kind, int imports) {
        return new WatchHealth(spec, imports(kind, imports), kind, clock);
    }

    private WatchEntries imports(WatchKind kind, int howMany) {
        WatchEntries imports = new WatchEntries(kind, spec, clock, ImportsListener.NONE);
        ids(0, howMany).forEach(imports::join);
        return imports;
    }

    private long now() {
        return clock.now();
    }
}
