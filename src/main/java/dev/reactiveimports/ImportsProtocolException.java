package dev.reactiveimports;

import org.jspecify.annotations.Nullable;

/**
 * A response with a success status is invalid. It is empty, not JSON, truncated, too large, about a different import than
 * the requested one, or repeats a pagination token. The message quotes at most 200 sanitised characters of the response.
 *
 * @serial exclude
 *
 * @since 0.1.0
 */
public final class ImportsProtocolException extends ImportsException {

    private static final long serialVersionUID = 1L;

    private final Cure cure;

    /** An invalid response that a second attempt may cure, such as the page of a proxy. */
    ImportsProtocolException(String message) {
        this(message, null);
    }

    ImportsProtocolException(String message, @Nullable Throwable cause) {
        this(message, cause, Cure.ONE_RETRY);
    }

    private ImportsProtocolException(String message, @Nullable Throwable cause, Cure cure) {
        super(message, cause);
        this.cure = cure;
    }

    /** The response ended too early: retried like a broken connection. */
    static ImportsProtocolException truncated(String message, @Nullable Throwable cause) {
        return new ImportsProtocolException(message, cause, Cure.RETRY);
    }

    /** The same request would receive the same response: too large, or a repeated token. Never retried. */
    static ImportsProtocolException definite(String message) {
        return new ImportsProtocolException(message, null, Cure.NONE);
    }

    /** A copy with another excerpt, for a response that must not be quoted as it is. */
    ImportsProtocolException quoting(String excerpt) {
        return new ImportsProtocolException("the response is invalid: " + excerpt, null, cure);
    }

    Cure cure() {
        return cure;
    }

    /** How often another attempt may help. */
    enum Cure {
        /** As often as after a broken connection. */
        RETRY,
        /** Once: worth a try, no more. */
        ONE_RETRY,
        /** Not at all. */
        NONE
    }
}
