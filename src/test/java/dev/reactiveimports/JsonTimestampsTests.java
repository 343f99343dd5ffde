package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTimestampsTests {

    private static final long FIRST = Instant.parse("0000-01-02T00:00:00Z").getEpochSecond();
    private static final long LAST = Instant.parse("9999-12-30T23:59:59Z").getEpochSecond();

    @ParameterizedTest
    @CsvSource({
        "2024-08-19T20:49:00.754Z, 2024-08-19T20:49:00.754Z",
        "2025-08-21T11:29:47.886797+00:00, 2025-08-21T11:29:47.886797Z",
        "2024-08-19T20:49:00Z, 2024-08-19T20:49:00Z",
        "2024-08-19T20:49:00.1Z, 2024-08-19T20:49:00.1Z",
        "2024-08-19T20:49:00.123456789Z, 2024-08-19T20:49:00.123456789Z",
        "2024-08-19t20:49:00z, 2024-08-19T20:49:00Z",
        "2024-08-19 20:49:00Z, 2024-08-19T20:49:00Z",
        "2024-02-29T00:00:00Z, 2024-02-29T00:00:00Z",
        "2000-02-29T00:00:00Z, 2000-02-29T00:00:00Z",
        "1969-12-31T23:59:59.5Z, 1969-12-31T23:59:59.5Z",
        "0001-01-01T00:00:00Z, 0001-01-01T00:00:00Z",
        "2024-08-19T20:49:00+02:00, 2024-08-19T18:49:00Z",
        "2024-08-19T20:49:00-05:30, 2024-08-20T02:19:00Z",
        "2024-08-19T20:49:00-00:00, 2024-08-19T20:49:00Z",
        "2024-08-19T20:49:00+0530, 2024-08-19T15:19:00Z",
        "2024-08-19T20:49:00+05, 2024-08-19T15:49:00Z",
        "2024-08-19T20:49:00+18:00, 2024-08-19T02:49:00Z",
        "2016-12-31T23:59:60Z, 2016-12-31T23:59:59Z",
    })
    void readsTheFormsOfRfc3339(String text, Instant expected) {
        assertThat(parse(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "now",
                "2024-08-19",
                "2024-08-19T20:49:00",
                "2024-08-19T20:49Z",
                "2024-08-19T20:49:00.Z",
                "2024-08-19T20:49:00.1234567890Z",
                "2024-08-19T20:49:00.12",
                "2024-08-19T20:49:00.12x",
                "2024-00-19T20:49:00Z",
                "2024-13-19T20:49:00Z",
                "2024-08-00T20:49:00Z",
                "2024-08-32T20:49:00Z",
                "2024-04-31T20:49:00Z",
                "2023-02-29T20:49:00Z",
                "1900-02-29T20:49:00Z",
                "2024-08-19T24:00:00Z",
                "2024-08-19T20:60:00Z",
                "2024-08-19T20:49:60Z",
                "2024-08-19T20:59:61Z",
                "2024-08-19T20:49:00ZZ",
                "2024-08-19T20:49:00+18:01",
                "2024-08-19T20:49:00+19:00",
                "2024-08-19T20:49:00+05:60",
                "2024-08-19T20:49:00+5:00",
                "2024-08-19T20:49:00+",
                "2024-08-19T20:49:00+05:",
                "2024-08-19T20:49:00+05:3",
                "2024-08-19T20:49:00+05.30",
                "2024-08-19T20:49:00*05:30",
                "+024-08-19T20:49:00Z",
                "-024-08-19T20:49:00Z",
                "20240-08-19T20:49:00Z",
                "2024/08/19T20:49:00Z",
                "2024-08-19X20:49:00Z",
                "2024-08-19T20.49.00Z",
                "٢٠٢٤-08-19T20:49:00Z",
                " 2024-08-19T20:49:00Z",
                "2024-08-19T20:49:00Z ",
                "2024-08-1 T20:49:00Z",
                "2024-08-19T20:49:00+00:00[UTC]",
                "1724100540",
                "2024-08-19T20:49:00,754Z"
            })
    void rejectsEverythingElse(String text) {
        assertThat(parse(text)).isNull();
    }

    @Test
    void agreesWithJavaTimeInBothForms() {
        assertAgreesWithJavaTime(FIRST, 0, -1080);
        assertAgreesWithJavaTime(LAST, 999_999_999, 1080);
        assertAgreesWithJavaTime(0, 0, 0);
        Samples.check(
                2_000,
                samples -> assertAgreesWithJavaTime(
                        samples.between(-70_000_000_000L, 260_000_000_000L),
                        samples.between(0, 999_999_999),
                        samples.between(-1080, 1080)));
    }

    private static void assertAgreesWithJavaTime(long second, int nanos, int offsetMinutes) {
        Instant instant = Instant.ofEpochSecond(Math.max(FIRST, Math.min(LAST, second)), nanos);
        OffsetDateTime elsewhere = instant.atOffset(ZoneOffset.ofTotalSeconds(offsetMinutes * 60));

        assertThat(parse(instant.toString())).isEqualTo(instant);
        assertThat(parse("%s%s".formatted(elsewhere.toLocalDateTime().withSecond(7), elsewhere.getOffset())))
                .isEqualTo(elsewhere.withSecond(7).toInstant());
    }

    @Test
    void agreesWithJavaTimeOnEveryDayOfFourCenturies() {
        LocalDate end = LocalDate.of(2101, 1, 1);
        for (LocalDate day = LocalDate.of(1699, 12, 31); day.isBefore(end); day = day.plusDays(1)) {
            assertThat(parse(day + "T00:00:00Z")).isEqualTo(Instant.ofEpochSecond(day.toEpochDay() * 86_400));
        }
    }

    @Test
    void acceptsNothingThatJavaTimeRejectsWhenOneCharacterIsChanged() {
        // few enough to try them all
        for (int where = 0; where < 32; where++) {
            for (char changed = ' '; changed <= '~'; changed++) {
                StringBuilder text = new StringBuilder("2025-08-21T11:29:47.886797+00:00");
                text.setCharAt(where, changed);
                assertThat(parse(text.toString())).as("%s", text).isEqualTo(byJavaTime(text.toString()));
            }
        }
    }

    private static Instant byJavaTime(String text) {
        try {
            // the two liberties that ours takes beyond java.time: a space for T, and second 60
            String strict = text.charAt(10) == ' ' ? text.replace(' ', 'T') : text;
            return OffsetDateTime.parse(strict).toInstant();
        } catch (DateTimeParseException e) {
            return null;
        }
    }

    private static Instant parse(String text) {
        // with a border, so that a read out of bounds is seen
        return JsonTimestamps.parse(("9" + text + "9").toCharArray(), 1, text.length());
    }
}
