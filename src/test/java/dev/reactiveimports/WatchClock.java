package dev.reactiveimports;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Scheduler;
import reactor.test.scheduler.VirtualTimeScheduler;

/** Virtual time that knows how many timers are pending, and whose wall clock may be set, as Reactor's own may be. */
final class WatchClock implements Scheduler {

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final AtomicInteger timers = new AtomicInteger();
    private final AtomicInteger scheduled = new AtomicInteger();
    private final AtomicLong shift = new AtomicLong();

    void forward(Duration duration) {
        time.advanceTimeBy(duration);
    }

    void setForwardBy(Duration duration) {
        shift.addAndGet(duration.toMillis());
    }

    int timers() {
        return timers.get();
    }

    /** How many timers there were altogether. */
    int scheduled() {
        return scheduled.get();
    }

    long millis() {
        return time.now(TimeUnit.MILLISECONDS);
    }

    long seconds() {
        return time.now(TimeUnit.SECONDS);
    }

    @Override
    public Disposable schedule(Runnable task) {
        return time.schedule(task);
    }

    @Override
    public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
        timers.incrementAndGet();
        scheduled.incrementAndGet();
        Disposable.Swap swap = Disposables.swap();
        Disposable once = Disposables.composite(swap, timers::decrementAndGet);
        swap.update(time.schedule(
                () -> {
                    once.dispose();
                    task.run();
                },
                delay,
                unit));
        return once;
    }

    @Override
    public long now(TimeUnit unit) {
        boolean monotonic = unit.compareTo(TimeUnit.MILLISECONDS) < 0;
        return time.now(unit) + (monotonic ? 0 : unit.convert(shift.get(), TimeUnit.MILLISECONDS));
    }

    @Override
    public Worker createWorker() {
        return time.createWorker();
    }
}
