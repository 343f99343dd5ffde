package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpRetryAfterTests {

    private static final Instant NOW = Instant.parse("2026-11-23T08:49:37Z");

    @ParameterizedTest
    @CsvSource({
        "3, PT3S",
        "0, PT0S",
        "00, PT0S",
        "' 7\t', PT7S",
        "0000000000000000000003, PT3S",
        "120, PT2M",
        "3155760000, P36525D",
    })
    void readsSeconds(String header, Duration expected) {
        assertThat(HttpRetryAfter.parse(header, null, NOW)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Mon, 23 Nov 2026 08:49:40 GMT       | PT3S",
                "Monday, 23-Nov-26 08:49:40 GMT      | PT3S",
                "Mon Nov 23 08:49:40 2026            | PT3S",
                "Sat Dec  5 08:49:37 2026            | P12D",
                "Mon, 23 Nov 2026 08:49:37 GMT       | PT0S",
                "Wednesday, 23-Jan-69 08:49:37 GMT   | P15402D",
                "Fri, 01 Jan 2027 00:00:00 GMT       | P38DT15H10M23S",
                "Sun Feb 28 08:49:37 2027            | P97D",
                "Mon, 31 Mar 2027 08:49:37 GMT       | P128D",
                "Fri, 30 Apr 2027 08:49:37 GMT       | P158D",
                "Mon, 31 May 2027 08:49:37 GMT       | P189D",
                "Wed, 30 Jun 2027 08:49:37 GMT       | P219D",
                "Sat, 31 Jul 2027 08:49:37 GMT       | P250D",
                "Tue, 31 Aug 2027 08:49:37 GMT       | P281D",
                "Thu, 30 Sep 2027 08:49:37 GMT       | P311D",
                "Sun, 31 Oct 2027 08:49:37 GMT       | P342D",
            })
    void readsEachFormOfADate(String header, Duration expected) {
        assertThat(HttpRetryAfter.parse(header, null, NOW)).isEqualTo(expected);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                " ",
                "-1",
                "+1",
                "1.5",
                "nan",
                "NaN",
                "Infinity",
                "1e3",
                "0x10",
                "3s",
                "3, 4",
                "٣",
                "soon",
                "Mon, 23 Nov 2026 08:49:36 GMT",
                "Sun, 06 Nov 1994 08:49:37 GMT",
                "Sunday, 06-Nov-94 08:49:37 GMT",
                "Monday, 23-Nov-77 08:49:37 GMT",
                "Mon, 23 Nov 2026 08:49:40 CET",
                "mon, 23 nov 2026 08:49:40 gmt",
                "Mon, 23 Nov 2026 23:59:60 GMT",
                "Mon, 23 Nov 2026 24:49:40 GMT",
                "Mon, 23 Nov 2026 08:60:40 GMT",
                "Mon, 23 Nov 2026 08:49:61 GMT",
                "Mon, 00 Nov 2027 08:49:40 GMT",
                "Mon Nov    08:49:40 2027",
                "Mon Nov  0 08:49:40 2027",
                "2026-11-23T08:49:40Z",
            })
    void knowsNothingFromNonsenseAndThePast(@Nullable String header) {
        assertThat(HttpRetryAfter.parse(header, null, NOW)).isNull();
    }

    @Test
    void measuresADateAgainstTheDateOfTheAnswer() {
        String until = "Mon, 23 Nov 2026 08:49:40 GMT";
        assertThat(HttpRetryAfter.parse(until, "Mon, 23 Nov 2026 08:49:35 GMT", NOW))
                .isEqualTo(Duration.ofSeconds(5));
        assertThat(HttpRetryAfter.parse(until, " Monday, 23-Nov-26 08:49:35 GMT ", NOW))
                .isEqualTo(Duration.ofSeconds(5));
        assertThat(HttpRetryAfter.parse(until, "Mon, 23 Nov 2026 08:49:41 GMT", NOW))
                .isNull();
        assertThat(HttpRetryAfter.parse(until, "yesterday", NOW)).isEqualTo(Duration.ofSeconds(3));
        assertThat(HttpRetryAfter.parse(until, "Wednesday, 23-Nov-77 08:49:40 GMT", NOW))
                .isEqualTo(Duration.ofDays(17_897));
        assertThat(HttpRetryAfter.parse("9", "Mon, 23 Nov 2026 08:49:35 GMT", NOW))
                .isEqualTo(Duration.ofSeconds(9));
    }

    @Test
    void doesNotReadEndlessHeaders() {
        assertThat(HttpRetryAfter.parse("0".repeat(63) + "3", null, NOW)).isEqualTo(Duration.ofSeconds(3));
        assertThat(HttpRetryAfter.parse("0".repeat(64) + "3", null, NOW)).isEqualTo(Duration.ofSeconds(3));
        assertThat(HttpRetryAfter.parse("9".repeat(1_000), null, NOW)).isEqualTo(Duration.ofDays(36_525));
    }

    @Test
    void neverThrowsNorGoesBack() {
        assertNeverGoesBack("", "");
        assertNeverGoesBack("0", "\ud83d");
        Samples.check(500, samples -> assertNeverGoesBack(samples.text(), samples.text()));
    }

    private static void assertNeverGoesBack(String header, String date) {
        Duration wait = HttpRetryAfter.parse(header, date, NOW);
        assertThat(wait == null || !wait.isNegative()).isTrue();
    }

    @Test
    void neverThrowsOnWhatLooksLikeADate() {
        parseWhatLooksLikeADate(0, 0, 0, 0, 0);
        parseWhatLooksLikeADate(-1, -1, -1, -1, -1);
        parseWhatLooksLikeADate(99, 9999, 99, 99, 99);
        Samples.check(
                300,
                samples -> parseWhatLooksLikeADate(
                        samples.anyInt(), samples.anyInt(), samples.anyInt(), samples.anyInt(), samples.anyInt()));
    }

    private static void parseWhatLooksLikeADate(int day, int year, int hour, int minute, int second) {
        String time = "%02d:%02d:%02d".formatted(hour % 100, minute % 100, second % 100);
        for (String form : new String[] {
            "Mon, %1$02d Nov %2$04d %3$s GMT", "Monday, %1$02d-Nov-%4$02d %3$s GMT", "Mon Nov %1$2d %3$s %2$04d"
        }) {
            HttpRetryAfter.parse(form.formatted(day % 100, year % 10000, time, year % 100), null, NOW);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "3155760000",
                "3155760001",
                "99999999999",
                "12345678901234567890",
                "Fri, 31 Dec 9999 23:59:59 GMT"
            })
    void takesNeverForAHundredYears(String header) {
        assertThat(HttpRetryAfter.parse(header, null, NOW)).isEqualTo(Duration.ofDays(36_525));
    }

    @Test
    void ofSeveralTheLargestValidOneCounts() {
        assertThat(HttpRetryAfter.longest(List.of("3", "7", "5"), null, NOW)).isEqualTo(Duration.ofSeconds(7));
        assertThat(HttpRetryAfter.longest(List.of("soon", "0", "-9"), null, NOW))
                .isEqualTo(Duration.ZERO);
        assertThat(HttpRetryAfter.longest(List.of("soon", "never"), null, NOW)).isNull();
        assertThat(HttpRetryAfter.longest(List.of(), null, NOW)).isNull();
    }
}
