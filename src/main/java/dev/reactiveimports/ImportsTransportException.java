package dev.reactiveimports;

import org.jspecify.annotations.Nullable;

/**
 * No complete response was received. The connection was refused or reset, the host name not resolved, TLS failed, the
 * attempt timed out, or the client was closed meanwhile. The cause is the transport's exception, and a
 * {@link java.util.concurrent.TimeoutException} if the attempt timed out.
 *
 * @serial exclude
 *
 * @since 0.1.0
 */
public final class ImportsTransportException extends ImportsException {

    private static final long serialVersionUID = 1L;

    /** How far the request got. */
    private enum Request {
        /** It may have reached the service. */
        MAYBE_SENT,
        /** It was handed to the transport, which could not connect to the service. */
        UNSENT,
        /** There was no connection to send it over. */
        POOL_EXHAUSTED
    }

    private final boolean retryable;
    private final Request request;

    ImportsTransportException(String message, @Nullable Throwable cause) {
        this(message, cause, true);
    }

    /** Not retryable if another attempt cannot help: the client was closed, or its own pool is exhausted. */
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

    /** The transport could not connect to the service, so the request was not sent. */
    static ImportsTransportException unsent(String message, boolean retryable) {
        return new ImportsTransportException(message, null, retryable, Request.UNSENT);
    }

    /**
     * Whether no connection of the client's own pool became available in time. Nothing was sent then, and the service did
     * not fail: the client makes more concurrent calls than it has connections. Such a call is not retried and costs no
     * retry budget; callers that poll may try again later, as the library's watches do.
     *
     * @return false for every other failure
     */
    public boolean isPoolExhausted() {
        return request == Request.POOL_EXHAUSTED;
    }

    boolean isUnsent() {
        return request == Request.UNSENT;
    }

    /** A copy without the data of the call. */
    ImportsTransportException copy() {
        return new ImportsTransportException(reason(), getCause(), retryable, request);
    }

    boolean retryable() {
        return retryable;
    }
}
