package dev.reactiveimports;

import io.netty.handler.codec.DateFormatter;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
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

    private static final Pattern SECONDS = Pattern.compile("0*+(?<value>[0-9]*)");

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
        Instant until = date(value);
        if (until == null) {
            return null;
        }
        Instant responded = dateHeader == null ? null : date(dateHeader.strip());
        Duration wait = Duration.between(responded == null ? now : responded, until);
        return wait.isNegative() ? null : atMostLongest(wait);
    }

    private static Duration atMostLongest(Duration wait) {
        return wait.compareTo(LONGEST) > 0 ? LONGEST : wait;
    }

    /** Netty reads dates leniently, but takes what is in another zone for GMT. */
    private static @Nullable Instant date(String value) {
        boolean isGmt = value.endsWith(" GMT") || value.indexOf(',') < 0; // asctime() names no zone
        Date date = isGmt && value.length() <= MAX_DATE_LENGTH ? DateFormatter.parseHttpDate(value) : null;
        return date == null ? null : date.toInstant();
    }
}
