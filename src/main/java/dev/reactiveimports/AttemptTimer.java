package dev.reactiveimports;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Scheduler;

/**
 * Bounds attempts that follow each other, as those of a listing do. Setting a timer wakes the thread of the scheduler, which for
 * each page was measured to be a fifth of a listing's CPU. Here it is not disposed when an attempt ends in time: when it rings,
 * it is set again for what is left to the attempt that is under way by then. It ends with the listing.
 */
final class AttemptTimer implements Disposable {

    private final Scheduler scheduler;
    private final long length;

    // all below under this lock; nobody is called while it is held, but for the scheduler
    private final Object lock = new Object();
    private @Nullable MonoSink<Long> underWay;
    private long begunAt;
    private @Nullable Disposable timer;
    private @Nullable MonoSink<Long> setFor;
    private long setForBegunAt;
    private boolean disposed;

    AttemptTimer(Scheduler scheduler, Duration length) {
        this.scheduler = scheduler;
        this.length = length.toNanos();
    }

    /** A value when the attempt that subscribes has lasted too long. */
    Mono<Long> ring() {
        return Mono.create(attempt -> {
            attempt.onDispose(() -> end(attempt));
            begin(attempt);
        });
    }

    @Override
    public void dispose() {
        synchronized (lock) {
            disposed = true;
            if (timer != null) {
                timer.dispose();
            }
        }
    }

    private void begin(MonoSink<Long> attempt) {
        synchronized (lock) {
            underWay = attempt;
            begunAt = scheduler.now(TimeUnit.NANOSECONDS);
            if (timer == null) {
                set(length);
            }
        }
    }

    private void end(MonoSink<Long> attempt) {
        synchronized (lock) {
            if (underWay == attempt) {
                underWay = null;
            }
        }
    }

    private void set(long delay) {
        if (!disposed) {
            setFor = underWay;
            setForBegunAt = begunAt;
            timer = scheduler.schedule(this::rung, delay, TimeUnit.NANOSECONDS);
        }
    }

    private void rung() {
        MonoSink<Long> late = null;
        synchronized (lock) {
            timer = null;
            if (underWay != null && underWay == setFor) {
                late = underWay;
            } else if (underWay != null) {
                // how much later it began; of a clock that was set meanwhile, nothing is believed
                long left = begunAt - setForBegunAt;
                set(left >= 0 && left <= length ? left : length);
            }
        }
        if (late != null) {
            late.success(0L);
        }
    }
}
