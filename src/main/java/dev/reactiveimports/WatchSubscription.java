package dev.reactiveimports;

import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Scheduler;
import reactor.util.context.Context;

/**
 * One subscription of a watch of many imports: demand, the ids that join, the timer, the end. Every event becomes a task of the
 * {@link SerialExecutor}, whose last step, {@link #advance}, does what is to be done next. No look begins without demand, nor while
 * observations wait undelivered.
 */
final class WatchSubscription implements Subscription {

    private static final AtomicLongFieldUpdater<WatchSubscription> DEMAND =
            AtomicLongFieldUpdater.newUpdater(WatchSubscription.class, "demand");

    private final CoreSubscriber<? super ImportObservation> actual;
    private final @Nullable Publisher<String> ids;
    private final Scheduler scheduler;
    private final WatchTime time;
    private final WatchEntries imports;
    private final WatchLooks looks;
    private final SerialExecutor serial = new SerialExecutor(this::advance, this::crashed, this::stop);
    private final Ids idsSubscriber = new Ids();

    private volatile long demand;
    private volatile boolean cancelled;

    // the rest belongs to the serial
    private boolean started;
    private boolean terminated;
    private boolean idsCompleted;
    private @Nullable Throwable endingBy;
    private @Nullable Disposable timer;
    private long timerAt;

    WatchSubscription(
            WatchMany watch,
            CoreSubscriber<? super ImportObservation> actual,
            WatchKind kind,
            @Nullable Publisher<String> ids) {
        this.actual = actual;
        this.ids = ids;
        this.scheduler = watch.spec().scheduler();
        this.time = watch.time();
        ImportsListener listener = watch.listener().inContext(actual.currentContext());
        this.imports = new WatchEntries(kind, watch.spec(), time, listener);
        this.looks = new WatchLooks(watch, kind, imports, serial, actual.currentContext(), listener);
    }

    @Override
    public void request(long n) {
        if (Operators.validate(n)) {
            Operators.addCap(DEMAND, this, n);
            serial.wake();
        }
    }

    @Override
    public void cancel() {
        cancelled = true;
        serial.wake();
    }

    private void advance() {
        if (terminated) {
            return;
        }
        if (looks.health().fatal() != null) {
            endBy(looks.health().fatal());
        }
        deliver();
        if (cancelled) {
            stop();
        } else if (endingBy != null || hasEnded()) {
            terminateOnceDelivered();
        } else if (demand > 0 && imports.outbox().isEmpty()) {
            if (!started) {
                start();
            } else {
                wakeAt(looks.proceed());
            }
        }
    }

    private void deliver() {
        long requested = demand;
        long delivered = 0;
        while (delivered != requested && !cancelled) {
            ImportObservation next = imports.outbox().next();
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

    private boolean hasEnded() {
        return idsCompleted && imports.isEmpty();
    }

    private void terminateOnceDelivered() {
        if (!imports.outbox().isEmpty()) {
            return;
        }
        List<Throwable> failures = imports.failures();
        Throwable failure = endingBy != null || failures.isEmpty() ? endingBy : failures.get(0);
        stop();
        if (failure == null) {
            actual.onComplete();
        } else {
            actual.onError(SuppressedFailures.suppress(failures, failure));
        }
    }

    private void start() {
        started = true;
        if (ids == null) {
            serial.wake();
        } else {
            ids.subscribe(idsSubscriber);
        }
    }

    private void wakeAt(long when) {
        if (when == Long.MAX_VALUE) {
            disposeTimer();
            return;
        }
        if (timer != null && timerAt == when) {
            return;
        }
        disposeTimer();
        timerAt = when;
        try {
            timer = scheduler.schedule(
                    () -> serial.execute(this::disposeTimer), Math.max(1, when - time.now()), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException rejected) {
            endBy(new ImportsTransportException("the scheduler takes no timers: was it disposed?", rejected, false));
            serial.wake();
        }
    }

    private void disposeTimer() {
        if (timer != null) {
            timer.dispose();
            timer = null;
        }
    }

    /** Ends the watch by an error, which follows what was observed already. */
    private void endBy(@Nullable Throwable failure) {
        if (endingBy == null) {
            endingBy = failure;
            release();
        }
    }

    private void crashed(Throwable failure) {
        if (!terminated) {
            stop();
            actual.onError(failure);
        } else {
            // what onComplete or onError threw: the subscriber must not receive a second end
            Operators.onErrorDropped(failure, actual.currentContext());
        }
    }

    private void stop() {
        terminated = true;
        release();
        imports.clear();
    }

    private void release() {
        idsSubscriber.cancel();
        disposeTimer();
        looks.cancel();
    }

    /** Takes every id at once: what is kept of one is small, and it can be watched from then on. */
    private final class Ids extends BaseSubscriber<String> {

        @Override
        protected void hookOnNext(String id) {
            serial.execute(() -> {
                if (!terminated && endingBy == null) {
                    imports.join(id);
                }
            });
        }

        @Override
        protected void hookOnComplete() {
            serial.execute(() -> idsCompleted = true);
        }

        @Override
        protected void hookOnError(Throwable failure) {
            serial.execute(() -> endBy(failure));
        }

        @Override
        public Context currentContext() {
            return actual.currentContext();
        }
    }
}
