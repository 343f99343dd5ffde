package dev.reactiveimports;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Scheduler;
import reactor.util.context.ContextView;

/**
 * Where every attempt of a client passes before it is sent. Open, it costs a volatile read. When the service asks for
 * fewer requests it closes for a while, and callers queue, first come, first served. Reopening lets one of them through
 * as a probe, then the others one by one, at a pace that doubles every second; a new refusal closes it again, and the
 * pace then doubles only up to half of the one that was refused and creeps on from there. Above
 * {@value #OPEN_PACE} calls a second it is open again.
 *
 * <p>There is one timer while someone waits, and none otherwise.
 */
final class ThrottleGate {

    /** Calls a second right after reopening. */
    static final double FIRST_PACE = 4;

    static final double OPEN_PACE = 1000;

    /** By how much the pace grows in a second once it is near the one that was refused. */
    private static final double CREEP = 1.1;

    private static final Duration MAX_PAUSE = Duration.ofDays(1);
    private static final double SECOND = 1e9;

    private final Scheduler scheduler;
    private final @Nullable ImportsListener listener;
    private final Mono<Void> queue = Mono.create(this::enter);
    private final Mono<Void> pass = Mono.defer(this::openOrQueue);

    private volatile boolean open = true;
    private volatile int closings;

    // all below, and every change of open, under this lock; nobody is called while it is held, but for the scheduler
    private final Object lock = new Object();
    private final LinkedHashSet<MonoSink<Void>> waiting = new LinkedHashSet<>();
    private long closedUntil;
    private long nextAt;
    private double knee = OPEN_PACE;
    private @Nullable Disposable timer;
    private long timerAt;
    private int ticket;
    private long lastReading;
    private long setBack;

    ThrottleGate(Scheduler scheduler, @Nullable ImportsListener listener) {
        this.scheduler = scheduler;
        this.listener = SafeListener.of(listener);
        this.lastReading = scheduler.now(TimeUnit.NANOSECONDS);
    }

    Scheduler scheduler() {
        return scheduler;
    }

    /** Completes when the caller may send: at once on its own thread while open, later on the scheduler's otherwise. */
    Mono<Void> pass() {
        return pass;
    }

    /** How often it was closed. Who passed and then had to wait for something else can tell whether to come back. */
    int closings() {
        return closings;
    }

    /**
     * Closes for a while from now, or for longer if it is closed already.
     *
     * @param context of the call that was refused
     */
    void throttled(Duration pause, ContextView context) {
        long length = Math.max(0, (pause.compareTo(MAX_PAUSE) > 0 ? MAX_PAUSE : pause).toNanos());
        Runnable then = ThrottleGate::nothing;
        synchronized (lock) {
            long now = now();
            if (now >= closedUntil) {
                // answers to requests that were under way when it closed come while it is closed: one refusal, not many
                knee = open ? OPEN_PACE : Math.max(FIRST_PACE, pace(now) / 2);
            }
            if (open || now + length > closedUntil) {
                open = false;
                closings++;
                closedUntil = now + length;
                nextAt = closedUntil;
                then = arm(now);
            } else {
                length = 0;
            }
        }
        then.run();
        ImportsListener told = length > 0 ? SafeListener.of(listener, context) : null;
        if (told != null) {
            told.onThrottle(Duration.ofNanos(length));
        }
    }

    private Mono<Void> openOrQueue() {
        return open ? Mono.empty() : queue;
    }

    private void enter(MonoSink<Void> caller) {
        Runnable then;
        synchronized (lock) {
            long now = now();
            if (waiting.isEmpty() && now >= nextAt) {
                grant(now);
                then = caller::success;
            } else {
                waiting.add(caller);
                then = arm(now);
            }
        }
        then.run();
        caller.onCancel(() -> leave(caller));
    }

    private void leave(MonoSink<Void> caller) {
        synchronized (lock) {
            if (waiting.remove(caller) && waiting.isEmpty()) {
                disarm();
            }
        }
    }

    private void tick(int myTicket) {
        MonoSink<Void> first = null;
        Runnable then;
        synchronized (lock) {
            if (myTicket != ticket) {
                return;
            }
            // dropped, not disposed: that could interrupt this very thread in the middle of the caller's work
            timer = null;
            long now = now();
            if (now >= nextAt) {
                first = waiting.iterator().next();
                waiting.remove(first);
                grant(now);
            }
            then = arm(now);
        }
        then.run();
        if (first != null) {
            first.success();
        }
    }

    private void grant(long now) {
        double pace = pace(now);
        nextAt = now + (long) (SECOND / pace);
        open = pace >= OPEN_PACE && waiting.isEmpty();
    }

    /** Calls a second, by the time since it reopened. */
    private double pace(long now) {
        double seconds = (now - closedUntil) / SECOND;
        double kneeAt = Math.log(knee / FIRST_PACE) / Math.log(2);
        double pace = seconds < kneeAt ? FIRST_PACE * Math.pow(2, seconds) : knee * Math.pow(CREEP, seconds - kneeAt);
        return Math.min(OPEN_PACE, pace);
    }

    /** Sees to it that there is a timer for the first in the queue, and none for an empty one. */
    private Runnable arm(long now) {
        if (waiting.isEmpty() || (timer != null && timerAt == nextAt)) {
            return ThrottleGate::nothing;
        }
        disarm();
        int myTicket = ticket;
        timerAt = nextAt;
        try {
            timer = scheduler.schedule(() -> tick(myTicket), Math.max(0, nextAt - now), TimeUnit.NANOSECONDS);
            return ThrottleGate::nothing;
        } catch (RejectedExecutionException disposed) {
            List<MonoSink<Void>> stranded = new ArrayList<>(waiting);
            waiting.clear();
            return () -> stranded.forEach(caller -> caller.error(disposed));
        }
    }

    private static void nothing() {}

    private void disarm() {
        ticket++;
        if (timer != null) {
            timer.dispose();
            timer = null;
        }
    }

    /** The scheduler's clock, but never backwards: it may be the machine's, and a queue must not wait for it to catch up. */
    private long now() {
        long reading = scheduler.now(TimeUnit.NANOSECONDS);
        setBack += Math.max(0, lastReading - reading);
        lastReading = reading;
        return reading + setBack;
    }

    /** Of a call that passed, but was not sent before the gate was closed: it has to pass again, and nothing has failed. */
    static final class HeldBack extends RuntimeException {

        private static final long serialVersionUID = 1L;

        HeldBack() {
            super("the service asked for fewer requests meanwhile", null, false, false);
        }
    }
}
