package dev.reactiveimports;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.retry.Retry;

/**
 * The retry policy of a client, and of any {@link Mono#retryWhen} or {@link Flux#retryWhen}. {@link #isTransient Transient}
 * failures are retried after an exponential back-off with jitter, and never before the end of a {@code Retry-After}. An
 * {@link ImportsProtocolException} is retried once, unless another attempt cannot help.
 *
 * <p>When retries are exhausted, the last failure is signalled as it is, never wrapped. The earlier ones, ten at most, are
 * its suppressed exceptions, and {@link ImportsException#attempts()} counts all attempts.
 *
 * <p>Immutable: every setter returns a changed copy. The attempt count belongs to one subscription, so one instance serves
 * any number of them. Nothing is scheduled before a failure; cancelling the subscription disposes the timer.
 *
 * @since 0.1.0
 */
public final class ImportsRetry extends Retry {

    private static final ImportsRetry DEFAULTS = new ImportsRetry(
            3,
            new RetryBackoff(
                    Duration.ofMillis(200),
                    Duration.ofSeconds(20),
                    Duration.ofSeconds(60),
                    1.0,
                    () -> ThreadLocalRandom.current().nextDouble()),
            null);

    private final int maxRetries;
    private final RetryBackoff backoff;
    private final @Nullable SchedulerGuard scheduler;

    private ImportsRetry(int maxRetries, RetryBackoff backoff, @Nullable SchedulerGuard scheduler) {
        this.maxRetries = maxRetries;
        this.backoff = backoff;
        this.scheduler = scheduler;
    }

    /**
     * Up to three retries with full jitter, after 200 ms to 20 s. The back-off starts at 1 s when throttled, and a
     * {@code Retry-After} of up to 60 s is honoured.
     *
     * @return the defaults
     */
    public static ImportsRetry ofDefaults() {
        return DEFAULTS;
    }

    /**
     * A single attempt, whose failure is signalled as it is.
     *
     * @return a policy that retries nothing
     */
    public static ImportsRetry none() {
        return DEFAULTS.maxRetries(0);
    }

    /**
     * How many attempts may follow the first. Defaults to 3.
     *
     * @param n 0 or more; 0 retries nothing
     * @return a changed copy
     * @throws IllegalArgumentException if negative
     */
    public ImportsRetry maxRetries(int n) {
        return new ImportsRetry(Checks.requireRange(n, "maxRetries", 0, Integer.MAX_VALUE), backoff, scheduler);
    }

    /**
     * The longest wait before the first retry; it doubles with each further retry. Five times as long after a 429 response
     * (Too Many Requests). Defaults to 200 ms.
     *
     * @param d 1 ms to 365 days; a smaller {@link #maxBackoff} takes precedence
     * @return a changed copy
     * @throws IllegalArgumentException if out of range
     */
    public ImportsRetry minBackoff(Duration d) {
        return new ImportsRetry(maxRetries, backoff.withMin(Checks.requirePositive(d, "minBackoff")), scheduler);
    }

    /**
     * The upper bound of the exponential back-off. A {@code Retry-After} may exceed it, see {@link #maxRetryAfter}. Defaults
     * to 20 s.
     *
     * @param d 1 ms to 365 days
     * @return a changed copy
     * @throws IllegalArgumentException if out of range
     */
    public ImportsRetry maxBackoff(Duration d) {
        return new ImportsRetry(maxRetries, backoff.withMax(Checks.requirePositive(d, "maxBackoff")), scheduler);
    }

    /**
     * The longest {@code Retry-After} that is honoured (RFC 9110, section 10.2.3). Up to this limit the client waits at
     * least as long; beyond it the call fails at once, and {@link ImportsApiException#retryAfter()} holds the requested
     * wait. Defaults to 60 s.
     *
     * @param d 0 to 365 days
     * @return a changed copy
     * @throws IllegalArgumentException if out of range
     */
    public ImportsRetry maxRetryAfter(Duration d) {
        Checks.requireRange(d, "maxRetryAfter", Duration.ZERO, Duration.ofDays(365));
        return new ImportsRetry(maxRetries, backoff.withMaxRetryAfter(d), scheduler);
    }

    /**
     * The random share of each wait, so that calls that failed together are not retried together. With {@code c} the longest
     * wait of a retry, waits are uniform in {@code (1 - factor) * c} to {@code c}, and never below a tenth of the first
     * retry's {@code c}: 0 always waits for {@code c}, 1 is full jitter. A {@code Retry-After} is only extended, by up to a
     * tenth of its length times the factor. Defaults to 1.
     *
     * @param factor 0 to 1
     * @return a changed copy
     * @throws IllegalArgumentException if out of range
     */
    public ImportsRetry jitter(double factor) {
        return new ImportsRetry(maxRetries, backoff.withJitter(Checks.requireRange(factor, "jitter", 0, 1)), scheduler);
    }

    /**
     * The scheduler that times the waits and subscribes to the next attempt. Defaults to the client's scheduler inside a
     * client, and to {@link Schedulers#parallel()} elsewhere.
     *
     * @param s owned by the caller; once it is disposed, a retry fails with an {@link ImportsTransportException}
     * @return a changed copy
     * @throws IllegalArgumentException if it cannot schedule with a delay, such as {@link Schedulers#immediate()}
     */
    public ImportsRetry scheduler(Scheduler s) {
        return new ImportsRetry(maxRetries, backoff, SchedulerGuard.of(s));
    }

    /**
     * Whether another attempt may succeed where this one failed. Transient are the statuses 408, 429, 500, 502, 503 and 504,
     * a broken connection, a truncated response, an {@link IOException} and a {@link TimeoutException}. Not transient are
     * every other status, an invalid response, a closed client and an exhausted connection pool.
     *
     * @param failure the signalled failure, possibly wrapped by {@link Exceptions#propagate}
     * @return true if another attempt may succeed
     */
    public static boolean isTransient(Throwable failure) {
        Throwable real = Exceptions.unwrap(requireNonNull(failure, "failure"));
        if (real instanceof ImportsApiException rejection) {
            return switch (rejection.statusCode()) {
                case 408, 429, 500, 502, 503, 504 -> true;
                default -> false;
            };
        }
        if (real instanceof ImportsTransportException broken) {
            return broken.retryable();
        }
        if (real instanceof ImportsProtocolException invalid) {
            return invalid.cure() == ImportsProtocolException.Cure.RETRY;
        }
        return real instanceof IOException || real instanceof TimeoutException;
    }

    /**
     * Decides about each failure of one subscription: called by {@code retryWhen}.
     *
     * @param retrySignals the failures
     * @return a publisher that emits a value when it is time for the next attempt, or fails with the last failure
     */
    @Override
    public Publisher<?> generateCompanion(Flux<RetrySignal> retrySignals) {
        return OpaqueBoundary.around(companion(retrySignals, (signal, delay) -> {}));
    }

    /** As {@link #generateCompanion}, and reports each retry before its wait begins. */
    Flux<Long> companion(Flux<RetrySignal> retrySignals, BiConsumer<RetrySignal, Duration> onRetry) {
        Course course = new Course(onRetry);
        return retrySignals.concatMap(course::decide);
    }

    /** This policy if it has a scheduler, otherwise a copy with the fallback. */
    ImportsRetry schedulerOr(Scheduler fallback) {
        return scheduler == null ? new ImportsRetry(maxRetries, backoff, SchedulerGuard.unchecked(fallback)) : this;
    }

    ImportsRetry random(DoubleSupplier random) {
        return new ImportsRetry(maxRetries, backoff.withRandom(random), scheduler);
    }

    Duration maxRetryAfter() {
        return backoff.maxRetryAfter();
    }

    @Override
    public String toString() {
        return "ImportsRetry[maxRetries=" + maxRetries + ", minBackoff=" + backoff.min() + ", maxBackoff="
                + backoff.max()
                + ", maxRetryAfter=" + backoff.maxRetryAfter() + ", jitter=" + backoff.jitter()
                + ", scheduler=" + (scheduler == null ? "default" : scheduler) + "]";
    }

    /** One subscription's failures so far. */
    private final class Course {

        private final BiConsumer<RetrySignal, Duration> onRetry;
        private final SuppressedFailures trail = new SuppressedFailures();
        private boolean triedInvalidOnce;
        private int attempts;

        Course(BiConsumer<RetrySignal, Duration> onRetry) {
            this.onRetry = onRetry;
        }

        Mono<Long> decide(RetrySignal signal) {
            Throwable failure = signal.failure();
            // an inner retry, such as that of a client's call, has counted its own attempts
            attempts += failure instanceof ImportsException e ? e.attempts() : 1;
            if (signal.totalRetries() >= maxRetries || !mayHelp(failure) || backoff.exceedsLimit(failure)) {
                return Mono.error(trail.suppressedBy(
                        failure instanceof ImportsException e ? e.afterAttempts(attempts) : failure));
            }
            trail.add(failure);
            Duration delay = backoff.delay(signal.totalRetries(), failure);
            onRetry.accept(signal, delay);
            return (scheduler == null ? SchedulerGuard.ofDefault() : scheduler).delay(delay);
        }

        private boolean mayHelp(Throwable failure) {
            if (failure instanceof ImportsProtocolException e && e.cure() == ImportsProtocolException.Cure.ONE_RETRY) {
                boolean first = !triedInvalidOnce;
                triedInvalidOnce = true;
                return first;
            }
            return isTransient(failure);
        }
    }
}
