package dev.reactiveimports.shared;

import java.util.concurrent.TimeUnit;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/**
 * Runs the timers of a watch only while the lease is held by this process's clock: a process that was paused past its lease wakes
 * up with polls that are due, and must not make them. What is not run needs no end of its own: the whole watch is cancelled.
 */
final class PollerScheduler implements Scheduler {

    private final Scheduler scheduler;
    private final SharedLease lease;

    PollerScheduler(Scheduler scheduler, SharedLease lease) {
        this.scheduler = scheduler;
        this.lease = lease;
    }

    private Runnable whileHeld(Runnable task) {
        return () -> {
            if (!lease.isOver()) {
                task.run();
            }
        };
    }

    @Override
    public Disposable schedule(Runnable task) {
        return scheduler.schedule(whileHeld(task));
    }

    @Override
    public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
        return scheduler.schedule(whileHeld(task), delay, unit);
    }

    @Override
    public Worker createWorker() {
        Worker worker = scheduler.createWorker();
        return new Worker() {
            @Override
            public Disposable schedule(Runnable task) {
                return worker.schedule(whileHeld(task));
            }

            @Override
            public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
                return worker.schedule(whileHeld(task), delay, unit);
            }

            @Override
            public void dispose() {
                worker.dispose();
            }

            @Override
            public boolean isDisposed() {
                return worker.isDisposed();
            }
        };
    }

    @Override
    public long now(TimeUnit unit) {
        return scheduler.now(unit);
    }

    @Override
    public boolean isDisposed() {
        return scheduler.isDisposed();
    }

    /** No effect: it is the caller's. */
    @Override
    public void dispose() {}

    @Override
    public String toString() {
        return scheduler.toString();
    }
}
