package dev.reactiveimports;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Scheduler;

/**
 * A subscription whose events are tasks of a {@link SerialExecutor}, whose last step, {@link #advance}, does what is to be done
 * next. Here are demand, cancellation, one timer and the end; what there is to emit is the subclass's.
 */
abstract class SerialSubscription<T> implements Subscription {

    @SuppressWarnings("rawtypes")
    private static final AtomicLongFieldUpdater<SerialSubscription> DEMAND =
            AtomicLongFieldUpdater.newUpdater(SerialSubscription.class, "demand");

    final CoreSubscriber<? super T> actual;
    final SerialExecutor serial = new SerialExecutor(this::advanceUnlessTerminated, this::crashed, this::stop);

    private final Scheduler scheduler;
    private volatile long demand;
    private volatile boolean cancelled;

    // the rest belongs to the serial
    private boolean terminated;
    private @Nullable Disposable timer;
    private long timerAt;

    SerialSubscription(CoreSubscriber<? super T> actual, Scheduler scheduler) {
        this.actual = actual;
        this.scheduler = scheduler;
    }

    /** Does what is to be done next, after every event but the end. */
    abstract void advance();

    /** Lets go of everything: nothing is emitted any more. */
    abstract void release();

    /** No timer can be had. */
    abstract void timerRejected(Throwable failure);

    @Override
    public final void request(long n) {
        if (Operators.validate(n)) {
            Operators.addCap(DEMAND, this, n);
            serial.wake();
        }
    }

    @Override
    public final void cancel() {
        cancelled = true;
        serial.wake();
    }

    final long demand() {
        return demand;
    }

    final boolean isCancelled() {
        return cancelled;
    }

    final boolean isTerminated() {
        return terminated;
    }

    private void advanceUnlessTerminated() {
        if (!terminated) {
            advance();
        }
    }

    /** Emits what there is, as far as it is demanded. */
    final void deliver(Supplier<? extends @Nullable T> items) {
        long requested = demand;
        long delivered = 0;
        while (delivered != requested && !cancelled) {
            T next = items.get();
            if (next == null) {
                break;
            }
            delivered++;
            actual.onNext(next);
        }
        if (delivered > 0) {
            Operators.produced(DEMAND, this, delivered);
        }
    }

    /**
     * Comes back at a time.
     *
     * @param when in the milliseconds of {@code now}; {@link Long#MAX_VALUE} for not before something happens
     */
    final void wakeAt(long when, long now) {
        if (timer != null && timerAt == when) {
            return;
        }
        disposeTimer();
        if (when == Long.MAX_VALUE) {
            return;
        }
        timerAt = when;
        try {
            timer = scheduler.schedule(
                    () -> serial.execute(this::disposeTimer), Math.max(1, when - now), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException rejected) {
            timerRejected(
                    new ImportsTransportException("the scheduler takes no timers: was it disposed?", rejected, false));
            serial.wake();
        }
    }

    final void disposeTimer() {
        if (timer != null) {
            timer.dispose();
            timer = null;
        }
    }

    /** @param failure null for completion */
    final void terminate(@Nullable Throwable failure) {
        stop();
        if (failure == null) {
            actual.onComplete();
        } else {
            actual.onError(failure);
        }
    }

    private void crashed(Throwable failure) {
        if (!terminated) {
            terminate(failure);
        } else {
            // what onComplete or onError threw: the subscriber must not receive a second end
            Operators.onErrorDropped(failure, actual.currentContext());
        }
    }

    final void stop() {
        terminated = true;
        disposeTimer();
        release();
    }
}
