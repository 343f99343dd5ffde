package dev.reactiveimports;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.publisher.Operators;

/**
 * One subscription of a pipeline of runs: demand, the source, the end. No more requests are taken and not delivered than there
 * are slots, nor than there is demand: so a result always has its demand.
 */
final class RunSubscription extends SerialSubscription<ImportRun> {

    private final Publisher<StartImportRequest> requests;
    private final RunCalls calls;
    private final WatchTime time;
    private final RunWork work;
    private final RunSource source;

    // the rest belongs to the serial
    private boolean subscribed;
    private boolean sourceEnded;
    private @Nullable Throwable sourceFailure;
    private @Nullable Disposable closed;

    /** How many requests the source owes. */
    private long asked;

    RunSubscription(
            CoreSubscriber<? super ImportRun> actual,
            Publisher<StartImportRequest> requests,
            RunImportsSpec spec,
            RunCalls calls) {
        super(actual, calls.scheduler());
        this.requests = requests;
        this.calls = calls;
        this.time = new WatchTime(calls.scheduler());
        this.work = new RunWork(calls, spec, time, serial, actual.currentContext());
        this.source = new RunSource(actual.currentContext(), this::arrived, this::sourceEnded);
    }

    private void arrived(StartImportRequest request) {
        serial.execute(() -> {
            if (isTerminated() || sourceEnded) {
                Operators.onNextDropped(request, actual.currentContext());
            } else if (asked == 0) {
                source.cancel();
                endOfSource(new IllegalStateException("the source of requests emitted more than was requested"));
            } else {
                asked--;
                work.add(request);
            }
        });
    }

    private void sourceEnded(@Nullable Throwable failure) {
        serial.execute(() -> {
            if (failure != null && (isTerminated() || sourceEnded)) {
                Operators.onErrorDropped(failure, actual.currentContext());
            } else {
                endOfSource(failure);
            }
        });
    }

    private void endOfSource(@Nullable Throwable failure) {
        if (!sourceEnded) {
            sourceEnded = true;
            sourceFailure = failure;
            asked = 0;
        }
    }

    @Override
    void advance() {
        deliver(work::result);
        if (isCancelled()) {
            work.cancelled();
            stop();
            return;
        }
        if (work.fatal() != null) {
            source.cancel();
            endOfSource(null);
        }
        if (sourceEnded && work.isEmpty()) {
            terminate(work.fatal() != null ? work.fatal() : sourceFailure);
            return;
        }
        if (demand() > 0 && !sourceEnded) {
            ask();
        }
        work.proceed();
        if (work.hasResult()) {
            serial.wake(); // what ended without a call is delivered at once
        }
        wakeAt(work.dueAt(), time.now());
    }

    private void ask() {
        if (!subscribed) {
            subscribed = true;
            closed = calls.closed().subscribe(null, failure -> serial.execute(() -> work.closed(failure)));
            requests.subscribe(source);
        }
        long free = Math.min(demand(), work.slots()) - asked - work.size();
        if (free > 0) {
            asked += free;
            source.request(free);
        }
    }

    @Override
    void timerRejected(Throwable failure) {
        work.closed(failure);
    }

    @Override
    void release() {
        source.cancel();
        if (closed != null) {
            closed.dispose();
        }
        work.clear();
    }
}
