package dev.reactiveimports;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/** Time that passes when a test says so, on the thread that says it. */
final class StressTime implements Scheduler {

    private final Queue<Timer> timers = new ConcurrentLinkedQueue<>();
    private volatile long now;

    /** So many seconds later: runs every timer that is due. */
    void advance(long seconds) {
        now += TimeUnit.SECONDS.toNanos(seconds);
        for (Timer timer : timers) {
            if (timer.at - now <= 0) {
                timer.run();
            }
        }
    }

    /** How many timers are neither run nor disposed. */
    int timers() {
        return (int) timers.stream().filter(timer -> !timer.over.get()).count();
    }

    @Override
    public long now(TimeUnit unit) {
        return unit.convert(now, TimeUnit.NANOSECONDS);
    }

    @Override
    public Disposable schedule(Runnable task) {
        return schedule(task, 0, TimeUnit.NANOSECONDS);
    }

    @Override
    public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
        Timer timer = new Timer(task, now + unit.toNanos(delay));
        timers.add(timer);
        return timer;
    }

    @Override
    public Worker createWorker() {
        throw new UnsupportedOperationException();
    }

    private static final class Timer implements Disposable {

        private final AtomicBoolean over = new AtomicBoolean();
        private final Runnable task;
        private final long at;

        Timer(Runnable task, long at) {
            this.task = task;
            this.at = at;
        }

        void run() {
            if (over.compareAndSet(false, true)) {
                task.run();
            }
        }

        @Override
        public void dispose() {
            over.set(true);
        }

        @Override
        public boolean isDisposed() {
            return over.get();
        }
    }
}
