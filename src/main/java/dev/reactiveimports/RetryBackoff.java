package dev.reactiveimports;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * How long to wait before a retry. Doubles from {@code min} to {@code max}, from five times {@code min} when throttled;
 * never shorter than the service's {@code Retry-After}.
 *
 * @param random uniform in 0 to 1
 */
record RetryBackoff(Duration min, Duration max, Duration maxRetryAfter, double jitter, DoubleSupplier random) {

    static final int THROTTLED_FACTOR = 5;

    /** The share of the first cap that even full jitter keeps: an immediate retry would not be a back-off. */
    static final double FLOOR = 0.1;

    /** How far full jitter spreads calls beyond a {@code Retry-After}, as a share of it. */
    static final double RETRY_AFTER_SPREAD = 0.1;

    RetryBackoff withMin(Duration value) {
        return new RetryBackoff(value, max, maxRetryAfter, jitter, random);
    }

    RetryBackoff withMax(Duration value) {
        return new RetryBackoff(min, value, maxRetryAfter, jitter, random);
    }

    RetryBackoff withMaxRetryAfter(Duration value) {
        return new RetryBackoff(min, max, value, jitter, random);
    }

    RetryBackoff withJitter(double value) {
        return new RetryBackoff(min, max, maxRetryAfter, value, random);
    }

    RetryBackoff withRandom(DoubleSupplier value) {
        return new RetryBackoff(min, max, maxRetryAfter, jitter, value);
    }

    /** Whether the requested wait exceeds the limit. */
    boolean exceedsLimit(Throwable failure) {
        return retryAfter(failure).compareTo(maxRetryAfter) > 0;
    }

    /**
     * The wait before the retry with this index, 0 for the first.
     *
     * @param failure the failure of the attempt before it
     */
    Duration delay(long retry, Throwable failure) {
        boolean throttled = failure instanceof ImportsApiException e && e.isThrottled();
        double longest = (double) max.toNanos();
        double shortest = (double) min.toNanos();
        double first = Math.min(longest, throttled ? shortest * THROTTLED_FACTOR : shortest);
        double cap = Math.min(longest, first * Math.pow(2, (double) retry));
        double low = Math.max(cap * (1 - jitter), first * FLOOR);
        double own = low + (cap - low) * random.getAsDouble();
        double requested = (double) retryAfter(failure).toNanos();
        double spread = requested * RETRY_AFTER_SPREAD * jitter * random.getAsDouble();
        return Duration.ofNanos((long) Math.max(own, Math.ceil(requested + spread)));
    }

    private static Duration retryAfter(Throwable failure) {
        Duration requested = failure instanceof ImportsApiException e ? e.retryAfter() : null;
        return requested == null ? Duration.ZERO : requested;
    }
}
