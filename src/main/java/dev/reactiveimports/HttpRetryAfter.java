package dev.reactiveimports;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the header {@code Retry-After} (RFC 9110, section 10.2.3): seconds, or an HTTP-date in any of the three forms of
 * section 5.6.7. Whatever makes no sense is as good as no header.
 */
final class HttpRetryAfter {

    /** A hundred years. More is a placeholder for never, of which this is enough. */
    private static final Duration LONGEST = Duration.ofDays(36_525);

    private static final int MAX_DATE_LENGTH = 64;

    /** More than {@link #LONGEST} has, fewer than a long. */
    private static final int MAX_DIGITS = 15;

    private static final int RFC_850_HORIZON_YEARS = 50;
    private static final String MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";
    private static final String MONTH = "(?<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)";
    private static final String TIME = "(?<hour>[0-9]{2}):(?<minute>[0-9]{2}):(?<second>[0-9]{2})";
    private static final Pattern SECONDS = Pattern.compile("0*+(?<value>[0-9]*)");
    private static final Pattern IMF_FIXDATE = Pattern.compile(
            "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (?<day>[0-9]{2}) " + MONTH + " (?<year>[0-9]{4}) " + TIME + " GMT");
    private static final Pattern RFC_850 =
            Pattern.compile("(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (?<day>[0-9]{2})-" + MONTH
                    + "-(?<year>[0-9]{2}) " + TIME + " GMT");
    private static final Pattern ASCTIME = Pattern.compile(
            "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) " + MONTH + " (?<day>[0-9 ][0-9]) " + TIME + " (?<year>[0-9]{4})");

    private HttpRetryAfter() {}

    /**
     * How long to wait after the largest of several headers, as a chain of proxies may leave them.
     *
     * @return null if none of them makes sense
     */
    static @Nullable Duration longest(List<String> headers, @Nullable String dateHeader, Instant now) {
        Duration longest = null;
        for (String header : headers) {
            Duration wait = parse(header, dateHeader, now);
            if (wait != null && (longest == null || wait.compareTo(longest) > 0)) {
                longest = wait;
            }
        }
        return longest;
    }

    /**
     * How long to wait. A date is measured against the response's own clock where it told it, since ours may differ.
     *
     * @return null for no header, garbage, and a date in the past; a hundred years for anything more; zero for {@code 0}, which
     *     allows an attempt at once but does not ask for one: the caller's own back-off still holds
     */
    static @Nullable Duration parse(@Nullable String header, @Nullable String dateHeader, Instant now) {
        if (header == null) {
            return null;
        }
        String value = header.strip();
        Matcher seconds = SECONDS.matcher(value);
        if (!value.isEmpty() && seconds.matches()) {
            String digits = seconds.group("value");
            return digits.length() > MAX_DIGITS
                    ? LONGEST
                    : atMostLongest(Duration.ofSeconds(digits.isEmpty() ? 0 : Long.parseLong(digits)));
        }
        Instant until = value.length() > MAX_DATE_LENGTH ? null : date(value, now);
        if (until == null) {
            return null;
        }
        Instant answered =
                dateHeader == null || dateHeader.length() > MAX_DATE_LENGTH ? null : date(dateHeader.strip(), now);
        Duration wait = Duration.between(answered == null ? now : answered, until);
        return wait.isNegative() ? null : atMostLongest(wait);
    }

    private static Duration atMostLongest(Duration wait) {
        return wait.compareTo(LONGEST) > 0 ? LONGEST : wait;
    }

    private static @Nullable Instant date(String value, Instant now) {
        for (Pattern form : new Pattern[] {IMF_FIXDATE, RFC_850, ASCTIME}) {
            Matcher parts = form.matcher(value);
            if (parts.matches()) {
                return instant(parts, now);
            }
        }
        return null;
    }

    private static @Nullable Instant instant(Matcher parts, Instant now) {
        try {
            int year = number(parts, "year");
            LocalDate day = LocalDate.of(
                    parts.pattern() == RFC_850 ? century(year, now) + year : year,
                    MONTHS.indexOf(parts.group("month")) / 3 + 1,
                    number(parts, "day"));
            int second = number(parts, "second");
            // a leap second is legal in a date, and unknown to java.time
            LocalTime time = LocalTime.of(number(parts, "hour"), number(parts, "minute"), second == 60 ? 59 : second);
            return day.atTime(time).toInstant(ZoneOffset.UTC).plusSeconds(second == 60 ? 1 : 0);
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** Two digits of a year that look more than 50 years ahead mean the past (section 5.6.7 again), and vice versa. */
    private static int century(int twoDigits, Instant now) {
        int thisYear = now.atOffset(ZoneOffset.UTC).getYear();
        int century = thisYear - Math.floorMod(thisYear, 100);
        int ahead = century + twoDigits - thisYear;
        if (ahead > RFC_850_HORIZON_YEARS) {
            return century - 100;
        }
        return ahead <= -RFC_850_HORIZON_YEARS ? century + 100 : century;
    }

    private static int number(Matcher parts, String name) {
        return Integer.parseInt(parts.group(name).strip());
    }
}
