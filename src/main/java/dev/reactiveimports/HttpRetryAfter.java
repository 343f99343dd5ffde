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
 * section 5.6.7. An invalid value is treated like a missing header.
 */
final class HttpRetryAfter {

    /** A hundred years: longer values mean "never". */
    private static final Duration LONGEST = Duration.ofDays(36_525);

    private static final int MAX_DATE_LENGTH = 64;

    /** More than {@link #LONGEST} needs, and few enough for a long. */
    private static final int MAX_DIGITS = 15;

    private static final Pattern SECONDS = Pattern.compile("0*+(?<value>[0-9]*)");

    private HttpRetryAfter() {}

    /**
     * The longest wait of several headers, such as a chain of proxies may produce.
     *
     * @return null if none of them is valid
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
     * How long to wait. A date is compared with the response's {@code Date} header if there is one, since the local clock
     * may differ.
     *
     * @return null for a missing or invalid header and for a date in the past; at most a hundred years; zero for
     *     {@code 0}, which permits an immediate attempt, while the caller's own back-off still applies
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

    /** Netty parses dates leniently, but takes other time zones for GMT. */
    private static @Nullable Instant date(String value) {
        boolean isGmt = value.endsWith(" GMT") || value.indexOf(',') < 0; // asctime() names no zone
        Date date = isGmt && value.length() <= MAX_DATE_LENGTH ? DateFormatter.parseHttpDate(value) : null;
        return date == null ? null : date.toInstant();
    }
}
