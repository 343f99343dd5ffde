package dev.reactiveimports.testing;

import dev.reactiveimports.testing.PlannedFault.Delaying;
import dev.reactiveimports.testing.PlannedFault.Kind;
import dev.reactiveimports.testing.PlannedFault.Responding;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** One request from its first byte to its response: read, record, decide, wait, write. */
final class SimulatorHandler implements BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> {

    /** Well above the largest start, which has 2,500 characters in two strings. */
    private static final int MAX_BODY = 64 * 1024;

    private final SimulatorRoutes routes;
    private final FaultQueue faults;
    private final RequestLog log;
    private final SimulatedResponseWriter writer;
    private final Scheduler clock;
    private final Duration latency;

    SimulatorHandler(SimulatorRoutes routes, FaultQueue faults, RequestLog log, Scheduler clock, Duration latency) {
        this.routes = routes;
        this.faults = faults;
        this.log = log;
        this.writer = new SimulatedResponseWriter(clock);
        this.clock = clock;
        this.latency = latency;
    }

    @Override
    public Publisher<Void> apply(HttpServerRequest request, HttpServerResponse response) {
        return request.receive()
                .asByteArray()
                .collect(ByteArrayOutputStream::new, SimulatorHandler::addUpToLimit)
                .flatMap(body -> respond(request, response, body));
    }

    private Mono<Void> respond(HttpServerRequest request, HttpServerResponse response, ByteArrayOutputStream body) {
        String objection = body.size() > MAX_BODY ? "Request body is too large." : null;
        Map<String, List<String>> query = Map.of();
        String uri = originForm(request.uri());
        QueryStringDecoder decoder =
                QueryStringDecoder.builder().semicolonIsNormalChar(true).build(uri);
        try {
            query = decoder.parameters();
        } catch (IllegalArgumentException malformed) {
            objection = "Query is not well percent-encoded.";
        }
        RecordedRequest recorded = new RecordedRequest(
                request.method().name(),
                decoder.rawPath(),
                query,
                headers(request.requestHeaders()),
                body.toString(StandardCharsets.UTF_8),
                Instant.ofEpochMilli(clock.now(TimeUnit.MILLISECONDS)));
        long number = log.add(recorded);
        Kind fault = faults.take(recorded.method(), recorded.path());
        SimulatedResponse simulated =
                simulate(fault, recorded, request.requestHeaders().get(RecordedRequest.API_KEY), objection);
        if (!(fault instanceof Responding responding && responding.exact())) {
            simulated = simulated.with("x-pinecone-request-id", "simulated-" + number);
        }
        Mono<Void> written = writer.write(response, simulated, fault);
        Duration wait = fault instanceof Delaying delaying ? latency.plus(delaying.duration()) : latency;
        return wait.isZero() ? written : Mono.delay(wait, clock).then(written);
    }

    private SimulatedResponse simulate(
            @Nullable Kind fault, RecordedRequest recorded, @Nullable String key, @Nullable String objection) {
        if (fault instanceof Responding responding) {
            return responding.response();
        }
        return routes.respond(recorded, key, objection);
    }

    /** One byte beyond the limit suffices to detect an oversized body; the rest is read and discarded. */
    private static void addUpToLimit(ByteArrayOutputStream body, byte[] bytes) {
        body.write(bytes, 0, Math.min(bytes.length, MAX_BODY + 1 - body.size()));
    }

    /** A server must also take the absolute form of a proxy's request (RFC 9112, section 3.2.2). */
    private static String originForm(String uri) {
        int authority = uri.startsWith("/") ? -1 : uri.indexOf("://");
        int path = authority < 0 ? 0 : uri.indexOf('/', authority + 3);
        return path < 0 ? "/" : uri.substring(path);
    }

    private static Map<String, String> headers(HttpHeaders headers) {
        Map<String, String> byName = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.forEach(
                header -> byName.merge(header.getKey(), header.getValue(), (first, more) -> first + ", " + more));
        return byName;
    }
}
