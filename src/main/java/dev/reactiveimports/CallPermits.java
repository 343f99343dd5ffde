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
 * Limits concurrent exchanges to the connections of the pool. Further calls queue here in FIFO order, where a cancelled call
 * leaves at once; in the pool's own queue it would stay until its turn, and then acquire a connection only to close it.
 * Taking a free permit costs one CAS and no lock.
 */
final class CallPermits {

    private static final Logger LOG = Loggers.getLogger(CallPermits.class);

    private final Duration longestWait;
    private final Scheduler scheduler;
    private final IntSupplier closings;

    /**
     * Negative while calls are queued; changes below zero are made under the lock, so that the value agrees with the queue.
     */
    private final AtomicInteger free;

    private volatile boolean closed;

    // guards the fields below; no foreign code is called while it is held
    private final Object lock = new Object();
    private final LinkedHashMap<Place, MonoSink<Void>> waiting = new LinkedHashMap<>();
    private final Queue<MonoSink<Void>> granted = new ArrayDeque<>();
    private boolean granting;

    /**
     * Creates permits for calls that passed the throttle gate.
     *
     * @param closings counts how often the gate was closed
     */
    CallPermits(int permits, Duration longestWait, Scheduler scheduler, IntSupplier closings) {
        this.free = new AtomicInteger(permits);
        this.closings = closings;
        this.longestWait = longestWait;
        this.scheduler = scheduler;
    }

    /**
     * One permit for each connection of the pool, so that the pool's own queue stays empty except while a connection is
     * being closed.
     */
    static CallPermits ofPool(ThrottleGate gate) {
        return new CallPermits(HttpClients.MAX_CONNECTIONS, HttpClients.ACQUIRE, gate.scheduler(), gate::closings);
    }

    /** For a caller's pool, whose size is unknown: no call waits for a permit. */
    static CallPermits unlimited(ThrottleGate gate) {
        return new CallPermits(Integer.MAX_VALUE, Duration.ZERO, gate.scheduler(), gate::closings);
    }

    Scheduler scheduler() {
        return scheduler;
    }

    /** How often the gate was closed so far. Callers read it when they pass the gate, for {@link #holding}. */
    int closings() {
        return closings.getAsInt();
    }

    /**
     * Subscribes to the exchange once it holds a permit, which is released before the end is signalled. Fails like an
     * exhausted pool if that takes too long, and with {@link ThrottleGate.HeldBack} if the gate was closed while the call
     * waited for a permit or for its key: it must not be sent after the service throttled others.
     *
     * @param passedAt the value of {@link #closings} when the caller passed the gate
     */
    <T> Mono<T> holding(Mono<T> exchange, int passedAt) {
        Mono<T> unlessThrottled =
                Mono.defer(() -> closings() == passedAt ? exchange : Mono.error(new ThrottleGate.HeldBack()));
        return Mono.using(
                this::take,
                place -> place.atOnce
                        ? leavingOnThrow(unlessThrottled, place)
                        : leavingOnThrow(queue(place).then(leavingOnThrow(unlessThrottled, place)), place),
                this::leave);
    }

    /**
     * Reactor rethrows fatal JVM errors to the subscribing thread, past every cleanup: even those must not leak a permit.
     */
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

    /** Grants no more permits: the calls that wait are about to be ended by the client's close. */
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
        // in a loop: calls that end as soon as they begin would otherwise recurse
        for (MonoSink<Void> next = nextGranted(); next != null; next = nextGranted()) {
            try {
                next.success();
            } catch (Throwable thrown) {
                LOG.warn(
                        "A subscriber threw an exception when its call obtained a connection permit; the other calls are not affected.",
                        thrown);
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

    /** One call's place, and whether the call has left. A map key by identity, like every atomic. */
    private static final class Place extends AtomicBoolean {

        private static final long serialVersionUID = 1L;

        private final boolean atOnce;
        private boolean holds;

        Place(boolean atOnce) {
            this.atOnce = atOnce;
        }
    }
}
