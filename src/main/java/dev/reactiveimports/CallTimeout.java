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
 * The timeout of consecutive attempts, such as those of a listing. Scheduling a timer wakes the scheduler's thread, which
 * once per page was measured to be a fifth of a listing's CPU. Therefore the timer is not disposed when an attempt ends in
 * time: when it fires, it is scheduled again for the rest of the current attempt. It ends with the listing.
 */
final class CallTimeout implements Disposable {

    private final Scheduler scheduler;
    private final long length;

    // guards the fields below; no foreign code but the scheduler is called while it is held
    private final Object lock = new Object();
    private @Nullable Attempt current;
    private @Nullable Disposable timer;
    private @Nullable Attempt setFor;
    private boolean disposed;

    CallTimeout(Scheduler scheduler, Duration length) {
        this.scheduler = scheduler;
        this.length = length.toNanos();
    }

    /** Emits a value when the subscribing attempt has lasted too long; fails if the scheduler rejects the timer. */
    Mono<Long> signal() {
        return Mono.create(sink -> {
            Attempt attempt = new Attempt(sink);
            // runs at once if the attempt ended before this subscription, which is made after its start
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
                return; // another may be running by now
            }
            current = attempt;
            attempt.begunAt = scheduler.now(TimeUnit.NANOSECONDS);
            if (timer == null || scheduler.isDisposed()) {
                set(attempt, length);
            }
        }
    }

    private void end(Attempt attempt) {
        synchronized (lock) {
            attempt.ended = true;
            if (current == attempt) {
                current = null;
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
            Attempt late = current;
            if (late != null && late == setFor) {
                then = () -> late.sink.success(0L);
            } else if (late != null && setFor != null) {
                try {
                    // the rest: the difference of their start times
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
