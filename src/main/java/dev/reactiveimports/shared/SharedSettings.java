package dev.reactiveimports.shared;

import dev.reactiveimports.PollSpec;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.util.retry.Retry;

/** What a builder was given, for all parts of a replica. */
record SharedSettings(
        String watch,
        boolean wholeIndex,
        Duration lease,
        Duration retention,
        PollSpec pollSpec,
        Retry handlerRetry,
        Scheduler scheduler,
        DoubleSupplier random,
        SharedImportsListener listener) {

    /** How often the store is asked though it did not notify. */
    static final Duration PERIOD = Duration.ofSeconds(1);

    /** Rows of one read, and changes of one append. */
    static final int PAGE = 256;

    /** After this an operation of the store that did not end counts as failed. */
    static final Duration LONGEST = Duration.ofSeconds(30);

    /** A lease that could not be given back by then expires. */
    static final Duration LONGEST_RELEASE = Duration.ofSeconds(2);

    boolean hasListener() {
        return listener != SharedImportsListener.NONE;
    }

    long nanos() {
        return scheduler.now(TimeUnit.NANOSECONDS);
    }

    Mono<Long> delay(Duration wait) {
        return Mono.delay(wait, scheduler);
    }

    /** A third of a lease, by up to a quarter more or less. */
    Duration jitteredThird() {
        return Duration.ofNanos((long) (lease.toNanos() / 3.0 * (0.75 + 0.5 * random.getAsDouble())));
    }

    /** Bounds an operation of the store. */
    <T> Mono<T> bounded(Mono<T> operation) {
        return operation.timeout(LONGEST, scheduler);
    }
}
