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

    /** What the request came to. */
    private enum Request {
        /** It may have reached the service. */
        MAYBE_SENT,
        /** It was handed to the transport, which found no way to the service. */
        UNSENT,
        /** There was no connection to send it over. */
        POOL_EXHAUSTED
    }

    private final boolean retryable;
    private final Request request;

    ImportsTransportException(String message, @Nullable Throwable cause) {
        this(message, cause, true);
    }

    /** Not retryable is what another attempt cannot cure: the client was closed, or its own pool is exhausted. */
    ImportsTransportException(String message, @Nullable Throwable cause, boolean retryable) {
        this(message, cause, retryable, Request.MAYBE_SENT);
    }

    private ImportsTransportException(String message, @Nullable Throwable cause, boolean retryable, Request request) {
        super(message, cause);
        this.retryable = retryable;
        this.request = request;
    }

    static ImportsTransportException poolExhausted(String message, @Nullable Throwable cause) {
        return new ImportsTransportException(message, cause, false, Request.POOL_EXHAUSTED);
    }

    /** There was no way to the service, though the request was handed to the transport. */
    static ImportsTransportException unsent(String message, boolean retryable) {
        return new ImportsTransportException(message, null, retryable, Request.UNSENT);
    }

    /**
     * Whether no connection of the client's own pool became free in time. Nothing was sent then, and the service did not
     * fail: the client makes more calls at once than it has connections. A call is not retried for it and costs no retry
     * budget; whoever polls may simply try again later, as the library's watches do.
     *
     * @return false for whatever else went wrong
     */
    public boolean isPoolExhausted() {
        return request == Request.POOL_EXHAUSTED;
    }

    boolean isUnsent() {
        return request == Request.UNSENT;
    }

    /** The same failure with nothing of its caller's. */
    ImportsTransportException copy() {
        return new ImportsTransportException(reason(), getCause(), retryable, request);
    }

    boolean retryable() {
        return retryable;
    }
}
