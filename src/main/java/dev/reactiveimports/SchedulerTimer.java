package dev.reactiveimports;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Scheduler;

/** A pending task of a {@link SchedulerGuard}, and the scheduler it is waiting on. */
final class SchedulerTimer implements Runnable, Disposable {

    /** How a task is scheduled: directly or by a worker. */
    interface Place {
        Disposable schedule(Scheduler on, Runnable task, long delay, TimeUnit unit);
    }

    private final SchedulerGuard owner;
    private final Runnable task;
    private final long dueAt;
    private final Place place;
    private final Disposable.@Nullable Composite group;
    private final Disposable.Swap handle = Disposables.swap();
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile @Nullable Scheduler on;

    SchedulerTimer(SchedulerGuard owner, Runnable task, long dueAt, Place place, Disposable.@Nullable Composite group) {
        this.owner = owner;
        this.task = task;
        this.dueAt = dueAt;
        this.place = place;
        this.group = group;
    }

    void set(long delay, TimeUnit unit) {
        while (true) {
            Scheduler now = owner.current();
            on = now;
            try {
                handle.replace(place.schedule(now, this, delay, unit));
                return;
            } catch (RejectedExecutionException e) {
                if (now == owner.current()) {
                    throw new SchedulerRejection(now, e);
                }
                // the scheduler was replaced since it was looked up
            }
        }
    }

    /** Whether it is waiting on a disposed scheduler. */
    boolean isStranded() {
        Scheduler lastOn = on;
        return lastOn != null && lastOn.isDisposed() && !over.get();
    }

    void rescue() {
        try {
            if (owner.isReplaceable()) {
                set(Math.max(0, dueAt - owner.now(TimeUnit.NANOSECONDS)), TimeUnit.NANOSECONDS);
            } else {
                run();
            }
        } catch (SchedulerRejection stillDisposed) {
            run();
        }
    }

    @Override
    public void run() {
        if (end()) {
            task.run();
        }
    }

    @Override
    public void dispose() {
        if (end()) {
            handle.dispose();
        }
    }

    private boolean end() {
        boolean first = over.compareAndSet(false, true);
        if (first) {
            owner.over(this);
            if (group != null) {
                group.remove(this);
            }
        }
        return first;
    }

    @Override
    public boolean isDisposed() {
        return over.get();
    }
}
