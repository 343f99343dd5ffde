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
 * The retry policy of a client, and of any {@code retryWhen} that wants the same: {@link #isTransient transient} failures
 * are retried after a back-off that doubles and is jittered, and what the service asks for in {@code Retry-After} is
 * waited for. An {@link ImportsProtocolException} is retried once, unless asking again cannot help.
 *
 * <p>When it gives up, the last failure is signalled as it is, never wrapped: the earlier ones (the last ten) are its
 * suppressed exceptions, and {@link ImportsException#attempts()} counts them all.
 *
 * <p>Immutable: every setter returns a changed copy. What a retry counts belongs to one subscription, so one instance
 * serves any number of them. Nothing is scheduled before a failure; cancelling the subscription disposes the timer.
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
     * Three retries after 200 ms (1 s when throttled) to 20 s, with full jitter; up to 60 s where the service asks for it.
     *
     * @return the defaults
     */
    public static ImportsRetry ofDefaults() {
        return DEFAULTS;
    }

    /**
     * One attempt, and its failure as it is.
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
     * The longest wait before the first retry; each further one may take twice as long as the one before. Five times
     * this when the service said that there are too many requests (429). Defaults to 200 ms.
     *
     * @param d 1 ms to 365 days; a smaller {@link #maxBackoff} wins
     * @return a changed copy
     * @throws IllegalArgumentException if out of range
     */
    public ImportsRetry minBackoff(Duration d) {
        return new ImportsRetry(maxRetries, backoff.withMin(Checks.requirePositive(d, "minBackoff")), scheduler);
    }

    /**
     * What no wait of the policy's own exceeds. A {@code Retry-After} may: see {@link #maxRetryAfter}. Defaults to 20 s.
     *
     * @param d 1 ms to 365 days
     * @return a changed copy
     * @throws IllegalArgumentException if out of range
     */
    public ImportsRetry maxBackoff(Duration d) {
        return new ImportsRetry(maxRetries, backoff.withMax(Checks.requirePositive(d, "maxBackoff")), scheduler);
    }

    /**
     * How long a wait the service may ask for in {@code Retry-After} (RFC 9110, section 10.2.3). A shorter one is waited
     * for in full, never less; when it asks for more, the call fails at once, and
     * {@link ImportsApiException#retryAfter()} says for how long it should be left alone. Defaults to 60 s.
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
     * How much of a wait is left to chance, so that callers that failed together do not come back together. With
     * {@code c} the longest wait of a retry, waits are uniform in {@code (1 - factor) * c} to {@code c}, and never
     * below a tenth of the first retry's {@code c}: 0 always waits for {@code c}, 1 is full jitter. A {@code Retry-After}
     * is only ever lengthened, by up to a tenth of itself times the factor. Defaults to 1.
     *
     * @param factor 0 to 1
     * @return a changed copy
     * @throws IllegalArgumentException if out of range
     */
    public ImportsRetry jitter(double factor) {
        return new ImportsRetry(maxRetries, backoff.withJitter(Checks.requireRange(factor, "jitter", 0, 1)), scheduler);
    }

    /**
     * Where waits are timed and the next attempt is subscribed. Defaults to the client's scheduler inside a client, and
     * to {@link Schedulers#parallel()} elsewhere.
     *
     * @param s the caller's to dispose; once it is, there are no retries, but an {@link ImportsTransportException}
     * @return a changed copy
     * @throws IllegalArgumentException if it cannot schedule with a delay, as {@link Schedulers#immediate()}
     */
    public ImportsRetry scheduler(Scheduler s) {
        return new ImportsRetry(maxRetries, backoff, SchedulerGuard.of(s));
    }

    /**
     * Whether a failure says nothing about the next attempt: statuses 408, 429, 500, 502, 503 and 504, a connection or an
     * answer that broke off, an {@link IOException}, a {@link TimeoutException}. Not transient are every other status, an
     * unbelievable answer, a client that was closed, and a connection pool that is exhausted.
     *
     * @param failure what was signalled, possibly wrapped by {@link Exceptions#propagate}
     * @return true when trying again may help
     */
    public static boolean isTransient(Throwable failure) {
        Throwable real = Exceptions.unwrap(requireNonNull(failure, "failure"));
        if (real instanceof ImportsApiException answer) {
            return switch (answer.statusCode()) {
                case 408, 429, 500, 502, 503, 504 -> true;
                default -> false;
            };
        }
        if (real instanceof ImportsTransportException broken) {
            return broken.retryable();
        }
        if (real instanceof ImportsProtocolException unbelievable) {
            return unbelievable.cure() == ImportsProtocolException.Cure.RETRY;
        }
        return real instanceof IOException || real instanceof TimeoutException;
    }

    /**
     * Decides about each failure of one subscription: called by {@code retryWhen}.
     *
     * @param retrySignals the failures
     * @return a value when it is time for the next attempt; the last failure when there will be none
     */
    @Override
    public Publisher<?> generateCompanion(Flux<RetrySignal> retrySignals) {
        return OpaqueBoundary.around(companion(retrySignals, (signal, delay) -> {}));
    }

    /** As {@link #generateCompanion}, telling of each retry to come before its wait begins. */
    Flux<Long> companion(Flux<RetrySignal> retrySignals, BiConsumer<RetrySignal, Duration> onRetry) {
        Course course = new Course(onRetry);
        return retrySignals.concatMap(course::decide);
    }

    /** With a scheduler for those who named none. */
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
        private boolean doubted;
        private int attempts;

        Course(BiConsumer<RetrySignal, Duration> onRetry) {
            this.onRetry = onRetry;
        }

        Mono<Long> decide(RetrySignal signal) {
            Throwable failure = signal.failure();
            // an inner retry, of a client's call say, has counted its own
            attempts += failure instanceof ImportsException e ? e.attempts() : 1;
            if (signal.totalRetries() >= maxRetries || !mayHelp(failure) || backoff.refuses(failure)) {
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
                boolean first = !doubted;
                doubted = true;
                return first;
            }
            return isTransient(failure);
        }
    }
}
