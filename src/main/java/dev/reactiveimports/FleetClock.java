package dev.reactiveimports;

import java.util.concurrent.TimeUnit;
import reactor.core.scheduler.Scheduler;

/** A scheduler's clock in milliseconds that never goes back: when that clock is set back, this one stands. */
final class FleetClock {

    private final Scheduler scheduler;
    private long last = Long.MIN_VALUE;
    private long ahead;

    FleetClock(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    long now() {
        long told = scheduler.now(TimeUnit.MILLISECONDS) + ahead;
        if (told < last) {
            ahead += last - told;
            return last;
        }
        last = told;
        return told;
    }
}
