package dev.reactiveimports.testing;

import static java.util.Objects.requireNonNull;

import dev.reactiveimports.testing.PlannedFault.Broken;
import dev.reactiveimports.testing.PlannedFault.Delaying;
import dev.reactiveimports.testing.PlannedFault.Dripping;
import dev.reactiveimports.testing.PlannedFault.Kind;
import dev.reactiveimports.testing.PlannedFault.Responding;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import java.time.Duration;
import java.util.Map;

/**
 * What goes wrong with a request, for {@link ImportsSimulator#enqueue}. Immutable. A fault meets one request of any kind
 * unless {@link #times} and {@link #on} say otherwise; a request meets at most one fault, the first in the queue that it
 * matches, when it has been read.
 *
 * <p>There are two kinds, and the difference matters for retries:
 *
 * <ul>
 * <li>{@link #status}, {@link #throttled} and {@link #response} respond <em>instead of</em> the service: key, rate and
 *     parameters are not checked, nothing is started and nothing cancelled.
 * <li>All others let the service process the request, then damage its response: a {@code POST} that is {@link #reset}
 *     <em>has</em> started an import.
 * </ul>
 *
 * <p>Waits are by the simulator's clock.
 *
 * @since 0.1.0
 */
public sealed interface Fault permits PlannedFault {

    /**
     * An error of the service: this status with the service's JSON error body. Nothing is started or cancelled.
     *
     * @param code 300 to 599; 304 is sent without a body
     * @return a fault for one request
     * @throws IllegalArgumentException if out of range
     */
    static Fault status(int code) {
        Checks.range(code, "code", 300, 599);
        return once(
                new Responding(SimulatedResponse.error(code, "Simulated failure with status " + code + "."), false));
    }

    /**
     * Status 429 with the service's error body and a {@code Retry-After} in seconds (RFC 9110, section 10.2.3). Nothing is
     * started or cancelled.
     *
     * @param retryAfter 0 to 365 days, rounded up to whole seconds
     * @return a fault for one request
     * @throws IllegalArgumentException if negative or too long
     */
    static Fault throttled(Duration retryAfter) {
        Checks.duration(retryAfter, "retryAfter");
        long seconds = retryAfter.plusSeconds(1).minusNanos(1).toSeconds();
        return once(new Responding(SimulatedResponse.tooManyRequests(seconds), false));
    }

    /**
     * A custom response, such as a proxy's. Nothing is started or cancelled, and no header is added but
     * {@code Content-Length}: not even the request id.
     *
     * @param code 200 to 599
     * @param headers one value for each name
     * @param body sent as UTF-8; must be empty for 204 and 304, which have none
     * @return a fault for one request
     * @throws IllegalArgumentException if the code is out of range, a header is malformed, or {@code Content-Length} or
     *     {@code Transfer-Encoding} is among the headers
     */
    static Fault response(int code, Map<String, String> headers, String body) {
        Checks.range(code, "code", 200, 599);
        requireNonNull(body, "body");
        DefaultHttpHeaders validated = new DefaultHttpHeaders();
        headers.forEach(validated::add);
        if (validated.contains("content-length") || validated.contains("transfer-encoding")) {
            throw new IllegalArgumentException(
                    "headers must not have Content-Length or Transfer-Encoding: the simulator frames the body");
        }
        if (SimulatedResponse.isBodyless(code) && !body.isEmpty()) {
            throw new IllegalArgumentException("body must be empty for code " + code);
        }
        return once(new Responding(new SimulatedResponse(code, Map.copyOf(headers), body), true));
    }

    /**
     * The regular response, delayed. The request is processed before the wait.
     *
     * @param d how long to wait, beyond the simulator's {@code latency}; 0 to 365 days
     * @return a fault for one request
     * @throws IllegalArgumentException if negative or too long
     */
    static Fault delay(Duration d) {
        return once(new Delaying(Checks.duration(d, "d")));
    }

    /**
     * A connection reset (RST) instead of a response: not a byte of it is sent, but the request is processed.
     *
     * @return a fault for one request
     */
    static Fault reset() {
        return once(Broken.RESET);
    }

    /**
     * The head of the regular response with its {@code Content-Length}, half of the body, then a connection reset (RST). The
     * request is processed. A reset may overtake bytes that were sent before it.
     *
     * @return a fault for one request
     */
    static Fault resetMidBody() {
        return once(Broken.RESET_MID_BODY);
    }

    /**
     * The head of the regular response with its {@code Content-Length}, half of the body, then a regular end of the
     * connection (FIN). The request is processed.
     *
     * @return a fault for one request
     */
    static Fault truncatedBody() {
        return once(Broken.TRUNCATED_BODY);
    }

    /**
     * The regular response, its head at once, its body byte by byte. The request is processed.
     *
     * @param perByte the wait before each byte, the first too; longer than zero, at most 365 days
     * @return a fault for one request
     * @throws IllegalArgumentException if out of range
     */
    static Fault slowBody(Duration perByte) {
        return once(new Dripping(Checks.positive(perByte, "perByte")));
    }

    /**
     * No response at all: the connection stays open until the client or {@link ImportsSimulator#close} ends it. The request
     * is processed.
     *
     * @return a fault for one request
     */
    static Fault noResponse() {
        return once(Broken.NO_RESPONSE);
    }

    /**
     * An interim response before the regular one: {@code 103 Early Hints} with a {@code Link} header (RFC 8297). Valid, but
     * many clients fail on it. The request is processed.
     *
     * @return a fault for one request
     */
    static Fault earlyHints() {
        return once(Broken.EARLY_HINTS);
    }

    /**
     * How many requests this fault meets. Defaults to 1.
     *
     * @param n at least 1; {@link Integer#MAX_VALUE} for all that come
     * @return a changed copy
     * @throws IllegalArgumentException if less than 1
     */
    Fault times(int n);

    /**
     * Which requests this fault meets; all others pass by it. Defaults to any.
     *
     * @param method such as {@code "GET"}, in any case
     * @param pathPrefix how the path as sent begins: {@code "/bulk/imports"} for all, {@code "/bulk/imports/"} for those
     *     of one import
     * @return a changed copy
     * @throws IllegalArgumentException if the method is empty, or the prefix does not begin with a slash
     */
    Fault on(String method, String pathPrefix);

    private static Fault once(Kind kind) {
        return new PlannedFault(kind, 1, "", "/");
    }
}
