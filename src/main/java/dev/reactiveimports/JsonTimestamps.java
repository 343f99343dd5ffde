package dev.reactiveimports;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Reads the timestamps of RFC 3339 without garbage: {@code 2024-08-19T20:49:00.754Z},
 * {@code 2025-08-21T11:29:47.886797+00:00}. A listing has two in each item, and {@code java.time} spends more on them than
 * the JSON parser on the rest.
 *
 * <p>Beyond the RFC an offset may be written {@code +0000} or {@code +00}. A leap second is read as second 59, as
 * {@code Instant.parse} does. More than nine digits of a fraction, an offset over 18 hours, or no offset at all are
 * rejected.
 */
final class JsonTimestamps {

    private static final int SHORTEST = "2024-08-19T20:49:00Z".length();
    private static final int MAX_OFFSET_MINUTES = 18 * 60;
    private static final int[] NANOS = {
        1_000_000_000, 100_000_000, 10_000_000, 1_000_000, 100_000, 10_000, 1_000, 100, 10, 1
    };
    private static final int[] DAYS_BEFORE_MONTH = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    private static final int[] DAYS_OF_MONTH = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    private static final int DAYS_TO_EPOCH = 719_528;

    private JsonTimestamps() {}

    /** The instant; null if the text is no timestamp. */
    static @Nullable Instant parse(char[] text, int offset, int length) {
        if (length < SHORTEST || !hasSeparators(text, offset)) {
            return null;
        }
        long day = epochDay(year(text, offset), two(text, offset + 5) - 1, two(text, offset + 8) - 1);
        int second = secondOfDay(two(text, offset + 11), two(text, offset + 14), two(text, offset + 17));
        if (day == Long.MIN_VALUE || second < 0) {
            return null;
        }
        int end = offset + length;
        int at = offset + 19;
        int nanos = 0;
        if (text[at] == '.') {
            int from = ++at;
            while (at < end && isDigit(text[at])) {
                at++;
            }
            if (at == from || at - from > 9 || at == end) {
                return null;
            }
            nanos = number(text, from, at) * NANOS[at - from];
        }
        int shift = offsetMinutes(text, at, end);
        return shift == Integer.MIN_VALUE ? null : Instant.ofEpochSecond(day * 86_400 + second - shift * 60L, nanos);
    }

    private static boolean hasSeparators(char[] text, int offset) {
        char between = text[offset + 10];
        return text[offset + 4] == '-'
                && text[offset + 7] == '-'
                && (between == 'T' || between == 't' || between == ' ')
                && text[offset + 13] == ':'
                && text[offset + 16] == ':';
    }

    /** Days since 1970-01-01 in the proleptic Gregorian calendar; month and day count from 0. */
    private static long epochDay(int year, int month, int day) {
        if (year < 0 || month < 0 || month > 11 || day < 0) {
            return Long.MIN_VALUE;
        }
        boolean leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        if (day >= DAYS_OF_MONTH[month] + (leap && month == 1 ? 1 : 0)) {
            return Long.MIN_VALUE;
        }
        int past = year + 3; // leap days of the years before this one, year 0 being leap
        int leapDays = past / 4 - (year + 99) / 100 + (year + 399) / 400;
        return 365L * year + leapDays + DAYS_BEFORE_MONTH[month] + (leap && month > 1 ? 1 : 0) + day - DAYS_TO_EPOCH;
    }

    private static int secondOfDay(int hour, int minute, int second) {
        if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0) {
            return -1;
        }
        if (second > 59 && (second > 60 || minute != 59)) {
            return -1;
        }
        return hour * 3600 + minute * 60 + Math.min(second, 59);
    }

    /** Minutes east of Greenwich; {@code Integer.MIN_VALUE} if this is no offset. */
    private static int offsetMinutes(char[] text, int at, int end) {
        char sign = text[at];
        int length = end - at;
        if (sign == 'Z' || sign == 'z') {
            return length == 1 ? 0 : Integer.MIN_VALUE;
        }
        boolean colon = length == 6 && text[at + 3] == ':';
        if ((sign != '+' && sign != '-') || (!colon && length != 5 && length != 3)) {
            return Integer.MIN_VALUE;
        }
        int hours = two(text, at + 1);
        int minutes = length == 3 ? 0 : two(text, end - 2);
        if (hours < 0 || minutes < 0 || minutes > 59 || hours * 60 + minutes > MAX_OFFSET_MINUTES) {
            return Integer.MIN_VALUE;
        }
        return sign == '-' ? -(hours * 60 + minutes) : hours * 60 + minutes;
    }

    /** Four digits; negative if one of them is none. */
    private static int year(char[] text, int from) {
        int century = two(text, from);
        int year = two(text, from + 2);
        return (century | year) < 0 ? -1 : century * 100 + year;
    }

    /** Two digits; -1 if one of them is none. One test for both: this runs a dozen times for each timestamp. */
    private static int two(char[] text, int from) {
        int tens = text[from] - '0';
        int ones = text[from + 1] - '0';
        return (tens | ones | (9 - tens) | (9 - ones)) < 0 ? -1 : tens * 10 + ones;
    }

    /** At most nine digits, which were seen to be some. */
    private static int number(char[] text, int from, int to) {
        int value = 0;
        for (int i = from; i < to; i++) {
            value = value * 10 + text[i] - '0';
        }
        return value;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
