package dev.reactiveimports;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** A client, its service, the network between them and the client's subscribers, all of one seed and in virtual time. */
final class SimulationWorld {

    private static final int MAX_EVENTS = 2_000_000;

    final long seed;
    final SimulationDice dice;
    final SimulationClock clock = new SimulationClock();
    final SimulationLog log = new SimulationLog(clock);
    final SimulationService service;
    final SimulationWeather weather;
    final SimulationWire wire;
    final List<SimulationSubscriber> subscribers = new ArrayList<>();
    final List<SimulationRunner> runners = new ArrayList<>();
    final SimulationDice jitter;

    ReactiveImportsApi api;
    Duration attemptTimeout = Duration.ofSeconds(10);
    ImportsRetry retry;
    int maxRetries = 3;
    /** When the weather is clear and every subscriber demands all there is. */
    long clear;
    /** How long after that everything must have come to its end. */
    long recovery;

    long closedAt = -1;
    /** The checks of a world that has some of its own. */
    Consumer<SimulationWorld> atEnd = SimulationInvariants::check;

    SimulationWorld(long seed) {
        this.seed = seed;
        this.dice = new SimulationDice(seed);
        this.service = new SimulationService(dice.split());
        this.weather = new SimulationWeather(dice.split());
        this.wire = new SimulationWire(clock, service, weather, log);
        this.jitter = dice.split();
        this.retry = ImportsRetry.ofDefaults().random(jitter::unit);
        this.api = build();
    }

    private ReactiveImportsApi build() {
        return new DefaultBuilder("https://index.example.org", Mono.just("key"))
                .scheduler(clock.client())
                .attemptTimeout(attemptTimeout)
                .retry(retry)
                .build(wire);
    }

    /** Builds the client anew, with settings that changed. */
    void rebuild() {
        api = build();
    }

    boolean neverThrottled() {
        return weather.throttled == 0;
    }

    SimulationSubscriber subscriber(SimulationSubscriber.Kind kind, String target, SimulationSubscriber.Demand demand) {
        SimulationSubscriber one = new SimulationSubscriber(this, "s" + (subscribers.size() + 1), kind, target, demand);
        subscribers.add(one);
        return one;
    }

    /** Subscribes now to a call that needs no more than its target. */
    void subscribe(SimulationSubscriber one, Publisher<?> call) {
        Flux.from(call).cast(Object.class).subscribe(one);
    }

    /** Ids that come one by one. */
    Sinks.Many<String> ids() {
        return Sinks.many().unicast().onBackpressureBuffer();
    }

    void join(SimulationSubscriber one, Sinks.Many<String> ids, String id, long at) {
        clock.at(at, () -> {
            log.add(one.name, "is to watch " + id);
            one.joined.putIfAbsent(id, clock.millis());
            ids.tryEmitNext(id);
        });
    }

    void completeIds(SimulationSubscriber one, Sinks.Many<String> ids, long at) {
        clock.at(at, () -> {
            one.idsCompleted = true;
            ids.tryEmitComplete();
        });
    }

    /** Subscribes to a watch of many at a time, all ids given at once. */
    SimulationSubscriber watchMany(
            List<String> ids, SimulationPace pace, SimulationSubscriber.Demand demand, long at, boolean completes) {
        return watchMany(ids, pace, demand, at, completes ? List.of() : null);
    }

    /**
     * The same, with imports that join when there is time after they were created.
     *
     * @param later null if there will always come more
     */
    SimulationSubscriber watchMany(
            List<String> ids,
            SimulationPace pace,
            SimulationSubscriber.Demand demand,
            long at,
            @Nullable List<SimulationImport> later) {
        SimulationSubscriber one = subscriber(SimulationSubscriber.Kind.WATCH_MANY, "", demand);
        one.pace = pace;
        one.spec = pace.spec(this);
        Sinks.Many<String> source = ids();
        ids.forEach(id -> join(one, source, id, at));
        if (later != null) {
            long last = at;
            for (SimulationImport joining : later) {
                long when = Math.max(at, joining.createdAt) + dice.between(0L, clear / 2);
                join(one, source, joining.id, when);
                last = Math.max(last, when);
            }
            completeIds(one, source, last);
        }
        clock.at(at, () -> subscribe(one, api.watchImports(source.asFlux(), one.spec)));
        return one;
    }

    SimulationSubscriber watchIndex(SimulationPace pace, SimulationSubscriber.Demand demand, long at) {
        SimulationSubscriber one = subscriber(SimulationSubscriber.Kind.WATCH_INDEX, "", demand);
        one.pace = pace;
        one.spec = pace.spec(this);
        clock.at(at, () -> subscribe(one, api.watchIndex(one.spec)));
        return one;
    }

    void closeAt(long at) {
        clock.at(at, this::close);
    }

    /** Those whose calls are ended by closing have no order among them. */
    private void close() {
        log.add("world", "closes the client");
        closedAt = clock.millis();
        int first = log.events().size();
        api.disposeLater().subscribe();
        wire.closed = true;
        log.sortFrom(first);
        clock.after(0, this::requireNoTimers);
        for (SimulationSubscriber one : subscribers) {
            if (one.subscribedAt >= 0
                    && one.demandedAt >= 0
                    && !one.isOver()
                    && !one.brokeDown
                    && !one.kind.isListing()) {
                log.violation(one.name, "goes on though the client was closed");
            }
        }
    }

    /** Unless a listing waits for demand, which closing does not end. */
    private void requireNoTimers() {
        boolean allOver = subscribers.stream().allMatch(one -> one.demandedAt < 0 || one.isOver())
                && runners.stream().allMatch(one -> one.demandedAt < 0 || one.isOver());
        if (allOver && clock.clientTimers() > 0) {
            log.violation("world", clock.clientTimers() + " timers left when the client was closed");
        }
    }

    /** A start whose outcome is unknown is looked for, as its caller would. */
    private void reconcile(SimulationSubscriber one) {
        if (one.failure instanceof ImportOutcomeUnknownException unknown && closedAt < 0 && clock.isWallClockRight()) {
            SimulationSubscriber finder =
                    subscriber(SimulationSubscriber.Kind.FIND, one.target, SimulationSubscriber.Demand.UNBOUNDED);
            clock.after(30_000, () -> subscribe(finder, api.findStarted(one.target, unknown.sentAt())));
        }
    }

    /** Lets it all happen, then checks what can only be checked at the end. */
    SimulationLog run(Consumer<SimulationWorld> checks) {
        if (!clock.run(clear, MAX_EVENTS)) {
            log.violation("world", "more than " + MAX_EVENTS + " events");
            return log;
        }
        log.add("world", "clears up");
        weather.rate = Double.MAX_VALUE;
        subscribers.forEach(one -> clock.after(0, one::open));
        runners.forEach(one -> clock.after(0, () -> one.request(Long.MAX_VALUE / 2)));
        List.copyOf(subscribers).forEach(this::reconcile);
        if (!clock.run(clear + recovery, MAX_EVENTS)) {
            log.violation("world", "more than " + MAX_EVENTS + " events");
            return log;
        }
        checks.accept(this);
        return log;
    }
}
