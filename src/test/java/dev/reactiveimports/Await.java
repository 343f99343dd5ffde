package dev.reactiveimports;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Waits for what another thread brings about, where nothing tells when it has. */
final class Await {

    private static final long LONGEST = TimeUnit.SECONDS.toNanos(10);

    private Await() {}

    /** The first value that will do, or after ten seconds the last one seen: to be asserted by the caller. */
    static <T> T until(Supplier<T> seen, Predicate<? super T> will) {
        long deadline = System.nanoTime() + LONGEST;
        T now = seen.get();
        while (!will.test(now) && System.nanoTime() < deadline) {
            LockSupport.parkNanos(100_000);
            now = seen.get();
        }
        return now;
    }
}
