package dev.reactiveimports;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the header {@code Retry-After} (RFC 9110, section 10.2.3): seconds, or an HTTP-date in any of the three forms of
 * section 5.6.7. Whatever makes no sense is as good as no header.
 */
final class RetryAfter {

    /** No service means more than this; it is an overflow or a placeholder for never. */
    private static final Duration SENSIBLE = Duration.ofDays(36_525);

    private static final int MAX_LENGTH = 64;
    private static final int RFC_850_HORIZON_YEARS = 50;
    private static final String MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";
    private static final String MONTH = "(?<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)";
    private static final String TIME = "(?<hour>[0-9]{2}):(?<minute>[0-9]{2}):(?<second>[0-9]{2})";
    private static final Pattern SECONDS = Pattern.compile("0*(?<value>[0-9]{1,10})");
    private static final Pattern IMF_FIXDATE = Pattern.compile(
            "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (?<day>[0-9]{2}) " + MONTH + " (?<year>[0-9]{4}) " + TIME + " GMT");
    private static final Pattern RFC_850 =
            Pattern.compile("(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (?<day>[0-9]{2})-" + MONTH
                    + "-(?<year>[0-9]{2}) " + TIME + " GMT");
    private static final Pattern ASCTIME = Pattern.compile(
            "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) " + MONTH + " (?<day>[0-9 ][0-9]) " + TIME + " (?<year>[0-9]{4})");

    private RetryAfter() {}

    /**
     * How long to wait. A date is measured against the response's own clock where it told it, since ours may differ.
     *
     * @return null for no header, garbage, a date in the past, and more than a hundred years; zero for {@code 0}, which
     *     allows an attempt at once but does not ask for one: the caller's own back-off still holds
     */
    static @Nullable Duration parse(@Nullable String header, @Nullable String dateHeader, Instant now) {
        if (header == null || header.length() > MAX_LENGTH) {
            return null;
        }
        String value = header.strip();
        Matcher seconds = SECONDS.matcher(value);
        if (seconds.matches()) {
            return sensible(Duration.ofSeconds(Long.parseLong(seconds.group("value"))));
        }
        Instant until = date(value, now);
        if (until == null) {
            return null;
        }
        Instant answered =
                dateHeader == null || dateHeader.length() > MAX_LENGTH ? null : date(dateHeader.strip(), now);
        return sensible(Duration.between(answered == null ? now : answered, until));
    }

    private static @Nullable Duration sensible(Duration wait) {
        return wait.isNegative() || wait.compareTo(SENSIBLE) > 0 ? null : wait;
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
