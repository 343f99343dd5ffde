package dev.reactiveimports;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * How often to poll a watched import, and the operator that does so. Use it as {@code describe.as(spec::poll)}. Immutable:
 * every setter returns a changed copy, so that one spec can serve as a template.
 *
 * <p>A wait is measured from the end of the poll before it. Under jitter it is longer or shorter by a random part.
 *
 * @since 0.1.0
 */
public final class PollSpec {

    private static final Duration MIN = Duration.ofSeconds(2);
    private static final Duration MAX = Duration.ofMinutes(5);
    private static final Duration LONGEST = Duration.ofDays(365);
    private static final Jitter NO_JITTER =
            new Jitter(0, () -> ThreadLocalRandom.current().nextDouble());
    private static final Jitter SOME_JITTER = NO_JITTER.withFactor(0.1);
    private static final int MAX_FAILURES = 5;
    private static final PollSpec ADAPTIVE = new PollSpec(Growth.ADAPTIVE, MIN, MAX, SOME_JITTER, MAX_FAILURES, null);

    /** The random share of a wait, and its source. */
    private record Jitter(double factor, DoubleSupplier random) {

        Jitter withFactor(double value) {
            return new Jitter(value, random);
        }

        double shift() {
            return factor == 0 ? 0 : factor * (2 * random.getAsDouble() - 1);
        }
    }

    /** What a wait depends on. */
    enum Growth {
        ADAPTIVE,
        BACKOFF
    }

    private final Growth growth;
    private final Duration min;
    private final Duration max;
    private final Jitter jitter;
    private final int maxFailures;
    private final @Nullable SchedulerGuard scheduler;

    private PollSpec(
            Growth growth,
            Duration min,
            Duration max,
            Jitter jitter,
            int maxFailures,
            @Nullable SchedulerGuard scheduler) {
        this.growth = growth;
        this.min = min;
        this.max = max;
        this.jitter = jitter;
        this.maxFailures = maxFailures;
        this.scheduler = scheduler;
    }

    /**
     * Waits as each import's age and progress suggest, 2 seconds to 5 minutes, with a jitter of 0.1. The default of a
     * client.
     *
     * @return {@link #adaptive(Duration, Duration)} with these bounds
     */
    public static PollSpec adaptive() {
        return ADAPTIVE;
    }

    /**
     * Waits as each import's age and progress suggest, with a jitter of 0.1. A wait is {@code min} plus 4 % of the
     * import's age; when its percentage moves, at most 70 % of the time that seems to be left. A percentage of 0 or 100,
     * or one that has not moved lately, suggests nothing. So the end is seen late by 2 to 3 % of the import's duration on
     * average, or by {@code min} if that is more, and much less where progress is steady. The age counts from
     * {@link ImportOperation#createdAt()} if that is in the past, else from the first poll; no wait is longer than
     * {@code min} and the time watched so far together, so that two clocks that differ do no harm.
     *
     * @param min the shortest wait, 1 ms to 365 days
     * @param max the longest wait, {@code min} to 365 days
     * @return a spec with 5 failures allowed in a row
     * @throws IllegalArgumentException if out of range
     */
    public static PollSpec adaptive(Duration min, Duration max) {
        return new PollSpec(Growth.ADAPTIVE, min(min, "min"), max(min, max), SOME_JITTER, MAX_FAILURES, null);
    }

    /**
     * Waits always the same time, without jitter.
     *
     * @param interval 1 ms to 365 days
     * @return a spec with 5 failures allowed in a row
     * @throws IllegalArgumentException if out of range
     */
    public static PollSpec fixedInterval(Duration interval) {
        min(interval, "interval");
        return new PollSpec(Growth.BACKOFF, interval, interval, NO_JITTER, MAX_FAILURES, null);
    }

    /**
     * Waits longer each time, by a factor of 1.5, without jitter. It never gets shorter again while one import is
     * watched, whatever is seen of it.
     *
     * @param first the wait after the first poll, 1 ms to 365 days
     * @param max the longest wait, {@code first} to 365 days
     * @return a spec with 5 failures allowed in a row
     * @throws IllegalArgumentException if out of range
     */
    public static PollSpec backoff(Duration first, Duration max) {
        return new PollSpec(Growth.BACKOFF, min(first, "first"), max(first, max), NO_JITTER, MAX_FAILURES, null);
    }

    /**
     * Spreads the polls of many watchers: each wait is multiplied by a random number from {@code 1 - factor} to
     * {@code 1 + factor}, bounds included. Defaults to 0.1 if adaptive, else to 0, which makes every wait exact.
     *
     * @param factor 0 to 1
     * @return a changed copy
     * @throws IllegalArgumentException if out of range
     */
    public PollSpec jitter(double factor) {
        Checks.requireRange(factor, "jitter", 0.0, 1.0);
        return new PollSpec(growth, min, max, jitter.withFactor(factor), maxFailures, scheduler);
    }

    /**
     * How many polls may fail in a row: when so many have, the watch ends with the last one's error, which keeps the ones
     * before it as suppressed (10 at most). Defaults to 5. Only failures that may pass count, after their own retries; any
     * other ends a watch at once. After a failed poll the shortest wait applies, doubled by each further failure up to the
     * longest, or what the service asked for by {@code Retry-After} where that is longer, up to a day.
     *
     * @param n 1 or more; 1 tolerates no failure
     * @return a changed copy
     * @throws IllegalArgumentException if out of range
     */
    public PollSpec maxConsecutiveFailures(int n) {
        Checks.requireRange(n, "maxConsecutiveFailures", 1, Integer.MAX_VALUE);
        return new PollSpec(growth, min, max, jitter, n, scheduler);
    }

    /**
     * Where waits happen, and the clock. Defaults to the client's scheduler, for a spec used on its own to
     * {@link Schedulers#parallel()}.
     *
     * @param scheduler owned by the caller; once it is disposed, watches fail with an {@link ImportsTransportException}
     * @return a changed copy
     * @throws IllegalArgumentException if it cannot schedule with a delay, as {@link Schedulers#immediate()}
     */
    public PollSpec scheduler(Scheduler scheduler) {
        return on(SchedulerGuard.of(scheduler));
    }

    /**
     * Watches one import: subscribes to {@code describe} again and again until it shows a terminal status. Use it as
     * {@code describe.as(spec::poll)}.
     *
     * <p>Nothing happens before items are requested from the flux. Then the first poll is made at once, and each later one when its wait
     * is over <em>and</em> an item is requested: with no demand there is no poll, so no observation ever waits. If demand
     * comes after the wait is over, the poll is made at once. An observation is emitted when it differs from the one
     * emitted last; the terminal one is always emitted, once, and completes the flux. Cancelling cancels the poll in
     * flight and the wait; nothing follows. Every subscription polls for itself.
     *
     * <p>Failures are tolerated as {@link #maxConsecutiveFailures} says. An empty {@code describe} is an
     * {@link ImportsProtocolException}. Memory is one observation, however long it takes.
     *
     * @param describe asks for the import's state, once for each subscription
     * @return each visible change of the import, ending after the terminal one; unknown statuses are polled on, and so is
     *     {@link ImportStatus#IN_PROGRESS} at 100 percent
     */
    public Flux<ImportOperation> poll(Mono<ImportOperation> describe) {
        return OpaqueBoundary.around(poll(describe, failure -> false, ImportsListener.NONE));
    }

    /**
     * As {@link #poll(Mono)}; failures that are {@code expected} neither end the watch nor count, and a listener receives
     * each poll and each change of status.
     */
    Flux<ImportOperation> poll(
            Mono<ImportOperation> describe, Predicate<? super Throwable> expected, ImportsListener listener) {
        requireNonNull(describe, "describe");
        requireNonNull(expected, "expected");
        return Flux.deferContextual(
                context -> new WatchOne(this, describe, expected, listener.inContext(context)).flux());
    }

    /** This spec if it names a scheduler, else one that uses the given. */
    PollSpec orScheduler(Scheduler fallback) {
        return scheduler == null ? on(SchedulerGuard.unchecked(fallback)) : this;
    }

    private PollSpec on(SchedulerGuard time) {
        return new PollSpec(growth, min, max, jitter, maxFailures, time);
    }

    SchedulerGuard scheduler() {
        return scheduler == null ? SchedulerGuard.ofDefault() : scheduler;
    }

    int maxFailures() {
        return maxFailures;
    }

    Growth growth() {
        return growth;
    }

    double minMillis() {
        return min.toMillis();
    }

    double maxMillis() {
        return max.toMillis();
    }

    long jittered(double millis) {
        return Math.max(1, Math.round(millis * (1 + jitter.shift())));
    }

    /** With another random source, uniform in 0 to 1, for reproducible tests. */
    PollSpec random(DoubleSupplier random) {
        return new PollSpec(growth, min, max, new Jitter(jitter.factor, random), maxFailures, scheduler);
    }

    private static Duration min(Duration min, String name) {
        return Checks.requirePositive(min, name);
    }

    private static Duration max(Duration min, Duration max) {
        return Checks.requireRange(max, "max", min, LONGEST);
    }

    @Override
    public String toString() {
        String waits = min.equals(max) ? "interval=" + min : growth + ", min=" + min + ", max=" + max;
        return "PollSpec[" + waits + ", jitter=" + jitter.factor + ", maxConsecutiveFailures=" + maxFailures
                + ", scheduler=" + (scheduler == null ? "default" : scheduler) + "]";
    }
}
