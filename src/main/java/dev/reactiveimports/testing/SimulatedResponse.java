package dev.reactiveimports.testing;

import java.util.LinkedHashMap;
import java.util.Map;

/** A complete response; its text body is framed when it is written. */
record SimulatedResponse(int status, Map<String, String> headers, String body) {

    private static final String CONTENT_TYPE = "content-type";

    static SimulatedResponse json(int status, String body) {
        return new SimulatedResponse(status, Map.of(CONTENT_TYPE, "application/json"), body);
    }

    static SimulatedResponse text(int status, String body) {
        return new SimulatedResponse(status, Map.of(CONTENT_TYPE, "text/plain; charset=utf-8"), body);
    }

    /** The service's error body; its code is one of gRPC, not of HTTP. */
    static SimulatedResponse error(int status, String message) {
        return json(status, SimulatorJson.error(grpcCode(status), message));
    }

    static SimulatedResponse tooManyRequests(long retryAfterSeconds) {
        return error(429, "Too many requests. Slow down.").with("retry-after", Long.toString(retryAfterSeconds));
    }

    SimulatedResponse with(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new SimulatedResponse(status, more, body);
    }

    /** RFC 9110, sections 15.3.5 and 15.4.5: these have no body. */
    static boolean isBodyless(int status) {
        return status == 204 || status == 304;
    }

    /** As google.rpc.Code maps to HTTP; 2 is UNKNOWN. */
    private static int grpcCode(int status) {
        return switch (status) {
            case 400 -> 3;
            case 401 -> 16;
            case 403 -> 7;
            case 404 -> 5;
            case 409 -> 6;
            case 429 -> 8;
            case 500 -> 13;
            case 501 -> 12;
            case 503 -> 14;
            case 504 -> 4;
            default -> 2;
        };
    }
}
