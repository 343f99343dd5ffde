package dev.reactiveimports;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Scheduler;
import reactor.util.Logger;
import reactor.util.Loggers;
import reactor.util.context.ContextView;

/**
 * Where every attempt of a client passes before it is sent. Open, it costs a volatile read. When the service asks for
 * fewer requests it closes for a while, and callers queue, first come, first served. Reopening lets one of them through,
 * then the others one by one, at a {@link ThrottlePace} that nothing but a new refusal slows down: none of them waits for the
 * response to another's request, so one that hangs or is cancelled holds up nobody. A refusal closes it again, and halves the
 * pace that is reached quickly, unless nothing was accepted since it reopened: that is an outage, which says nothing about a
 * pace, and the longer it lasts the less is left of what was known before.
 *
 * <p>Nobody waits for longer than the limit. A call whose turn is not expected within it fails at once, and one that waits
 * already does when its turn recedes beyond its deadline. So at most {@value ThrottlePace#OPEN} calls wait for each second of
 * the limit. The first in the queue always has its turn before its deadline, and the queue is in the order of deadlines: so
 * there is one timer, for the next turn, while someone waits, and none otherwise.
 */
final class ThrottleGate {

    private static final Logger LOG = Loggers.getLogger(ThrottleGate.class);
    private static final Duration MAX_PAUSE = Duration.ofDays(1);

    /** A timer that is late by this much was lost, with the scheduler that had it. */
    private static final long LOST_TIMER = TimeUnit.SECONDS.toNanos(1);

    private final Scheduler scheduler;
    private final long limit;
    private final ImportsListener listener;

    private volatile boolean open = true;
    private volatile int closings;
    private volatile boolean accepted;

    // all below, and every change of open, under this lock; nobody is called while it is held, but for the scheduler
    private final Object lock = new Object();
    private final TreeSet<ThrottleTurn> waiting = new TreeSet<>();
    private final ThrottleTimetable times;
    private @Nullable ImportsApiException lastRefusal;
    private @Nullable Disposable timer;
    private long timerAt;
    private int ticket;
    private long arrivals;

    /**
     * An open gate.
     *
     * @param longestWait how long a call may wait for its turn
     */
    ThrottleGate(Scheduler scheduler, Duration longestWait, ImportsListener listener) {
        this.scheduler = scheduler;
        this.limit = longestWait.toNanos();
        this.listener = ListenerGuard.of(listener);
        this.times = new ThrottleTimetable(now());
    }

    Scheduler scheduler() {
        return scheduler;
    }

    /** Until when an attempt that begins now may wait for its turn, whether once or again and again. */
    long deadline() {
        return now() + limit;
    }

    /**
     * Completes when the caller may send: at once on its own thread while open, later on the scheduler's otherwise. Fails
     * with {@link ThrottleNotSent} when it may not.
     */
    Mono<Void> pass(long deadline) {
        return Mono.defer(() -> open ? Mono.empty() : again(deadline));
    }

    /** The same for a call that has passed before, and was {@link HeldBack}: even an open gate is closed after the deadline. */
    Mono<Void> again(long deadline) {
        return Mono.create(caller -> enter(caller, deadline));
    }

    /** How often it was closed. Who passed and then had to wait for something else can tell whether to come back. */
    int closings() {
        return closings;
    }

    /** How many calls wait. */
    int waiting() {
        synchronized (lock) {
            return waiting.size();
        }
    }

    /** The service took a request. */
    void accepted() {
        if (!open) {
            accepted = true;
        }
    }

    /**
     * Closes for a while from now, or for longer if it is closed already.
     *
     * @param refusal what those who cannot wait fail with
     * @param context of the call that was rejected
     * @return whether it closed, or for longer
     */
    boolean throttled(Duration pause, ImportsApiException refusal, ContextView context) {
        long length = Math.max(0, (pause.compareTo(MAX_PAUSE) > 0 ? MAX_PAUSE : pause).toNanos());
        boolean closes;
        List<Runnable> ends = new ArrayList<>(0);
        synchronized (lock) {
            long now = now();
            lastRefusal = refusal;
            if (!times.isClosed(now)) {
                // responses to requests that were under way when it closed come while it is closed: one refusal, not
                // many
                learn(now);
            }
            closes = open || times.closesLater(now + length);
            if (closes) {
                open = false;
                closings++;
                times.close(now + length);
            }
            settle(now, ends);
        }
        run(ends);
        ImportsListener told = closes && length > 0 ? listener.inContext(context) : ImportsListener.NONE;
        if (told != ImportsListener.NONE) {
            told.onThrottle(Duration.ofNanos(length));
        }
        return closes;
    }

    private void learn(long now) {
        if (open) {
            times.forgetPace();
        } else if (accepted) {
            times.halvePace(now);
        } else {
            times.doublePace();
        }
        accepted = false;
    }

    private void enter(MonoSink<Void> caller, long deadline) {
        ThrottleTurn turn;
        boolean passes = false;
        List<Runnable> ends = new ArrayList<>(0);
        synchronized (lock) {
            long now = now();
            turn = new ThrottleTurn(caller, deadline, arrivals++);
            if (deadline - now < 0 || (!open && isTooLate(deadline, now))) {
                ends.add(tooLate(caller, waiting.size(), now));
            } else if (open) {
                passes = true;
            } else if (waiting.isEmpty() && now - times.nextAt() >= 0) {
                passes = true;
                open = times.grant(now);
            } else {
                waiting.add(turn);
                if (timer != null && now - timerAt > LOST_TIMER) {
                    disarm();
                }
                settle(now, ends);
            }
        }
        run(ends);
        if (passes) {
            caller.success();
        }
        caller.onCancel(() -> leave(turn));
    }

    private boolean isTooLate(long deadline, long now) {
        return times.nextAt() - deadline > 0 || times.turnOf(waiting.size(), now) - now > limit;
    }

    private void leave(ThrottleTurn turn) {
        synchronized (lock) {
            if (waiting.remove(turn) && waiting.isEmpty()) {
                disarm();
            }
        }
    }

    private void tick(int myTicket) {
        List<Runnable> ends = new ArrayList<>(1);
        synchronized (lock) {
            if (myTicket != ticket) {
                return;
            }
            // dropped, not disposed: that could interrupt this very thread in the middle of the caller's work
            timer = null;
            long now = now();
            while (!waiting.isEmpty() && now - times.nextAt() >= 0) {
                ends.add(requireNonNull(waiting.pollFirst()).caller()::success);
                open = times.grant(now) && waiting.isEmpty();
            }
            settle(now, ends);
        }
        run(ends);
    }

    /**
     * Lets those go whose turn comes too late, and sees to it that there is a timer for the first of the others.
     *
     * @param ends gathers what is to be run once the lock is released
     */
    private void settle(long now, List<Runnable> ends) {
        int late = 0;
        while (!waiting.isEmpty() && times.nextAt() - waiting.first().deadline() > 0) {
            // those before it in this loop still count: callers that come back when they were told to are spread out
            ends.add(tooLate(requireNonNull(waiting.pollFirst()).caller(), late++, now));
        }
        if (waiting.isEmpty()) {
            disarm();
        } else if (timer == null || timerAt != times.nextAt()) {
            disarm();
            arm(now, ends);
        }
    }

    private void arm(long now, List<Runnable> ends) {
        int myTicket = ticket;
        timerAt = times.nextAt();
        try {
            timer = scheduler.schedule(() -> tick(myTicket), Math.max(0, timerAt - now), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException disposed) {
            for (ThrottleTurn turn : waiting) {
                ends.add(() -> turn.caller().error(ThrottleNotSent.disposed(disposed)));
            }
            waiting.clear();
        }
    }

    private void disarm() {
        ticket++;
        if (timer != null) {
            timer.dispose();
            timer = null;
        }
    }

    private Runnable tooLate(MonoSink<Void> caller, int before, long now) {
        ImportsApiException refusal = requireNonNull(lastRefusal);
        // in whole milliseconds, and never too early
        Duration wait = Duration.ofMillis(TimeUnit.NANOSECONDS.toMillis(times.turnOf(before, now) - now) + 1);
        return () -> caller.error(ThrottleNotSent.throttled(refusal, wait));
    }

    private static void run(List<Runnable> ends) {
        for (Runnable end : ends) {
            try {
                end.run();
            } catch (Throwable theirs) {
                LOG.warn("a call threw when its turn came; the others have theirs all the same", theirs);
            }
        }
    }

    private long now() {
        return scheduler.now(TimeUnit.NANOSECONDS);
    }

    /** Of a call that passed, but was not sent before the gate was closed: it has to pass again, and nothing has failed. */
    static final class HeldBack extends RuntimeException {

        private static final long serialVersionUID = 1L;

        HeldBack() {
            super("the service asked for fewer requests meanwhile", null, false, false);
        }
    }
}
