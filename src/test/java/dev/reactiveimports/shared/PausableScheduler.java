package dev.reactiveimports.shared;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Scheduler;

/** The threads of one process: while it is stopped, as by SIGSTOP, nothing runs, and time goes on. */
final class PausableScheduler implements Scheduler {

    private final Scheduler time;
    private final List<Task> waiting = new ArrayList<>();
    private boolean paused;
    private boolean dead;

    PausableScheduler(Scheduler time) {
        this.time = time;
    }

    void pause() {
        paused = true;
    }

    /** What is due meanwhile runs now, in any order: threads race. */
    void resume(java.util.Random order) {
        paused = false;
        List<Task> due = new ArrayList<>(waiting);
        waiting.clear();
        java.util.Collections.shuffle(due, order);
        due.forEach(task -> time.schedule(task));
    }

    /** As by SIGKILL. */
    void kill() {
        dead = true;
        waiting.clear();
    }

    boolean isRunning() {
        return !paused && !dead;
    }

    boolean isDead() {
        return dead;
    }

    private final class Task implements Runnable, Disposable {

        private final Runnable body;
        private boolean disposed;

        Task(Runnable body) {
            this.body = body;
        }

        @Override
        public void run() {
            if (disposed || dead) {
                return;
            }
            if (paused) {
                waiting.add(this);
            } else {
                disposed = true;
                body.run();
            }
        }

        @Override
        public void dispose() {
            disposed = true;
        }

        @Override
        public boolean isDisposed() {
            return disposed;
        }
    }

    @Override
    public Disposable schedule(Runnable body) {
        return schedule(body, 0, TimeUnit.NANOSECONDS);
    }

    @Override
    public Disposable schedule(Runnable body, long delay, TimeUnit unit) {
        Task task = new Task(body);
        return Disposables.composite(task, time.schedule(task, delay, unit));
    }

    @Override
    public long now(TimeUnit unit) {
        return time.now(unit);
    }

    @Override
    public Worker createWorker() {
        Disposable.Composite tasks = Disposables.composite();
        return new Worker() {
            @Override
            public Disposable schedule(Runnable body) {
                return schedule(body, 0, TimeUnit.NANOSECONDS);
            }

            @Override
            public Disposable schedule(Runnable body, long delay, TimeUnit unit) {
                Disposable.Swap own = Disposables.swap();
                own.update(PausableScheduler.this.schedule(
                        () -> {
                            tasks.remove(own);
                            body.run();
                        },
                        delay,
                        unit));
                tasks.add(own);
                return own;
            }

            @Override
            public void dispose() {
                tasks.dispose();
            }

            @Override
            public boolean isDisposed() {
                return tasks.isDisposed();
            }
        };
    }
}
