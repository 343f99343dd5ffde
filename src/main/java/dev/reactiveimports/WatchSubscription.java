package dev.reactiveimports;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.BaseSubscriber;
import reactor.util.context.Context;

/**
 * One subscription of a watch of many imports: the ids that join, the looks, the end. No look begins without demand, nor while
 * observations wait undelivered.
 */
final class WatchSubscription extends SerialSubscription<ImportObservation> {

    private final @Nullable Publisher<String> ids;
    private final WatchTime time;
    private final WatchEntries imports;
    private final WatchLooks looks;
    private final Ids idsSubscriber = new Ids();

    // the rest belongs to the serial
    private boolean started;
    private boolean idsCompleted;
    private @Nullable Throwable endingBy;

    WatchSubscription(
            WatchMany watch,
            CoreSubscriber<? super ImportObservation> actual,
            WatchKind kind,
            @Nullable Publisher<String> ids) {
        super(actual, watch.spec().scheduler());
        this.ids = ids;
        this.time = watch.time();
        ImportsListener listener = watch.listener().inContext(actual.currentContext());
        this.imports = new WatchEntries(kind, watch.spec(), time, listener);
        this.looks = new WatchLooks(watch, kind, imports, serial, actual.currentContext(), listener);
    }

    @Override
    void advance() {
        if (looks.health().fatal() != null) {
            endBy(looks.health().fatal());
        }
        deliver(imports.outbox()::next);
        if (isCancelled()) {
            stop();
        } else if (endingBy != null || hasEnded()) {
            terminateOnceDelivered();
        } else if (demand() > 0 && imports.outbox().isEmpty()) {
            if (!started) {
                start();
            } else {
                wakeAt(looks.proceed(), time.now());
            }
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
        terminate(failure == null ? null : SuppressedFailures.suppress(failures, failure));
    }

    private void start() {
        started = true;
        if (ids == null) {
            serial.wake();
        } else {
            ids.subscribe(idsSubscriber);
        }
    }

    @Override
    void timerRejected(Throwable failure) {
        endBy(failure);
    }

    /** Ends the watch by an error, which follows what was observed already. */
    private void endBy(@Nullable Throwable failure) {
        if (endingBy == null) {
            endingBy = failure;
            disposeTimer();
            stopLooking();
        }
    }

    @Override
    void release() {
        stopLooking();
        imports.clear();
    }

    private void stopLooking() {
        idsSubscriber.cancel();
        looks.cancel();
    }

    /** Takes every id at once: what is kept of one is small, and it can be watched from then on. */
    private final class Ids extends BaseSubscriber<String> {

        @Override
        protected void hookOnNext(String id) {
            serial.execute(() -> {
                if (!isTerminated() && endingBy == null) {
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
