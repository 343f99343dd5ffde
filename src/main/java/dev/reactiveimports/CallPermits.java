package dev.reactiveimports;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoOperator;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Scheduler;
import reactor.util.Logger;
import reactor.util.Loggers;

/**
 * Who may ask the connection pool: as many exchanges at once as it has connections. The others queue here, first come,
 * first served, since here a call that is cancelled leaves at once. In the pool's own queue it would stay until its turn
 * came, and then take a connection only to close it. A free permit costs one CAS and no lock.
 */
final class CallPermits {

    private static final Logger LOG = Loggers.getLogger(CallPermits.class);

    private final Duration longestWait;
    private final Scheduler scheduler;
    private final IntSupplier closings;

    /** Steps to below zero, there, and back up to zero are made under the lock, so that it agrees with the queue. */
    private final AtomicInteger free;

    private volatile boolean closed;

    // all below under this lock; nobody is called while it is held
    private final Object lock = new Object();
    private final LinkedHashMap<Place, MonoSink<Void>> waiting = new LinkedHashMap<>();
    private final Queue<MonoSink<Void>> granted = new ArrayDeque<>();
    private boolean granting;

    /**
     * Permits for calls that passed a gate.
     *
     * @param closings how often the gate was closed
     */
    CallPermits(int permits, Duration longestWait, Scheduler scheduler, IntSupplier closings) {
        this.free = new AtomicInteger(permits);
        this.closings = closings;
        this.longestWait = longestWait;
        this.scheduler = scheduler;
    }

    /** One for each connection of the pool, so that its own queue is empty but for the moment in which one is closed. */
    static CallPermits ofPool(ThrottleGate gate) {
        return new CallPermits(HttpClients.MAX_CONNECTIONS, HttpClients.ACQUIRE, gate.scheduler(), gate::closings);
    }

    /** For a pool that is not ours to count: nobody ever waits. */
    static CallPermits unlimited(ThrottleGate gate) {
        return new CallPermits(Integer.MAX_VALUE, Duration.ZERO, gate.scheduler(), gate::closings);
    }

    Scheduler scheduler() {
        return scheduler;
    }

    /** How often the gate was closed so far. Who passes it remembers that, for {@link #holding}. */
    int closings() {
        return closings.getAsInt();
    }

    /**
     * The exchange, begun once there is a permit for it, which is free again before its end is signalled. Fails as an
     * exhausted pool does if that takes too long, and with {@link ThrottleGate.HeldBack} if the gate was closed meanwhile: who
     * passed it and then waited, here or for its key, is not to be sent because those before were refused.
     *
     * @param passedAt the closings when the caller passed the gate
     */
    <T> Mono<T> holding(Mono<T> exchange, int passedAt) {
        Mono<T> stillWelcome =
                Mono.defer(() -> closings() == passedAt ? exchange : Mono.error(new ThrottleGate.HeldBack()));
        return Mono.using(
                this::take,
                place -> place.atOnce
                        ? leavingOnThrow(stillWelcome, place)
                        : leavingOnThrow(queue(place).then(leavingOnThrow(stillWelcome, place)), place),
                this::leave);
    }

    /** Reactor throws errors of the JVM at whoever subscribes, past every cleanup: even those must not cost a permit. */
    private <T> Mono<T> leavingOnThrow(Mono<T> source, Place place) {
        return new MonoOperator<T, T>(source) {
            @Override
            public void subscribe(CoreSubscriber<? super T> actual) {
                try {
                    source.subscribe(actual);
                } catch (Throwable fatal) {
                    leave(place);
                    throw fatal;
                }
            }
        };
    }

    /** Lets nobody in from now on: those who wait are about to be ended by whoever closes. */
    void close() {
        closed = true;
    }

    /** How many are free; below zero, how many wait. */
    int free() {
        return free.get();
    }

    private Mono<Void> queue(Place place) {
        return Mono.<Void>create(caller -> enter(place, caller))
                .timeout(
                        longestWait,
                        Mono.error(() -> SchedulerRejection.unlessDisposed(
                                scheduler, () -> HttpFailures.noConnectionWithin(longestWait))),
                        scheduler);
    }

    private Place take() {
        for (int now = free.get(); now > 0; now = free.get()) {
            if (free.compareAndSet(now, now - 1)) {
                return new Place(true);
            }
        }
        return new Place(false);
    }

    private void enter(Place place, MonoSink<Void> caller) {
        synchronized (lock) {
            if (place.get()) {
                return;
            }
            place.holds = free.getAndDecrement() > 0;
            if (!place.holds) {
                waiting.put(place, caller);
                return;
            }
        }
        caller.success();
    }

    private void leave(Place place) {
        if (place.getAndSet(true)) {
            return;
        }
        if (!place.atOnce) {
            synchronized (lock) {
                if (waiting.remove(place) != null) {
                    free.getAndIncrement();
                }
                if (!place.holds) {
                    return;
                }
            }
        }
        giveBack();
    }

    private void giveBack() {
        for (int now = free.get(); now >= 0; now = free.get()) {
            if (free.compareAndSet(now, now + 1)) {
                return;
            }
        }
        if (closed) {
            return;
        }
        synchronized (lock) {
            if (free.getAndIncrement() < 0) {
                grant(waiting.entrySet().iterator());
            }
            if (granting) {
                return;
            }
            granting = true;
        }
        // one after the other: calls that end as soon as they begin would pile up on this stack
        for (MonoSink<Void> next = nextGranted(); next != null; next = nextGranted()) {
            try {
                next.success();
            } catch (Throwable theirs) {
                LOG.warn("a call threw when it got its connection; the others get theirs all the same", theirs);
            }
        }
    }

    private void grant(Iterator<Map.Entry<Place, MonoSink<Void>>> first) {
        Map.Entry<Place, MonoSink<Void>> next = first.next();
        next.getKey().holds = true;
        granted.add(next.getValue());
        first.remove();
    }

    private @Nullable MonoSink<Void> nextGranted() {
        synchronized (lock) {
            MonoSink<Void> next = granted.poll();
            granting = next != null;
            return next;
        }
    }

    /** One call's, and whether that has left. By identity, as atomics are: it is a key. */
    private static final class Place extends AtomicBoolean {

        private static final long serialVersionUID = 1L;

        private final boolean atOnce;
        private boolean holds;

        Place(boolean atOnce) {
            this.atOnce = atOnce;
        }
    }
}
