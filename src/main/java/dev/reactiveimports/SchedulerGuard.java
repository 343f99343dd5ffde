package dev.reactiveimports;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.Logger;
import reactor.util.Loggers;

/**
 * The clock and the timers of calls, on a scheduler that belongs to somebody else. Reactor's parallel one is looked up at each
 * use, since any component may replace or shut it down. A scheduler drops its timers silently when it is disposed; so while
 * some are pending, it is looked at once a second by a timer of the JDK: on the default one they are then set again, on a
 * caller's they run at once, and whoever waited finds that there is no time left to wait in.
 */
final class SchedulerGuard implements Scheduler {

    private static final Logger LOG = Loggers.getLogger(SchedulerGuard.class);
    private static final long LOOK_EVERY_MILLIS = 1000;

    private static final SchedulerGuard DEFAULT = new SchedulerGuard(Schedulers::parallel, true);

    private final Supplier<Scheduler> current;
    private final boolean replaceable;
    private final Set<SchedulerTimer> pending = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean watched = new AtomicBoolean();
    private volatile @Nullable Clock clock;

    private SchedulerGuard(Supplier<Scheduler> current, boolean replaceable) {
        this.current = current;
        this.replaceable = replaceable;
    }

    /** Reactor's parallel scheduler, whichever that is when it is needed. */
    static SchedulerGuard ofDefault() {
        return DEFAULT;
    }

    /**
     * A caller's scheduler, which is tried.
     *
     * @throws IllegalArgumentException if it cannot schedule with a delay
     */
    static SchedulerGuard of(Scheduler scheduler) {
        requireNonNull(scheduler, "scheduler");
        if (scheduler instanceof SchedulerGuard || scheduler == Schedulers.parallel()) {
            return unchecked(scheduler);
        }
        try {
            scheduler.schedule(() -> {}, 1, TimeUnit.DAYS).dispose();
        } catch (RejectedExecutionException | UnsupportedOperationException e) {
            boolean timeless =
                    e instanceof UnsupportedOperationException || e == Exceptions.failWithRejectedNotTimeCapable();
            if (timeless) {
                throw new IllegalArgumentException(
                        "scheduler must be capable of time-based scheduling, " + scheduler + " is not", e);
            }
            LOG.debug("{} takes no timers now: calls will fail", scheduler, e);
        }
        return unchecked(scheduler);
    }

    /** A scheduler that was tried before. */
    static SchedulerGuard unchecked(Scheduler scheduler) {
        if (scheduler instanceof SchedulerGuard ours) {
            return ours;
        }
        return scheduler == Schedulers.parallel() ? DEFAULT : new SchedulerGuard(() -> scheduler, false);
    }

    /** A wait, which fails when its scheduler is disposed meanwhile. */
    Mono<Long> delay(Duration wait) {
        return Mono.delay(wait, this).handle((tick, sink) -> {
            if (isDisposed()) {
                sink.error(new SchedulerRejection(this, null));
            } else {
                sink.next(tick);
            }
        });
    }

    @Override
    public Disposable schedule(Runnable task) {
        return schedule(task, 0, TimeUnit.NANOSECONDS);
    }

    @Override
    public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
        return set(new SchedulerTimer(this, task, dueIn(delay, unit), Scheduler::schedule, null), delay, unit);
    }

    @Override
    public Worker createWorker() {
        return new SteadyWorker();
    }

    private long dueIn(long delay, TimeUnit unit) {
        return now(TimeUnit.NANOSECONDS) + unit.toNanos(delay);
    }

    private Disposable set(SchedulerTimer timer, long delay, TimeUnit unit) {
        pending.add(timer);
        try {
            timer.set(delay, unit);
        } catch (RuntimeException e) {
            timer.dispose();
            throw e;
        }
        watch();
        return timer;
    }

    Scheduler current() {
        return current.get();
    }

    boolean isReplaceable() {
        return replaceable;
    }

    void over(SchedulerTimer timer) {
        pending.remove(timer);
    }

    /** Above a millisecond it may be the wall clock, which is shown; below, it goes on where that of the one before stood. */
    @Override
    public long now(TimeUnit unit) {
        Scheduler now = current();
        if (!replaceable || unit.compareTo(TimeUnit.MILLISECONDS) >= 0) {
            return now.now(unit);
        }
        Clock seen = clock;
        return unit.convert((seen == null || seen.of != now ? replaceClock(now) : seen).nanos(), TimeUnit.NANOSECONDS);
    }

    private synchronized Clock replaceClock(Scheduler by) {
        Clock before = clock;
        if (before == null || before.of != by) {
            long ahead = before == null ? 0 : before.nanos() - by.now(TimeUnit.NANOSECONDS);
            before = new Clock(by, ahead);
            clock = before;
        }
        return before;
    }

    @Override
    public boolean isDisposed() {
        return current().isDisposed();
    }

    /** Not ours to dispose. */
    @Override
    public void dispose() {}

    @Override
    public String toString() {
        return current().toString();
    }

    private void watch() {
        if (!watched.get() && watched.compareAndSet(false, true)) {
            CompletableFuture.delayedExecutor(LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS, Runnable::run)
                    .execute(this::look);
        }
    }

    private void look() {
        for (SchedulerTimer timer : pending) {
            if (timer.isStranded()) {
                // the JDK's thread of timers is for all
                ForkJoinPool.commonPool().execute(timer::rescue);
            }
        }
        watched.set(false);
        if (!pending.isEmpty()) {
            watch();
        }
    }

    /** One worker after another: the next when the scheduler of the last one is disposed. */
    private final class SteadyWorker implements Worker {

        private final Disposable.Composite timers = Disposables.composite();
        private @Nullable Scheduler of;
        private @Nullable Worker worker;

        @Override
        public Disposable schedule(Runnable task) {
            return schedule(task, 0, TimeUnit.NANOSECONDS);
        }

        @Override
        public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
            SchedulerTimer.Place place = (on, timer, left, in) -> workerOf(on).schedule(timer, left, in);
            SchedulerTimer timer = new SchedulerTimer(SchedulerGuard.this, task, dueIn(delay, unit), place, timers);
            if (!timers.add(timer)) {
                throw Exceptions.failWithRejected();
            }
            return set(timer, delay, unit);
        }

        private synchronized Worker workerOf(Scheduler on) {
            if (worker == null || of != on) {
                of = on;
                worker = on.createWorker();
                timers.add(worker);
            }
            return worker;
        }

        @Override
        public void dispose() {
            timers.dispose();
        }

        @Override
        public boolean isDisposed() {
            return timers.isDisposed();
        }
    }

    /** A clock, and how far the one before was ahead of it when it took over. */
    private record Clock(Scheduler of, long ahead) {

        long nanos() {
            return of.now(TimeUnit.NANOSECONDS) + ahead;
        }
    }
}
