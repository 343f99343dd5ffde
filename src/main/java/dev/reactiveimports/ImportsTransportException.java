package dev.reactiveimports;

import org.jspecify.annotations.Nullable;

/**
 * No usable answer came: refused, reset, name not found, TLS failed, timed out, or the client was closed meanwhile. The
 * cause is what the transport said; it is a {@link java.util.concurrent.TimeoutException} when the attempt's time ran out.
 *
 * @serial exclude
 *
 * @since 0.1.0
 */
public final class ImportsTransportException extends ImportsException {

    private static final long serialVersionUID = 1L;

    private final boolean retryable;
    private final boolean unsent;

    ImportsTransportException(String message, @Nullable Throwable cause) {
        this(message, cause, true);
    }

    /** Not retryable is what another attempt cannot cure: the client was closed, or its own pool is exhausted. */
    ImportsTransportException(String message, @Nullable Throwable cause, boolean retryable) {
        this(message, cause, retryable, false);
    }

    private ImportsTransportException(String message, @Nullable Throwable cause, boolean retryable, boolean unsent) {
        super(message, cause);
        this.retryable = retryable;
        this.unsent = unsent;
    }

    /** There was no way to the service, though the request was handed to the transport. */
    static ImportsTransportException unsent(String message, boolean retryable) {
        return new ImportsTransportException(message, null, retryable, true);
    }

    boolean isUnsent() {
        return unsent;
    }

    boolean retryable() {
        return retryable;
    }
}
