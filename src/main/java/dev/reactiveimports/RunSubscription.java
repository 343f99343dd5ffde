package dev.reactiveimports;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.publisher.Operators;

/**
 * One subscription of a pipeline of runs: demand, the source, the timer, the end. Every event becomes a task of the
 * {@link Serial}, whose last step, {@link #advance}, does what is to be done next. No more requests are taken and not delivered
 * than there are slots, nor than there is demand: so a result always has its demand.
 */
final class RunSubscription implements Subscription {

    private static final AtomicLongFieldUpdater<RunSubscription> DEMAND =
            AtomicLongFieldUpdater.newUpdater(RunSubscription.class, "demand");

    private final CoreSubscriber<? super ImportRun> actual;
    private final Publisher<StartImportRequest> requests;
    private final RunCalls calls;
    private final WatchTime time;
    private final SerialExecutor serial = new SerialExecutor(this::advance, this::crashed, this::stop);
    private final RunWork work;
    private final RunSource source;

    private volatile long demand;
    private volatile boolean cancelled;

    // the rest belongs to the serial
    private boolean subscribed;
    private boolean terminated;
    private boolean sourceEnded;
    private @Nullable Throwable sourceFailure;
    private @Nullable Disposable closed;
    private @Nullable Disposable timer;
    private long timerAt;

    /** How many requests the source owes. */
    private long asked;

    RunSubscription(
            CoreSubscriber<? super ImportRun> actual,
            Publisher<StartImportRequest> requests,
            RunImportsSpec spec,
            RunCalls calls) {
        this.actual = actual;
        this.requests = requests;
        this.calls = calls;
        this.time = new WatchTime(calls.scheduler());
        this.work = new RunWork(calls, spec, time, serial, actual.currentContext());
        this.source = new RunSource(actual.currentContext(), this::arrived, this::sourceEnded);
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

    private void arrived(StartImportRequest request) {
        serial.execute(() -> {
            if (terminated) {
                return;
            }
            if (asked == 0) {
                source.cancel();
                endOfSource(new IllegalStateException("the source of requests emitted more than was requested"));
            } else if (!sourceEnded) {
                asked--;
                work.add(request);
            }
        });
    }

    private void sourceEnded(@Nullable Throwable failure) {
        serial.execute(() -> endOfSource(failure));
    }

    private void endOfSource(@Nullable Throwable failure) {
        if (!sourceEnded) {
            sourceEnded = true;
            sourceFailure = failure;
            asked = 0;
        }
    }

    private void advance() {
        if (terminated) {
            return;
        }
        deliver();
        if (cancelled) {
            work.cancelled();
            stop();
            return;
        }
        if (work.fatal() != null) {
            source.cancel();
            endOfSource(null);
        }
        if (sourceEnded && work.isEmpty()) {
            terminate();
        } else if (demand > 0 && !sourceEnded) {
            ask();
        }
        if (!terminated) {
            work.proceed();
            if (work.hasResult()) {
                serial.wake(); // what ended without a call is delivered at once
            }
            wakeAt(work.dueAt());
        }
    }

    private void deliver() {
        long delivered = 0;
        for (ImportRun next = work.result(); next != null && !cancelled; next = work.result()) {
            delivered++;
            actual.onNext(next);
        }
        if (delivered > 0) {
            Operators.produced(DEMAND, this, delivered);
        }
    }

    private void ask() {
        if (!subscribed) {
            subscribed = true;
            closed = calls.closed().subscribe(null, failure -> serial.execute(() -> work.closed(failure)));
            requests.subscribe(source);
        }
        long free = Math.min(demand, work.slots()) - asked - work.size();
        if (free > 0) {
            asked += free;
            source.request(free);
        }
    }

    private void terminate() {
        Throwable failure = work.fatal() != null ? work.fatal() : sourceFailure;
        stop();
        if (failure == null) {
            actual.onComplete();
        } else {
            actual.onError(failure);
        }
    }

    private void wakeAt(long when) {
        if (timer != null && timerAt == when) {
            return;
        }
        disposeTimer();
        if (when == Long.MAX_VALUE) {
            return;
        }
        timerAt = when;
        try {
            timer = calls.scheduler()
                    .schedule(
                            () -> serial.execute(this::disposeTimer),
                            Math.max(1, when - time.now()),
                            TimeUnit.MILLISECONDS);
        } catch (java.util.concurrent.RejectedExecutionException rejected) {
            serial.execute(() -> work.closed(rejected));
        }
    }

    private void disposeTimer() {
        if (timer != null) {
            timer.dispose();
            timer = null;
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
        source.cancel();
        disposeTimer();
        if (closed != null) {
            closed.dispose();
        }
        work.clear();
    }
}
