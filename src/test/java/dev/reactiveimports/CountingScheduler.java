package dev.reactiveimports;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Scheduler;
import reactor.test.scheduler.VirtualTimeScheduler;

/** Virtual time that knows how many timers are neither run nor disposed. */
final class CountingScheduler implements Scheduler {

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final AtomicInteger timers = new AtomicInteger();
    private final AtomicInteger scheduled = new AtomicInteger();
    private final AtomicInteger mostTimers = new AtomicInteger();

    int timers() {
        return timers.get();
    }

    /** How often anything was scheduled. */
    int scheduled() {
        return scheduled.get();
    }

    int mostTimers() {
        return mostTimers.get();
    }

    void advance(Duration by) {
        time.advanceTimeBy(by);
    }

    /** Virtual milliseconds since the beginning. */
    long millis() {
        return now(TimeUnit.MILLISECONDS);
    }

    @Override
    public Disposable schedule(Runnable task) {
        return schedule(task, 0, TimeUnit.NANOSECONDS);
    }

    @Override
    public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
        scheduled.incrementAndGet();
        AtomicBoolean over = new AtomicBoolean();
        mostTimers.accumulateAndGet(timers.incrementAndGet(), Math::max);
        Runnable end = () -> {
            if (over.compareAndSet(false, true)) {
                timers.decrementAndGet();
            }
        };
        Disposable scheduled = time.schedule(
                () -> {
                    end.run();
                    task.run();
                },
                delay,
                unit);
        return Disposables.composite(scheduled, end::run);
    }

    @Override
    public Worker createWorker() {
        return time.createWorker();
    }

    @Override
    public long now(TimeUnit unit) {
        return time.now(unit);
    }

    @Override
    public void dispose() {
        time.dispose();
    }
}
