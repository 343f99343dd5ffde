package dev.reactiveimports.testing;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * At most so many requests in a second. The second begins with the first request that finds none running, so a client that
 * waits one second after a rejection meets a new one.
 */
final class RateWindow {

    private static final Duration LENGTH = Duration.ofSeconds(1);

    private final int limit;
    private @Nullable Instant begin;
    private int taken;

    RateWindow(int limit) {
        this.limit = limit;
    }

    synchronized boolean tryTake(Instant now) {
        if (begin == null || !now.isBefore(begin.plus(LENGTH))) {
            begin = now;
            taken = 0;
        }
        if (taken == limit) {
            return false;
        }
        taken++;
        return true;
    }
}
