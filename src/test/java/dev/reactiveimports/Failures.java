package dev.reactiveimports;

import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** What attempts fail with, in tests. */
final class Failures {

    private Failures() {}

    static ImportsApiException status(int code) {
        return status(code, null);
    }

    static ImportsApiException status(int code, @Nullable Duration retryAfter) {
        return new ImportsApiException(code, "status " + code, null, "req-1", retryAfter);
    }

    static ImportsTransportException reset() {
        return new ImportsTransportException("connection reset", null);
    }

    static ImportsTransportException timeout() {
        return new ImportsTransportException("timed out", new TimeoutException("30 s"));
    }

    static ImportsTransportException poolExhausted() {
        return ImportsTransportException.poolExhausted("no connection became free", null);
    }
}
