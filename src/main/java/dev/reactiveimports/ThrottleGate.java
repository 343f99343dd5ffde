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
 * The gate that every attempt of a client passes before it is sent. While it is open, passing costs a volatile read. A
 * throttling response closes it for a while, and calls queue in FIFO order. Once reopened it lets them through one by one,
 * at a {@link ThrottlePace} that only another throttling response slows down: no call waits for the response to another one,
 * so a call that hangs or is cancelled delays no other. Another throttling response closes the gate again and halves the
 * pace up to which it accelerates quickly, unless the service accepted nothing since the gate reopened: that is an outage,
 * which reveals nothing about the pace, and the longer it lasts the more of the known pace is forgotten.
 *
 * <p>No call waits longer than the limit. A call whose turn is not expected within it fails at once, and a queued call fails
 * when its turn moves beyond its deadline. So at most {@value ThrottlePace#OPEN} calls wait for each second of the limit.
 * The queue is ordered by deadline, and its first call always has its turn before its deadline: so there is one timer, for
 * the next turn, while calls wait, and none otherwise.
 */
final class ThrottleGate {

    private static final Logger LOG = Loggers.getLogger(ThrottleGate.class);
    private static final Duration MAX_PAUSE = Duration.ofDays(1);

    /** A timer that is late by this much was lost together with a disposed scheduler. */
    private static final long LOST_TIMER = TimeUnit.SECONDS.toNanos(1);

    private final Scheduler scheduler;
    private final long limit;
    private final ImportsListener listener;

    private volatile boolean open = true;
    private volatile int closings;
    private volatile boolean accepted;

    // guards the fields below and every change of open; no foreign code but the scheduler is called while it is held
    private final Object lock = new Object();
    private final TreeSet<ThrottleTurn> waiting = new TreeSet<>();
    private final ThrottleTimetable times;
    private @Nullable ImportsApiException lastRejection;
    private @Nullable Disposable timer;
    private long timerAt;
    private int ticket;
    private long arrivals;

    /**
     * Creates an open gate.
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

    /** The deadline of an attempt that begins now, however often it has to queue. */
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

    /**
     * The same for a call that passed before and was {@link HeldBack}: after its deadline it fails even if the gate is open.
     */
    Mono<Void> again(long deadline) {
        return Mono.create(caller -> enter(caller, deadline));
    }

    /**
     * How often it was closed, so that a call that passed and then waited for something else knows whether it has to pass
     * again.
     */
    int closings() {
        return closings;
    }

    /** The number of calls that wait. */
    int waiting() {
        synchronized (lock) {
            return waiting.size();
        }
    }

    /** Records that the service accepted a request. */
    void accepted() {
        if (!open) {
            accepted = true;
        }
    }

    /**
     * Closes the gate for a while from now, or extends the time for which it is closed.
     *
     * @param rejection the failure of calls that cannot wait
     * @param context of the call that was rejected
     * @return whether it was closed or the time was extended
     */
    boolean throttled(Duration pause, ImportsApiException rejection, ContextView context) {
        long length = Math.max(0, (pause.compareTo(MAX_PAUSE) > 0 ? MAX_PAUSE : pause).toNanos());
        boolean closes;
        List<Runnable> ends = new ArrayList<>(0);
        synchronized (lock) {
            long now = now();
            lastRejection = rejection;
            if (!times.isClosed(now)) {
                // responses to requests that were in flight when it closed arrive while it is closed, and count once
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
        ImportsListener bound = closes && length > 0 ? listener.inContext(context) : ImportsListener.NONE;
        if (bound != ImportsListener.NONE) {
            bound.onThrottle(Duration.ofNanos(length));
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
            // not disposed, which could interrupt this very thread while it runs the caller's code
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
     * Fails the calls whose turn would be too late, and schedules a timer for the first of the others.
     *
     * @param ends collects what is to be run once the lock is released
     */
    private void settle(long now, List<Runnable> ends) {
        int late = 0;
        while (!waiting.isEmpty() && times.nextAt() - waiting.first().deadline() > 0) {
            // calls that failed before it in this loop count too, so that the waits they report are spread out
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
        ImportsApiException rejection = requireNonNull(lastRejection);
        // in whole milliseconds, rounded up
        Duration wait = Duration.ofMillis(TimeUnit.NANOSECONDS.toMillis(times.turnOf(before, now) - now) + 1);
        return () -> caller.error(ThrottleNotSent.throttled(rejection, wait));
    }

    private static void run(List<Runnable> ends) {
        for (Runnable end : ends) {
            try {
                end.run();
            } catch (Throwable thrown) {
                LOG.warn(
                        "A subscriber threw an exception when its call passed the throttle gate; the other calls are not affected.",
                        thrown);
            }
        }
    }

    private long now() {
        return scheduler.now(TimeUnit.NANOSECONDS);
    }

    /**
     * Signals that a call passed, but was not sent before the gate was closed: it has to pass again, without a failed
     * attempt.
     */
    static final class HeldBack extends RuntimeException {

        private static final long serialVersionUID = 1L;

        HeldBack() {
            super("The service throttled other calls before this one was sent.", null, false, false);
        }
    }
}
