package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What polling costs and how late it sees the end, computed for whole imports without waiting for any. */
class AdaptivePollingTests {

    private static final int IMPORTS = 60;
    private static final PollSpec ADAPTIVE = PollSpec.adaptive().jitter(0);
    private static final Map<String, DoubleUnaryOperator> CURVES = curves();

    /** Percent by the share of the duration that has passed. */
    private static Map<String, DoubleUnaryOperator> curves() {
        Map<String, DoubleUnaryOperator> curves = new LinkedHashMap<>();
        curves.put("linear", x -> 100 * x);
        curves.put("square root", x -> 100 * Math.sqrt(x));
        curves.put("square", x -> 100 * x * x);
        curves.put("stall at 90 %", x -> Math.min(90, 180 * x));
        curves.put("0 until the end", x -> 0);
        curves.put("stall at 99 %", x -> Math.min(99, 198 * x));
        curves.put("whole percents", x -> Math.floor(100 * x));
        curves.put("100 % from half on", x -> Math.min(100, 200 * x));
        return curves;
    }

    @ParameterizedTest
    @CsvSource({"linear, 1.5", "square root, 1.5", "square, 1.5", "stall at 90 %, 3", "0 until the end, 3"})
    void adaptiveSeesTheEndSoonWithFewPolls(String curve, double lagPercent) {
        Study study = Study.of(ADAPTIVE, CURVES.get(curve));
        assertThat(study.polls).isLessThanOrEqualTo(80);
        assertThat(study.lag).isLessThanOrEqualTo(lagPercent);
    }

    @ParameterizedTest
    @CsvSource({"stall at 99 %, 3", "whole percents, 1.5", "100 % from half on, 3"})
    void adaptiveIsNotFooledByOtherCurves(String curve, double lagPercent) {
        Study study = Study.of(ADAPTIVE, CURVES.get(curve));
        assertThat(study.polls).isLessThanOrEqualTo(100);
        assertThat(study.lag).isLessThanOrEqualTo(lagPercent);
    }

    @Test
    void jitterLeavesCostAndDelayAlmostAsTheyAre() {
        Study exact = Study.of(ADAPTIVE, CURVES.get("0 until the end"));
        Study spread = Study.of(PollSpec.adaptive(), CURVES.get("0 until the end"));
        assertThat(spread.polls).isBetween(exact.polls * 0.95, exact.polls * 1.05);
        assertThat(spread.lag).isLessThanOrEqualTo(3);
    }

    @Test
    void aTinyImportIsSeenWithinItsShortestWait() {
        for (double seconds = 3; seconds < 40; seconds += 0.7) {
            double duration = seconds * 1000;
            assertThat(end(ADAPTIVE, duration, x -> 0, 0, null)[1] - duration).isLessThanOrEqualTo(4000);
        }
    }

    @Test
    void aWatchThatBeginsLateSoonWaitsAsTheImportsAgeSuggests() {
        long began = 86_400_000;
        double[] known = end(ADAPTIVE, 3_600_000, x -> 0, began, Instant.ofEpochMilli(began - 3_600_000));
        double[] unknown = end(ADAPTIVE, 3_600_000, x -> 0, began, null);
        assertThat(known[0]).isLessThan(unknown[0] / 2);
    }

    @ParameterizedTest
    @CsvSource({
        "-1000000000-01-01T00:00:00Z",
        "1970-01-01T00:00:01Z",
        "1999-01-01T00:00:00Z",
        "+1000000000-12-31T23:59:59Z"
    })
    void aWrongCreationTimeDelaysTheEndByTheTimeWatchedAtMost(Instant createdAt) {
        long began = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();
        for (double duration = 15_000; duration < 1_000_000; duration *= 1.3) {
            double late = end(ADAPTIVE, duration, x -> 100 * x, began, createdAt)[1] - duration;
            assertThat(late).isLessThanOrEqualTo(Math.min(duration + 2000, 300_000));
        }
    }

    @Test
    void waitsStayWithinTheirBounds() {
        PollSpec spec =
                PollSpec.adaptive(Duration.ofSeconds(7), Duration.ofSeconds(11)).jitter(0);
        WatchPace pace = new WatchPace(null, Instant.EPOCH, 0);
        long now = 0;
        double[] percents = {0, -5, 3, 99.9, 99.99, 100, 250, 1e300, 4, 4, 0, 50};
        for (int i = 0; i < 1000; i++) {
            long wait = pace.afterPoll(spec, percents[i % percents.length], now);
            assertThat(wait).isBetween(7_000L, 11_000L);
            now += wait;
        }
    }

    @Test
    void theTableForReaders() {
        Map<String, PollSpec> specs = new LinkedHashMap<>();
        specs.put("adaptive()", ADAPTIVE);
        specs.put("fixedInterval(5 s)", PollSpec.fixedInterval(Duration.ofSeconds(5)));
        specs.put("backoff(1 s, 5 min)", PollSpec.backoff(Duration.ofSeconds(1), Duration.ofMinutes(5)));
        specs.put("backoff(5 s, 45 s)", PollSpec.backoff(Duration.ofSeconds(5), Duration.ofSeconds(45)));
        StringBuilder table = new StringBuilder("polls on average / detection lag in % of the duration\n");
        CURVES.forEach((curve, percent) -> {
            table.append(String.format(Locale.ROOT, "%-20s", curve));
            specs.forEach((name, spec) -> {
                Study study = Study.of(spec, percent);
                table.append(String.format(Locale.ROOT, " | %s %.0f / %.2f", name, study.polls, study.lag));
            });
            table.append('\n');
        });
        System.out.print(table);
        Study adaptive = Study.of(ADAPTIVE, CURVES.get("0 until the end"));
        Study fixed = Study.of(specs.get("fixedInterval(5 s)"), CURVES.get("0 until the end"));
        Study backoff = Study.of(specs.get("backoff(5 s, 45 s)"), CURVES.get("0 until the end"));
        assertThat(adaptive.polls).isLessThan(fixed.polls / 3);
        assertThat(adaptive.lag).isLessThan(backoff.lag / 3);
    }

    /** Averages over imports of 1 to 100 minutes, evenly spread over the logarithm of their duration. */
    private record Study(double polls, double lag) {
        static Study of(PollSpec spec, DoubleUnaryOperator percent) {
            double polls = 0;
            double lag = 0;
            for (int i = 0; i < IMPORTS; i++) {
                double duration = 60_000 * Math.pow(100, (i + 0.5) / IMPORTS);
                double[] end = end(spec, duration, percent, 0, null);
                polls += end[0];
                lag += (end[1] - duration) / duration;
            }
            return new Study(polls / IMPORTS, 100 * lag / IMPORTS);
        }
    }

    /** Polls made, and milliseconds from the import's start to the poll that sees its end. */
    private static double[] end(
            PollSpec spec, double duration, DoubleUnaryOperator percent, long began, Instant createdAt) {
        WatchPace pace = new WatchPace(createdAt, Instant.ofEpochMilli(began), began);
        long passed = 0;
        int polls = 1;
        while (passed < duration) {
            passed += pace.afterPoll(spec, percent.applyAsDouble(passed / duration), began + passed);
            polls++;
        }
        return new double[] {polls, passed};
    }
}
