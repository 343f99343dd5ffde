package dev.reactiveimports;

import java.time.Instant;
import java.util.concurrent.TimeUnit;
import reactor.core.scheduler.Scheduler;

/**
 * A scheduler's two clocks: durations are measured by the monotonic one alone, and the wall clock serves only to compare with
 * the service's timestamps.
 */
record WatchTime(Scheduler scheduler) {

    private static final long NANOS_PER_MILLI = 1_000_000;

    /** Monotonic milliseconds, from an arbitrary origin. */
    long now() {
        return Math.floorDiv(scheduler.now(TimeUnit.NANOSECONDS), NANOS_PER_MILLI);
    }

    Instant wallClock() {
        return Instant.ofEpochMilli(scheduler.now(TimeUnit.MILLISECONDS));
    }
}
