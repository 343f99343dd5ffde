package dev.reactiveimports;

import static dev.reactiveimports.RunInProgress.Phase.ENDED;
import static dev.reactiveimports.RunInProgress.Phase.OBSERVED;
import static dev.reactiveimports.RunInProgress.Phase.STARTING;
import static dev.reactiveimports.RunInProgress.Phase.UNKNOWN;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.util.context.Context;

/** The runs of one subscription from their arrival to their outcome. Not thread-safe: {@link SerialExecutor} orders it. */
final class RunWork implements RunStarts.Outcomes, RunUnknowns.Verdicts {

    private final RunCalls calls;
    private final RunImportsSpec spec;
    private final RunStarts starts;
    private final RunUnknowns unknowns;
    private final RunObserved observed;
    private final Set<RunInProgress> runs = new LinkedHashSet<>();
    private final Deque<ImportRun> results = new ArrayDeque<>();
    private boolean cleared;
    private boolean cancelled;
    private @Nullable Throwable fatal;

    RunWork(RunCalls calls, RunImportsSpec spec, WatchTime time, SerialExecutor serial, Context context) {
        this.calls = calls;
        this.spec = spec;
        this.starts = new RunStarts(calls, spec, time, serial, context, this);
        this.unknowns = new RunUnknowns(calls, time, serial, context, this);
        this.observed = new RunObserved(calls, spec, serial, context, this::end, this::watchFailed);
    }

    void add(StartImportRequest request) {
        RunInProgress run = new RunInProgress(request);
        runs.add(run);
        starts.add(run);
    }

    int slots() {
        return starts.slots();
    }

    /** Taken and not delivered. */
    int size() {
        return runs.size() + results.size();
    }

    boolean isEmpty() {
        return size() == 0;
    }

    /** What concerns all: nothing is sent after it. */
    @Nullable
    Throwable fatal() {
        return fatal;
    }

    boolean hasResult() {
        return !results.isEmpty();
    }

    @Nullable
    ImportRun result() {
        return results.poll();
    }

    /** When to come back; {@link Long#MAX_VALUE} for not before something happens. */
    long dueAt() {
        return Math.min(starts.dueAt(runs.size()), unknowns.dueAt());
    }

    void proceed() {
        unknowns.proceed();
        starts.proceed(runs.size());
    }

    @Override
    public void started(RunInProgress run, String id) {
        if (!cleared && run.phase == STARTING) {
            observe(run, ImportOperation.of(id, ImportStatus.UNKNOWN));
        } else if (cleared && cancelled) {
            observed.cancel(List.of(id));
        }
    }

    private void observe(RunInProgress run, ImportOperation known) {
        run.known = known;
        Throwable ending = fatal;
        if (ending != null && observed.hasFailed()) {
            end(run, ImportRun.Outcome.UNKNOWN, ending);
        } else if (observed.isBound(known.id())) {
            Throwable twice = new ImportsProtocolException("the service gave two starts the same id", null);
            end(run, ImportRun.Outcome.UNKNOWN, calls.named(twice, run.request));
        } else {
            run.phase = OBSERVED;
            observed.add(run, known.id());
        }
    }

    @Override
    public void unknown(RunInProgress run, ImportOutcomeUnknownException failure) {
        if (calls.isClosed()) {
            end(run, ImportRun.Outcome.UNKNOWN, failure);
        } else {
            run.phase = UNKNOWN;
            unknowns.add(run, failure);
        }
    }

    @Override
    public void refused(RunInProgress run, Throwable failure) {
        end(run, ImportRun.Outcome.REFUSED, failure);
    }

    @Override
    public void concernsAll(RunInProgress run, Throwable failure) {
        endBy(failure);
        end(run, ImportRun.Outcome.REFUSED, failure);
    }

    private void watchFailed(Throwable failure) {
        if (!cleared) {
            endBy(failure);
            observed.abandon(run -> end(run, ImportRun.Outcome.UNKNOWN, failure));
        }
    }

    /** The client has closed: nothing comes any more. */
    void closed(Throwable failure) {
        if (!cleared) {
            endBy(failure);
            unknowns.giveUp();
            observed.abandon(run -> end(run, ImportRun.Outcome.UNKNOWN, failure));
        }
    }

    private void endBy(Throwable failure) {
        if (fatal == null) {
            fatal = failure;
            starts.stop(failure);
        }
    }

    private void end(RunInProgress run, ImportRun.Outcome outcome, Throwable failure) {
        end(run, new ImportRun(run.request, outcome, run.known, failure));
    }

    private void end(RunInProgress run, ImportRun result) {
        run.phase = ENDED;
        if (runs.remove(run)) {
            results.add(result);
        }
    }

    @Override
    public Set<String> boundIds() {
        return observed.boundIds();
    }

    @Override
    public boolean isBound(String id) {
        return observed.isBound(id);
    }

    @Override
    public boolean isStarting(String uri) {
        return runs.stream()
                .anyMatch(run -> run.phase == STARTING && run.request.uri().equals(uri));
    }

    @Override
    public void found(RunInProgress run, ImportOperation started) {
        observe(run, started);
    }

    @Override
    public void notFound(RunInProgress run, ImportOutcomeUnknownException failure) {
        end(run, ImportRun.Outcome.UNKNOWN, failure);
    }

    /** The subscriber has gone. */
    void cancelled() {
        cancelled = spec.cancelsOnCancel();
        if (cancelled) {
            observed.cancel(observed.ids());
        }
    }

    void clear() {
        cleared = true;
        observed.clear();
        unknowns.clear();
        runs.forEach(run -> {
            run.phase = ENDED;
            Disposable call = run.call;
            if (call != null) {
                call.dispose();
            }
        });
        runs.clear();
        results.clear();
    }
}
