package dev.reactiveimports;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** The simulated service and its clients for tests of other packages: one virtual time for all, on one thread. */
public final class VirtualService {

    private static final int MAX_EVENTS = 5_000_000;

    private final SimulationClock clock = new SimulationClock();
    private final SimulationLog log = new SimulationLog(clock);
    private final SimulationDice dice;
    private final SimulationService service;
    private final SimulationWeather weather;
    private final List<Request> requests = new ArrayList<>();
    private Consumer<Request> onRequest = request -> {};
    private Consumer<String> onStart = client -> {};

    /** A request as it began: {@code GET/id} or {@code GET?limit=100}. */
    public record Request(long millis, String client, String name) {}

    public VirtualService(long seed) {
        dice = new SimulationDice(seed);
        service = new SimulationService(dice.split());
        weather = new SimulationWeather(dice.split());
    }

    public Scheduler scheduler() {
        return clock.client();
    }

    public long millis() {
        return clock.millis();
    }

    /** Sets the time of day of all processes; their monotonic clocks go on. */
    public void setWallClockBy(Duration step) {
        clock.setWallClockBy(step.toMillis());
    }

    /** True time in milliseconds since 1970, whatever the processes' clocks show. */
    public long trueMillis() {
        return SimulationClock.epochMillis(clock.millis());
    }

    public int chance(int bound) {
        return dice.between(0, bound - 1);
    }

    public double chance() {
        return dice.unit();
    }

    public void after(Duration wait, Runnable event) {
        clock.after(wait.toMillis(), event);
    }

    /** Events whose exceptions nobody handled are failures of the test. */
    public void run(Duration time) {
        if (!clock.run(clock.millis() + time.toMillis(), MAX_EVENTS)) {
            throw new AssertionError("more than " + MAX_EVENTS + " events by " + clock.millis() + " ms");
        }
        if (!clock.thrown().isEmpty()) {
            throw new AssertionError("thrown at the clock", clock.thrown().get(0));
        }
    }

    /** A client on a scheduler of its own, where also its responses arrive. */
    public ReactiveImportsApi client(String name, Scheduler scheduler) {
        SimulationDice jitter = dice.split();
        SimulationWire wire = new SimulationWire(clock, service, weather, log);
        return new DefaultBuilder("https://index.example.org", Mono.just("key"))
                .scheduler(scheduler)
                .attemptTimeout(Duration.ofSeconds(10))
                .retry(ImportsRetry.ofDefaults().random(jitter::unit))
                .build(new HttpExchange() {
                    @Override
                    public <T> Mono<T> exchange(HttpCall<T> call, String key, Observer observer) {
                        return wire.exchange(call, key, observer)
                                .publishOn(scheduler)
                                .contextWrite(c -> c.put(SimulationCalls.class, new Recorder(name)));
                    }
                });
    }

    public void add(String id, String uri) {
        service.add(id, uri, clock.millis());
    }

    /** An import that runs from now on, until it is ended. */
    public void add(String id) {
        service.add(id, "s3://bucket/" + id, clock.millis());
    }

    /** Pending until then, then in progress, then ended. */
    public void add(String id, Duration startsIn, Duration endsIn, ImportStatus end) {
        SimulationImport added = service.add(id, "s3://bucket/" + id, clock.millis());
        added.startsAt = clock.millis() + startsIn.toMillis();
        added.endsAt = clock.millis() + endsIn.toMillis();
        added.end = end;
    }

    public void end(String id, ImportStatus status) {
        SimulationImport ended = found(id);
        ended.end = status;
        ended.endsAt = clock.millis();
    }

    /** As a replica of the service that lags behind: it shows the import as running again. */
    public void revive(String id) {
        found(id).endsAt = SimulationImport.NEVER;
    }

    /** While it runs it shows this status. */
    public void status(String id, String text) {
        found(id).statusText = text;
    }

    /** Not listed from now on for so long. */
    public void unlist(String id, Duration time) {
        found(id).unlisted.add(new SimulationImport.Span(clock.millis(), clock.millis() + time.toMillis()));
    }

    /** Not listed and not found from now on for so long. */
    public void lose(String id, Duration time) {
        unlist(id, time);
        found(id).unknown = new SimulationImport.Span(clock.millis(), clock.millis() + time.toMillis());
    }

    /** Every request is answered with 503 and this Retry-After, or without one, for so long. */
    public void fail(Duration time, @Nullable Integer retryAfterSeconds) {
        weather.longestRetryAfter = retryAfterSeconds == null ? 10 : retryAfterSeconds;
        SimulationWeather.Fault fault = retryAfterSeconds == null
                ? SimulationWeather.Fault.STATUS_503
                : SimulationWeather.Fault.STATUS_503_RETRY_AFTER;
        weather.phases.add(new SimulationWeather.Phase(clock.millis(), clock.millis() + time.toMillis(), 1, fault));
    }

    /** A part of all requests fails in one way or another, for so long. */
    public void disturb(Duration time, double probability) {
        weather.phases.add(
                new SimulationWeather.Phase(clock.millis(), clock.millis() + time.toMillis(), probability, null));
    }

    private SimulationImport found(String id) {
        return requireNonNull(service.imports.get(id), id);
    }

    /** How many starts of a URI the service has accepted. */
    public int accepted(String uri) {
        return service.accepted.getOrDefault(uri, 0);
    }

    /** Called when a start's first byte is about to be sent, with the client's name. */
    public void onStart(Consumer<String> listener) {
        onStart = listener;
    }

    /** Starts that are sent from now on are accepted, and their responses are lost. */
    public void loseResponses(Duration time) {
        weather.phases.add(new SimulationWeather.Phase(
                clock.millis(), clock.millis() + time.toMillis(), 1, SimulationWeather.Fault.RESET_AFTER_READ));
    }

    /** Called when a request begins. */
    public void onRequest(Consumer<Request> listener) {
        onRequest = listener;
    }

    public List<Request> requests() {
        return List.copyOf(requests);
    }

    public long requests(Predicate<Request> which) {
        return requests.stream().filter(which).count();
    }

    private final class Recorder implements SimulationCalls {

        private final String name;

        Recorder(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public void begins(String exchange, Object call) {
            Request request = new Request(clock.millis(), name, exchange);
            requests.add(request);
            onRequest.accept(request);
        }

        @Override
        public void sends(String exchange, Object call, String body) {
            if (exchange.startsWith("POST")) {
                onStart.accept(name);
            }
        }

        @Override
        public void succeeds(String exchange, @Nullable Object value) {}

        @Override
        public void fails(String exchange, Object call, Exception failure) {}

        @Override
        public void cancelled(String exchange, Object call) {}
    }
}
