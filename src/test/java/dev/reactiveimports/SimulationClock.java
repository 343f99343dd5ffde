package dev.reactiveimports;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/**
 * Virtual time of one world, for one thread: events in the order of their times, those of the same time as they came. The
 * client's timers are counted apart from the world's own events.
 */
final class SimulationClock {

    private static final long EPOCH = TimeUnit.SECONDS.toNanos(1_767_225_600L);

    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final List<Throwable> thrown = new ArrayList<>();
    private final Scheduler client = new Timers();
    private long now;
    private long wallShift;
    private long sequence;
    private int clientTimers;
    private int ran;

    /** The scheduler for the client's builder. */
    Scheduler client() {
        return client;
    }

    /** Milliseconds since the world began. */
    long millis() {
        return now / 1_000_000;
    }

    /** When that was, as the client's clock shows it. */
    static long epochMillis(long millis) {
        return EPOCH / 1_000_000 + millis;
    }

    /** Sets the client's wall clock; its monotonic one goes on. */
    void setWallClockBy(long millis) {
        wallShift += TimeUnit.MILLISECONDS.toNanos(millis);
    }

    boolean isWallClockRight() {
        return wallShift == 0;
    }

    int clientTimers() {
        return clientTimers;
    }

    int eventsRun() {
        return ran;
    }

    /** What events threw at the clock. */
    List<Throwable> thrown() {
        return thrown;
    }

    /** An event of the world itself. */
    void after(long millis, Runnable task) {
        add(task, millis * 1_000_000, false);
    }

    void at(long millis, Runnable task) {
        after(Math.max(0, millis - millis()), task);
    }

    /** Runs what is due until then; false if there were more events than that. */
    boolean run(long untilMillis, int maxEvents) {
        long until = untilMillis * 1_000_000;
        for (Event next = events.peek(); next != null && next.at <= until; next = events.peek()) {
            events.poll();
            if (next.over) {
                continue;
            }
            now = next.at;
            next.end();
            if (++ran > maxEvents) {
                return false;
            }
            try {
                next.task.run();
            } catch (RuntimeException | Error e) {
                thrown.add(e);
            }
        }
        now = Math.max(now, until);
        return true;
    }

    private Event add(Runnable task, long delayNanos, boolean ofClient) {
        Event event = new Event(task, now + Math.max(0, delayNanos), sequence++, ofClient);
        clientTimers += ofClient ? 1 : 0;
        events.add(event);
        return event;
    }

    private final class Event implements Comparable<Event>, Disposable {

        private final Runnable task;
        private final long at;
        private final long order;
        private final boolean ofClient;
        private boolean over;

        Event(Runnable task, long at, long order, boolean ofClient) {
            this.task = task;
            this.at = at;
            this.order = order;
            this.ofClient = ofClient;
        }

        private void end() {
            if (!over) {
                over = true;
                clientTimers -= ofClient ? 1 : 0;
            }
        }

        @Override
        public void dispose() {
            end();
        }

        @Override
        public boolean isDisposed() {
            return over;
        }

        @Override
        public int compareTo(Event other) {
            return at == other.at ? Long.compare(order, other.order) : Long.compare(at, other.at);
        }
    }

    private final class Timers implements Scheduler {

        @Override
        public Disposable schedule(Runnable task) {
            return add(task, 0, true);
        }

        @Override
        public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
            return add(task, unit.toNanos(delay), true);
        }

        @Override
        public long now(TimeUnit unit) {
            boolean isWall = unit.compareTo(TimeUnit.MILLISECONDS) >= 0;
            return unit.convert(EPOCH + now + (isWall ? wallShift : 0), TimeUnit.NANOSECONDS);
        }

        @Override
        public Worker createWorker() {
            return new Worker() {
                private boolean disposed;

                @Override
                public Disposable schedule(Runnable task) {
                    return schedule(task, 0, TimeUnit.NANOSECONDS);
                }

                @Override
                public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
                    return add(() -> runUnlessDisposed(task), unit.toNanos(delay), true);
                }

                private void runUnlessDisposed(Runnable task) {
                    if (!disposed) {
                        task.run();
                    }
                }

                @Override
                public void dispose() {
                    disposed = true;
                }
            };
        }
    }
}
