package dev.reactiveimports;

import java.util.ArrayList;
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
 * One subscription of a fleet's watch: demand, the ids that join, the timer between ticks, the end. Every event becomes a
 * task of the {@link Serial}, whose last step, {@link #advance}, does what is to be done next.
 */
final class FleetSubscription implements Subscription {

    private static final AtomicLongFieldUpdater<FleetSubscription> DEMAND =
            AtomicLongFieldUpdater.newUpdater(FleetSubscription.class, "demand");

    /** How often a tick looks in the listing for imports that it did not show before. */
    private static final int EXPLORE_EVERY = 16;

    private static final int MAX_SUPPRESSED = 10;

    private final FleetWatch watch;
    private final @Nullable ImportsListener listener;
    private final PollSpec spec;
    private final CoreSubscriber<? super ImportOperation> actual;
    private final @Nullable Publisher<String> ids;
    private final Scheduler scheduler;
    private final FleetClock clock;
    private final Fleet fleet;
    private final FleetTimetable timetable = new FleetTimetable();
    private final Serial serial = new Serial(this::advance, this::crashed);
    private final Ids idsSubscriber = new Ids();
    private final List<Throwable> earlierFailures = new ArrayList<>();

    private volatile long demand;
    private volatile boolean cancelled;

    // the rest belongs to the serial
    private boolean started;
    private boolean terminated;
    private boolean idsCompleted;
    private @Nullable Throwable endingBy;
    private @Nullable FleetTick tick;
    private @Nullable Disposable timer;
    private @Nullable Pace indexPace;
    private long timerAt;
    private int ticks;
    private int failedTicks;

    FleetSubscription(
            FleetWatch watch, CoreSubscriber<? super ImportOperation> actual, @Nullable Publisher<String> ids) {
        this.watch = watch;
        this.spec = watch.spec();
        this.actual = actual;
        this.ids = ids;
        this.scheduler = spec.scheduler();
        this.clock = new FleetClock(scheduler);
        this.listener = SafeListener.of(watch.listener(), actual.currentContext());
        this.fleet = new Fleet(spec, listener);
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
        if (tick != null && tick.isEnded()) {
            conclude(tick);
        }
        deliver();
        if (cancelled) {
            stop();
        } else if (endingBy != null || hasEnded()) {
            terminateOnceDelivered();
        } else if (demand > 0 && fleet.outbox().isEmpty()) {
            if (!started) {
                start();
            } else if (tick == null) {
                tickWhenDue();
            } else if (tick.isWaiting()) {
                tick.proceed();
            }
        }
    }

    private void deliver() {
        long requested = demand;
        long delivered = 0;
        while (delivered != requested && !cancelled) {
            ImportOperation seen = fleet.outbox().next();
            if (seen == null) {
                break;
            }
            delivered++;
            actual.onNext(seen);
        }
        if (delivered > 0) {
            Operators.produced(DEMAND, this, delivered);
        }
    }

    private boolean hasEnded() {
        return idsCompleted && fleet.isEmpty() && tick == null;
    }

    private void terminateOnceDelivered() {
        if (!fleet.outbox().isEmpty()) {
            return;
        }
        List<Throwable> refusals = fleet.refusals();
        Throwable failure = endingBy != null || refusals.isEmpty() ? endingBy : refusals.get(0);
        stop();
        if (failure == null) {
            actual.onComplete();
        } else {
            actual.onError(Polling.withSuppressed(failure, refusals));
        }
    }

    private void start() {
        started = true;
        if (ids == null) {
            indexPace = new Pace(null, clock.now());
            timetable.due(clock.now());
            serial.wake();
        } else {
            ids.subscribe(idsSubscriber);
        }
    }

    private void tickWhenDue() {
        if (timetable.isEmpty()) {
            return;
        }
        long now = clock.now();
        long wait = timetable.next() - now;
        if (wait > 0) {
            wakeIn(wait, now);
            return;
        }
        disposeTimer();
        timetable.tickBegun();
        FleetTick.Scope scope = ids == null
                ? FleetTick.Scope.WHOLE_LISTING
                : ++ticks % EXPLORE_EVERY == 0 ? FleetTick.Scope.EXPLORING : FleetTick.Scope.DUE;
        tick = new FleetTick(watch, fleet, clock, serial, actual.currentContext(), scope);
        tick.proceed();
    }

    private void wakeIn(long wait, long now) {
        if (timer != null && timerAt == now + wait) {
            return;
        }
        disposeTimer();
        timerAt = now + wait;
        try {
            timer = scheduler.schedule(() -> serial.execute(this::disposeTimer), wait, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException rejected) {
            endBy(Operators.onRejectedExecution(rejected, actual.currentContext()));
            serial.wake();
        }
    }

    private void disposeTimer() {
        if (timer != null) {
            timer.dispose();
            timer = null;
        }
    }

    private void conclude(FleetTick done) {
        tick = null;
        long now = clock.now();
        if (listener != null) {
            listener.onPoll(done.toPoll());
        }
        Throwable failure = done.failure();
        if (done.definiteFailure() != null) {
            endBy(done.definiteFailure());
        } else if (failure != null) {
            tickFailed(failure, now);
        } else {
            failedTicks = 0;
            earlierFailures.clear();
            long pause = done.failed().values().stream()
                    .mapToLong(Pace::pauseAskedBy)
                    .max()
                    .orElse(0);
            timetable.tickEnded(spec, pause, now);
            done.failed().forEach((watched, cause) -> fleet.failed(watched, cause, now));
        }
        long soonest = fleet.soonest();
        if (indexPace != null) {
            if (done.discovered() > 0) {
                indexPace = new Pace(null, now);
            }
            soonest = Math.min(soonest, now + indexPace.afterPoll(spec, 0, now));
        }
        timetable.due(soonest);
    }

    private void tickFailed(Throwable failure, long now) {
        if (++failedTicks >= spec.maxFailures()) {
            endBy(Polling.withSuppressed(failure, earlierFailures));
            return;
        }
        if (earlierFailures.size() < MAX_SUPPRESSED) {
            earlierFailures.add(failure);
        }
        timetable.tickFailed(Pace.afterFailure(spec, failedTicks, failure), now);
    }

    private void join(String id) {
        if (!terminated && endingBy == null) {
            long now = clock.now();
            if (fleet.join(id, now)) {
                timetable.joined(now);
            }
        }
    }

    /** Ends the watch by an error, which follows what was observed already. */
    private void endBy(Throwable failure) {
        if (endingBy == null) {
            endingBy = failure;
            release();
        }
    }

    private void crashed(Throwable failure) {
        if (!terminated) {
            stop();
            actual.onError(failure);
        }
    }

    private void stop() {
        terminated = true;
        release();
        fleet.clear();
    }

    private void release() {
        idsSubscriber.cancel();
        disposeTimer();
        if (tick != null) {
            tick.cancel();
            tick = null;
        }
    }

    /** Takes every id at once: what is kept of one is small, and it can be watched from then on. */
    private final class Ids extends BaseSubscriber<String> {

        @Override
        protected void hookOnNext(String id) {
            serial.execute(() -> join(id));
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
