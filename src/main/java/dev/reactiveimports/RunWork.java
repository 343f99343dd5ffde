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
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/**
 * The runs in progress of one subscription. Not thread-safe: {@link Serial} orders what touches it. A start whose failure proves
 * that the service did not take it is sent again after a pause of all starts; the others are sent once.
 */
final class RunWork implements RunUnknowns.Verdicts {

    private static final long OWN_PAUSE_MILLIS = 1_000;
    private static final long LONGEST_OWN_PAUSE_MILLIS = 30_000;

    private final RunCalls calls;
    private final RunImportsSpec spec;
    private final WatchTime time;
    private final SerialExecutor serial;
    private final Context context;
    private final RunSlots slots;
    private final RunUnknowns unknowns;
    private final RunObserved observed;
    private final Set<RunInProgress> runs = new LinkedHashSet<>();
    private final Deque<RunInProgress> waiting = new ArrayDeque<>();
    private final Deque<ImportRun> results = new ArrayDeque<>();
    private long pausedUntil = Long.MIN_VALUE;
    private boolean cleared;
    private boolean cancelled;

    /** What concerns all: nothing is sent after it. Read where a check has completed. */
    private volatile @Nullable Throwable fatal;

    RunWork(RunCalls calls, RunImportsSpec spec, WatchTime time, SerialExecutor serial, Context context) {
        this.calls = calls;
        this.spec = spec;
        this.time = time;
        this.serial = serial;
        this.context = context;
        this.slots = new RunSlots(spec.maxInProgress(), calls.listener().inContext(context));
        this.unknowns = new RunUnknowns(calls, time, serial, context, this);
        this.observed = new RunObserved(calls, spec, serial, context, this::end, this::watchFailed);
    }

    void add(StartImportRequest request) {
        RunInProgress run = new RunInProgress(request);
        runs.add(run);
        waiting.add(run);
    }

    int slots() {
        return slots.now();
    }

    /** Taken and not delivered. */
    int size() {
        return runs.size() + results.size();
    }

    boolean isEmpty() {
        return runs.isEmpty() && results.isEmpty();
    }

    @Nullable
    Throwable fatal() {
        return fatal;
    }

    @Nullable
    ImportRun result() {
        return results.poll();
    }

    /** When to come back; {@link Long#MAX_VALUE} for not before something happens. */
    long dueAt() {
        long startAt = waiting.isEmpty() || hasNoSlot() || pausedUntil <= time.now() ? Long.MAX_VALUE : pausedUntil;
        return Math.min(startAt, unknowns.dueAt());
    }

    void proceed() {
        unknowns.proceed();
        while (!waiting.isEmpty() && !hasNoSlot() && pausedUntil <= time.now()) {
            begin(waiting.remove());
        }
    }

    private boolean hasNoSlot() {
        return runs.size() - waiting.size() >= slots.now();
    }

    private void begin(RunInProgress run) {
        run.phase = STARTING;
        run.call = check(run)
                .then(Mono.defer(() -> send(run)))
                .switchIfEmpty(Mono.error(WatchOne::nothing))
                .subscribe(
                        id -> serial.execute(() -> started(run, id)),
                        failure -> serial.execute(() -> startFailed(run, failure)),
                        null,
                        context);
    }

    private Mono<Void> check(RunInProgress run) {
        var check = spec.beforeStart();
        return check == null || run.checked
                ? Mono.empty()
                : Mono.defer(() -> Flux.from(check.apply(run.request)).then());
    }

    private Mono<String> send(RunInProgress run) {
        run.checked = true;
        Throwable ending = fatal;
        return ending == null ? calls.start(run.request) : Mono.error(ending);
    }

    private void started(RunInProgress run, String id) {
        if (cleared) {
            if (cancelled) {
                observed.cancel(List.of(id));
            }
            return;
        }
        if (run.phase == STARTING) {
            slots.grow();
            observe(run, ImportOperation.of(id, ImportStatus.UNKNOWN));
        }
    }

    private void observe(RunInProgress run, ImportOperation known) {
        run.known = known;
        run.call = null;
        Throwable ending = fatal;
        if (ending != null && observed.hasFailed()) {
            end(run, ImportRun.Outcome.UNKNOWN, ending);
        } else if (observed.isBound(known.id())) {
            end(
                    run,
                    ImportRun.Outcome.UNKNOWN,
                    new ImportsProtocolException("the service gave two starts the same id", null));
        } else {
            run.phase = OBSERVED;
            observed.add(run, known.id());
        }
    }

    private void startFailed(RunInProgress run, Throwable failure) {
        if (cleared || run.phase != STARTING) {
            return;
        }
        run.call = null;
        if (!run.checked) {
            end(run, ImportRun.Outcome.REFUSED, failure);
        } else if (failure instanceof ImportOutcomeUnknownException unknown) {
            unknown(run, unknown);
        } else if (failure == fatal) {
            end(run, ImportRun.Outcome.REFUSED, failure);
        } else if (calls.isClosed() || concernsAll(failure)) {
            endBy(failure);
            end(run, ImportRun.Outcome.REFUSED, failure);
        } else if (fatal == null && waits(run, failure)) {
            run.phase = RunInProgress.Phase.WAITING;
            waiting.addFirst(run);
        } else {
            end(run, ImportRun.Outcome.REFUSED, calls.named(failure, run.request));
        }
    }

    private void unknown(RunInProgress run, ImportOutcomeUnknownException failure) {
        if (calls.isClosed()) {
            end(run, ImportRun.Outcome.UNKNOWN, failure);
        } else {
            run.phase = UNKNOWN;
            unknowns.add(run, failure);
        }
    }

    /** What is not the service's word on one request is a word on all of them: the key cannot be had, say. */
    private static boolean concernsAll(Throwable failure) {
        if (failure instanceof ImportsApiException rejection) {
            int status = rejection.statusCode();
            return status == 401 || status == 402 || status == 403;
        }
        return !(failure instanceof ImportsException);
    }

    /** Whether a start that was surely not taken is sent again, after a pause for all. */
    private boolean waits(RunInProgress run, Throwable failure) {
        if (!ImportsRetry.isTransient(failure)) {
            return false;
        }
        long wait = OWN_PAUSE_MILLIS;
        if (failure instanceof ImportsApiException rejection) {
            wait = rejection.retryAfter() == null
                    ? wait
                    : Math.max(1, rejection.retryAfter().toMillis());
        } else {
            if (++run.unsent > spec.pollSpecOr(calls.defaults()).maxFailures()) {
                return false;
            }
            wait = Math.min(LONGEST_OWN_PAUSE_MILLIS, OWN_PAUSE_MILLIS << Math.min(run.unsent, 5));
        }
        long now = time.now();
        if (pausedUntil <= now) {
            // once for each pause, however many starts find that out together
            slots.halve();
        }
        pausedUntil = Math.max(pausedUntil, now + wait);
        return true;
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
            List.copyOf(waiting).forEach(run -> end(run, ImportRun.Outcome.REFUSED, failure));
            waiting.clear();
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
            Disposable call = run.call;
            if (call != null) {
                call.dispose();
            }
        });
        runs.clear();
        waiting.clear();
        results.clear();
    }
}
