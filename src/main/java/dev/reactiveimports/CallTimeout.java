package dev.reactiveimports;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
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
final class CallTimeout implements Disposable {

    private final Scheduler scheduler;
    private final long length;

    // all below under this lock; nobody is called while it is held, but for the scheduler
    private final Object lock = new Object();
    private @Nullable Attempt underWay;
    private @Nullable Disposable timer;
    private @Nullable Attempt setFor;
    private boolean disposed;

    CallTimeout(Scheduler scheduler, Duration length) {
        this.scheduler = scheduler;
        this.length = length.toNanos();
    }

    /** A value when the attempt that subscribes has lasted too long; an error if the scheduler takes no more timers. */
    Mono<Long> signal() {
        return Mono.create(sink -> {
            Attempt attempt = new Attempt(sink);
            // at once, if the attempt was over before this subscription, which is made while it runs already
            sink.onDispose(() -> end(attempt));
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

    private void begin(Attempt attempt) {
        synchronized (lock) {
            if (attempt.ended) {
                return; // another may be under way by now
            }
            underWay = attempt;
            attempt.begunAt = scheduler.now(TimeUnit.NANOSECONDS);
            if (timer == null || scheduler.isDisposed()) {
                set(attempt, length);
            }
        }
    }

    private void end(Attempt attempt) {
        synchronized (lock) {
            attempt.ended = true;
            if (underWay == attempt) {
                underWay = null;
            }
        }
    }

    private void set(Attempt attempt, long delay) {
        if (!disposed) {
            setFor = attempt;
            timer = scheduler.schedule(this::fired, delay, TimeUnit.NANOSECONDS);
        }
    }

    private void fired() {
        Runnable then = () -> {};
        synchronized (lock) {
            timer = null;
            Attempt late = underWay;
            if (late != null && late == setFor) {
                then = () -> late.sink.success(0L);
            } else if (late != null && setFor != null) {
                try {
                    // by how much later it began
                    set(late, late.begunAt - setFor.begunAt);
                } catch (RejectedExecutionException closed) {
                    then = () -> late.sink.error(closed);
                }
            }
        }
        then.run();
    }

    private static final class Attempt {

        private final MonoSink<Long> sink;
        private long begunAt;
        private boolean ended;

        Attempt(MonoSink<Long> sink) {
            this.sink = sink;
        }
    }
}
