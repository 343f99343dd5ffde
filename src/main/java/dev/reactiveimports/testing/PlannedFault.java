package dev.reactiveimports.testing;

import java.time.Duration;
import java.util.Locale;

/** A fault, how often it strikes, and on which requests: an empty method stands for any. */
record PlannedFault(Kind kind, int times, String method, String pathPrefix) implements Fault {

    @Override
    public Fault times(int n) {
        return new PlannedFault(kind, Checks.range(n, "n", 1, Integer.MAX_VALUE), method, pathPrefix);
    }

    @Override
    public Fault on(String onlyMethod, String onlyPathPrefix) {
        if (onlyMethod.isBlank()) {
            throw new IllegalArgumentException("method must not be empty");
        }
        if (!onlyPathPrefix.startsWith("/")) {
            throw new IllegalArgumentException("pathPrefix must begin with a slash");
        }
        return new PlannedFault(kind, times, onlyMethod.toUpperCase(Locale.ROOT), onlyPathPrefix);
    }

    boolean matches(String requestMethod, String path) {
        return (method.isEmpty() || method.equals(requestMethod)) && path.startsWith(pathPrefix);
    }

    /** What goes wrong. */
    sealed interface Kind {}

    /** Another response than the service's; exact if no header is to be added. */
    record Responding(SimulatedResponse response, boolean exact) implements Kind {}

    /** The service's response, late. */
    record Delaying(Duration duration) implements Kind {}

    /** The service's response, byte by byte. */
    record Dripping(Duration perByte) implements Kind {}

    /** The service's response, damaged on the wire. */
    enum Broken implements Kind {
        RESET,
        RESET_MID_BODY,
        TRUNCATED_BODY,
        NO_RESPONSE,
        EARLY_HINTS
    }
}
