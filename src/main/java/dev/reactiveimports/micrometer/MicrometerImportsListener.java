package dev.reactiveimports.micrometer;

import static java.util.Objects.requireNonNull;

import dev.reactiveimports.ImportStatusChange;
import dev.reactiveimports.ImportsApiException;
import dev.reactiveimports.ImportsListener;
import dev.reactiveimports.ImportsTransportException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Counts and times what a client does. No tag holds an id, a URI or a token, so the number of time series is bounded.
 *
 * <table>
 *   <caption>Meters</caption>
 *   <tr><th>name</th><th>kind</th><th>tags</th></tr>
 *   <tr><td>{@code reactive.imports.requests}</td><td>timer of HTTP exchanges, the wait for a connection included</td>
 *       <td>{@code operation}, {@code outcome}, {@code status}</td></tr>
 *   <tr><td>{@code reactive.imports.retries}</td><td>counter of attempts that are followed by another</td>
 *       <td>{@code operation}, {@code status}</td></tr>
 *   <tr><td>{@code reactive.imports.throttle.wait}</td><td>timer of the pauses that the service asked for</td><td></td></tr>
 *   <tr><td>{@code reactive.imports.poll.requests}</td><td>summary of calls in one tick of a watch; its count is ticks</td>
 *       <td></td></tr>
 *   <tr><td>{@code reactive.imports.poll.watched}</td><td>summary of imports watched in one tick</td><td></td></tr>
 *   <tr><td>{@code reactive.imports.status.changes}</td><td>counter of changes seen by watches</td>
 *       <td>{@code status}, the new one</td></tr>
 * </table>
 *
 * <p>{@code operation} is {@code list}, {@code describe}, {@code start} or {@code cancel}. {@code status} of an exchange is
 * the HTTP status, {@code IO_ERROR} without a response, or {@code CANCELLED} if the caller cancelled before its end.
 * {@code outcome} is {@code SUCCESS}, {@code REDIRECTION}, {@code CLIENT_ERROR} or {@code SERVER_ERROR} by the status, and
 * {@code UNKNOWN} without a status or for a success whose body is invalid.
 *
 * <p>Thread-safe; one listener may serve several clients. Meters appear with their first event.
 *
 * @since 0.1.0
 */
public final class MicrometerImportsListener implements ImportsListener {

    private static final String IO_ERROR = "IO_ERROR";
    private static final String UNKNOWN = "UNKNOWN";

    private final MeterProvider<Timer> requests;
    private final MeterProvider<Counter> retries;
    private final MeterProvider<Timer> throttleWait;
    private final MeterProvider<DistributionSummary> pollRequests;
    private final MeterProvider<DistributionSummary> pollWatched;
    private final MeterProvider<Counter> statusChanges;

    /**
     * A listener without tags of its own.
     *
     * @param registry where the meters are
     */
    public MicrometerImportsListener(MeterRegistry registry) {
        this(registry, Tags.empty());
    }

    /**
     * A listener whose meters all have certain tags, to tell several clients apart.
     *
     * @param registry where the meters are
     * @param tags such as {@code Tags.of("index", "products")}
     */
    public MicrometerImportsListener(MeterRegistry registry, Iterable<Tag> tags) {
        requireNonNull(registry, "registry");
        requireNonNull(tags, "tags");
        this.requests = Timer.builder("reactive.imports.requests")
                .description("HTTP exchanges with the service")
                .tags(tags)
                .withRegistry(registry);
        this.retries = Counter.builder("reactive.imports.retries")
                .description("Attempts that failed and are followed by another")
                .tags(tags)
                .withRegistry(registry);
        this.throttleWait = Timer.builder("reactive.imports.throttle.wait")
                .description("Pauses that the service asked for")
                .tags(tags)
                .withRegistry(registry);
        this.pollRequests = DistributionSummary.builder("reactive.imports.poll.requests")
                .description("Calls in one tick of a watch")
                .tags(tags)
                .withRegistry(registry);
        this.pollWatched = DistributionSummary.builder("reactive.imports.poll.watched")
                .description("Imports watched in one tick")
                .tags(tags)
                .withRegistry(registry);
        this.statusChanges = Counter.builder("reactive.imports.status.changes")
                .description("Changes of status that watches saw")
                .tags(tags)
                .withRegistry(registry);
    }

    @Override
    public void onExchange(Exchange exchange) {
        requests.withTags(
                        "operation", name(exchange.operation()),
                        "outcome", outcome(exchange),
                        "status", status(exchange))
                .record(exchange.duration());
    }

    @Override
    public void onRetry(Retrying retry) {
        retries.withTags("operation", name(retry.operation()), "status", status(retry.cause()))
                .increment();
    }

    @Override
    public void onThrottle(Duration wait) {
        throttleWait.withTags(Tags.empty()).record(wait);
    }

    @Override
    public void onPoll(Poll poll) {
        pollRequests.withTags(Tags.empty()).record(poll.requests());
        pollWatched.withTags(Tags.empty()).record(poll.watched());
    }

    @Override
    public void onStatusChange(ImportStatusChange change) {
        statusChanges.withTags("status", change.to().name()).increment();
    }

    private static String name(Operation operation) {
        return operation.name().toLowerCase(Locale.ROOT);
    }

    static String status(Exchange exchange) {
        if (exchange.status() > 0) {
            return Integer.toString(exchange.status());
        }
        return exchange.failure() == null ? "CANCELLED" : IO_ERROR;
    }

    private static String status(@Nullable Throwable cause) {
        if (cause instanceof ImportsApiException rejection) {
            return Integer.toString(rejection.statusCode());
        }
        return cause instanceof ImportsTransportException ? IO_ERROR : UNKNOWN;
    }

    private static String outcome(Exchange exchange) {
        return switch (exchange.status() / 100) {
            case 2 -> exchange.failure() == null ? "SUCCESS" : UNKNOWN;
            case 3 -> "REDIRECTION";
            case 4 -> "CLIENT_ERROR";
            case 5 -> "SERVER_ERROR";
            default -> UNKNOWN;
        };
    }
}
