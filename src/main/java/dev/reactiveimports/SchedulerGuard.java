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
 * The clock and the timers of calls, on a scheduler that the library does not own. Reactor's parallel scheduler is looked up
 * at each use, since any component may replace or dispose it. A disposed scheduler drops its timers silently; so while
 * timers are pending, a timer of the JDK checks the scheduler once a second: those of the default scheduler are then
 * scheduled again, those of a caller's run at once, and the code they wake finds the scheduler disposed.
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

    /** Reactor's parallel scheduler, looked up when it is needed. */
    static SchedulerGuard ofDefault() {
        return DEFAULT;
    }

    /**
     * A caller's scheduler, which is checked.
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
                        "scheduler must be capable of time-based scheduling, but " + scheduler + " is not", e);
            }
            LOG.debug("The scheduler {} rejects timers, so calls will fail.", scheduler, e);
        }
        return unchecked(scheduler);
    }

    /** A scheduler that was checked before. */
    static SchedulerGuard unchecked(Scheduler scheduler) {
        if (scheduler instanceof SchedulerGuard guard) {
            return guard;
        }
        return scheduler == Schedulers.parallel() ? DEFAULT : new SchedulerGuard(() -> scheduler, false);
    }

    /** A delay that fails when the scheduler is disposed meanwhile. */
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

    /**
     * Units of a millisecond and above read the scheduler's wall clock; finer ones continue where the clock of a replaced
     * scheduler stood.
     */
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

    /** No effect: the scheduler belongs to the caller or to Reactor. */
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
                // the JDK's timer thread is shared and must not run tasks
                ForkJoinPool.commonPool().execute(timer::rescue);
            }
        }
        watched.set(false);
        if (!pending.isEmpty()) {
            watch();
        }
    }

    /** A worker that is replaced together with its scheduler. */
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

    /** A clock, and how far its predecessor was ahead when it took over. */
    private record Clock(Scheduler of, long ahead) {

        long nanos() {
            return of.now(TimeUnit.NANOSECONDS) + ahead;
        }
    }
}
