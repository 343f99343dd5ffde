package dev.reactiveimports;

import static dev.reactiveimports.RunInProgress.Phase.STARTING;
import static dev.reactiveimports.RunInProgress.Phase.WAITING;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.Logger;
import reactor.util.Loggers;
import reactor.util.context.Context;

/**
 * Checks and sends the starts of one pipeline. A start that the service surely did not take is sent again, after a pause of all
 * starts; every other one is sent once. Not thread-safe: what touches it runs on the {@link SerialExecutor}.
 */
final class RunStarts {

    /** What becomes of a start. */
    interface Outcomes {

        void started(RunInProgress run, String id);

        void unknown(RunInProgress run, ImportOutcomeUnknownException failure);

        void refused(RunInProgress run, Throwable failure);

        /** The failure concerns every start: none is to follow. */
        void concernsAll(RunInProgress run, Throwable failure);
    }

    private static final Logger LOG = Loggers.getLogger(RunMany.class);
    private static final long OWN_PAUSE_MILLIS = 1_000;
    private static final long LONGEST_OWN_PAUSE_MILLIS = 30_000;

    /** Longer than that a pipeline does not pause: its callers would take it for dead. */
    private static final Duration LONGEST_PAUSE = Duration.ofHours(1);

    /** Fewer than a client has connections, so that polls need not queue behind a burst of starts. */
    private static final int MOST_SENDING = 32;

    private final RunCalls calls;
    private final RunImportsSpec spec;
    private final WatchTime time;
    private final SerialExecutor serial;
    private final Context context;
    private final Outcomes outcomes;
    private final RunSlots slots;
    private final Deque<RunInProgress> waiting = new ArrayDeque<>();
    private long pausedUntil = Long.MIN_VALUE;
    private int sending;
    private @Nullable Throwable stoppedBy;

    RunStarts(
            RunCalls calls,
            RunImportsSpec spec,
            WatchTime time,
            SerialExecutor serial,
            Context context,
            Outcomes outcomes) {
        this.calls = calls;
        this.spec = spec;
        this.time = time;
        this.serial = serial;
        this.context = context;
        this.outcomes = outcomes;
        this.slots = new RunSlots(spec.maxInProgress(), calls.listener().inContext(context));
    }

    int slots() {
        return slots.now();
    }

    void add(RunInProgress run) {
        waiting.add(run);
    }

    /**
     * When to come back; {@link Long#MAX_VALUE} for not before something happens.
     *
     * @param all how many runs have no outcome, the waiting ones included
     */
    long dueAt(int all) {
        return next(all) == null || pausedUntil <= time.now() ? Long.MAX_VALUE : pausedUntil;
    }

    /** Begins what may begin. */
    void proceed(int all) {
        for (RunInProgress run = next(all); run != null && pausedUntil <= time.now(); run = next(all)) {
            waiting.remove();
            run.phase = STARTING;
            if (run.checked) {
                send(run);
            } else {
                check(run);
            }
        }
    }

    private @Nullable RunInProgress next(int all) {
        RunInProgress first = waiting.peek();
        boolean hasSlot = all - waiting.size() < slots.now();
        return first != null && hasSlot && !(first.checked && sending >= MOST_SENDING) ? first : null;
    }

    private void check(RunInProgress run) {
        var check = spec.beforeStart();
        if (check == null) {
            passed(run);
            return;
        }
        run.call = Flux.defer(() -> Flux.from(check.apply(run.request)))
                .subscribe(
                        null,
                        failure -> serial.execute(() -> rejected(run, failure)),
                        () -> serial.execute(() -> passed(run)),
                        context);
    }

    /** It is the next to be sent, unless all starts pause or enough are being sent. */
    private void passed(RunInProgress run) {
        if (run.phase != STARTING) {
            return;
        }
        run.call = null;
        run.checked = true;
        if (stoppedBy != null) {
            outcomes.refused(run, stoppedBy);
        } else {
            run.phase = WAITING;
            waiting.addFirst(run);
        }
    }

    private void rejected(RunInProgress run, Throwable failure) {
        if (run.phase == STARTING) {
            run.call = null;
            outcomes.refused(run, failure);
        }
    }

    private void send(RunInProgress run) {
        sending++;
        run.call = calls.start(run.request)
                .switchIfEmpty(Mono.error(WatchOne::nothing))
                .subscribe(
                        id -> serial.execute(() -> sent(run, () -> started(run, id))),
                        failure -> serial.execute(() -> sent(run, () -> failed(run, failure))),
                        null,
                        context);
    }

    private void sent(RunInProgress run, Runnable then) {
        sending--;
        run.call = null;
        then.run();
    }

    private void started(RunInProgress run, String id) {
        slots.grow();
        outcomes.started(run, id);
    }

    private void failed(RunInProgress run, Throwable failure) {
        if (run.phase != STARTING) {
            return;
        }
        if (failure instanceof ImportOutcomeUnknownException unknown) {
            outcomes.unknown(run, unknown);
        } else if (calls.isClosed() || concernsAll(failure)) {
            outcomes.concernsAll(run, failure);
        } else if (stoppedBy == null && pausesFor(run, failure)) {
            run.phase = WAITING;
            waiting.addFirst(run);
        } else {
            outcomes.refused(run, calls.named(failure, run.request));
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
    private boolean pausesFor(RunInProgress run, Throwable failure) {
        if (!ImportsRetry.isTransient(failure)) {
            return false;
        }
        long wait;
        if (failure instanceof ImportsApiException rejection) {
            Duration asked = rejection.retryAfter();
            if (asked != null && asked.compareTo(LONGEST_PAUSE) > 0) {
                return false;
            }
            wait = asked == null ? OWN_PAUSE_MILLIS : Math.max(1, asked.toMillis());
        } else {
            if (++run.unsent > spec.pollSpecOr(calls.defaults()).maxFailures()) {
                return false;
            }
            wait = Math.min(LONGEST_OWN_PAUSE_MILLIS, OWN_PAUSE_MILLIS << Math.min(run.unsent, 5));
        }
        pause(wait, failure);
        return true;
    }

    private void pause(long wait, Throwable failure) {
        long now = time.now();
        if (pausedUntil <= now) {
            // once for each pause, however many starts find that out together
            slots.halve();
            LOG.debug("starts pause for {} ms after: {}; imports in progress at once: {}", wait, failure, slots.now());
        }
        pausedUntil = Math.max(pausedUntil, now + wait);
    }

    /** Nothing more is sent: what waits is refused. */
    void stop(Throwable reason) {
        stoppedBy = reason;
        List<RunInProgress> left = List.copyOf(waiting);
        waiting.clear();
        left.forEach(run -> outcomes.refused(run, reason));
    }
}
