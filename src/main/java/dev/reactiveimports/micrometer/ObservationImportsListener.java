package dev.reactiveimports.micrometer;

import dev.reactiveimports.ImportsListener;
import io.micrometer.observation.Observation;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.util.context.ContextView;

/**
 * Adds events to the observation of a call. There is one for each HTTP exchange, each retry and each throttling response of
 * the call; with a tracer they become events of the call's span.
 *
 * <p>The observation is the one in the subscriber's Reactor Context, where {@code tap(Micrometer.observation(registry))} of
 * reactor-core-micrometer puts that of the call. Without a tap it is whichever the caller has put there; without any,
 * nothing happens. So no registry is needed here.
 *
 * <table>
 *   <caption>Events</caption>
 *   <tr><th>name</th><th>on a span, for example</th></tr>
 *   <tr><td>{@code attempt}</td><td>{@code describe 1: 503}, with the status as in
 *   {@link MicrometerImportsListener}</td></tr>
 *   <tr><td>{@code retry}</td><td>{@code retry in 412 ms}</td></tr>
 *   <tr><td>{@code throttle}</td><td>{@code throttled for 3000 ms}</td></tr>
 * </table>
 *
 * <p>No event holds an id, a URI or a token. An observation receives at most {@value #MAX_EVENTS} events, the first ones,
 * since a long watch produces any number of them. An exchange that ends because its call was cancelled comes after the
 * observation's own end. Where a {@code DefaultMeterObservationHandler} listens, it counts events as
 * {@code reactive.imports.describe.attempt} and the like.
 *
 * @since 0.1.0
 */
public final class ObservationImportsListener implements ImportsListener {

    /** The key of an observation in a Reactor Context; written out, since its own class needs context-propagation. */
    static final String KEY = "micrometer.observation";

    static final int MAX_EVENTS = 100;

    /** For {@link dev.reactiveimports.ReactiveImportsApi.Builder#listener}; one listener may serve several clients. */
    public ObservationImportsListener() {}

    @Override
    public ImportsListener inContext(ContextView context) {
        Object found = context.getOrDefault(KEY, null);
        return found instanceof Observation observation && !observation.isNoop() ? new Marks(observation) : this;
    }

    /** Marks one observation. */
    private record Marks(Observation observation) implements ImportsListener {

        @Override
        public void onExchange(Exchange exchange) {
            String operation = exchange.operation().name().toLowerCase(Locale.ROOT);
            mark("attempt", operation + " " + exchange.attempt() + ": " + MicrometerImportsListener.status(exchange));
        }

        @Override
        public void onRetry(Retrying retry) {
            mark("retry", "retry in " + retry.delay().toMillis() + " ms");
        }

        @Override
        public void onThrottle(Duration wait) {
            mark("throttle", "throttled for " + wait.toMillis() + " ms");
        }

        private void mark(String name, String text) {
            AtomicInteger marks = observation
                    .getContext()
                    .computeIfAbsent(ObservationImportsListener.class, k -> new AtomicInteger());
            if (marks.get() < MAX_EVENTS && marks.incrementAndGet() <= MAX_EVENTS) {
                observation.event(Observation.Event.of(name, text));
            }
        }
    }
}
