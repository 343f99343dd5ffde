package dev.reactiveimports;

import org.jspecify.annotations.Nullable;

/**
 * A success that cannot be believed: empty, not JSON, cut short, too large, about another import than the one asked for, or
 * a pagination token that was seen before. The message quotes at most 200 characters of the answer, sanitised.
 *
 * @serial exclude
 *
 * @since 0.1.0
 */
public final class ImportsProtocolException extends ImportsException {

    private static final long serialVersionUID = 1L;

    private final Cure cure;

    /** An answer that a second try may mend: a proxy's page in between, say. */
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

    /** The answer ended too early: as good as a connection that broke, and retried like one. */
    static ImportsProtocolException truncated(String message, @Nullable Throwable cause) {
        return new ImportsProtocolException(message, cause, Cure.RETRY);
    }

    /** The same request would get the same answer: too large, or a token seen before. Never retried. */
    static ImportsProtocolException definite(String message) {
        return new ImportsProtocolException(message, null, Cure.NONE);
    }

    /** The same verdict on an answer that must not be quoted as it is. */
    ImportsProtocolException quoting(String excerpt) {
        return new ImportsProtocolException("the answer cannot be believed: " + excerpt, null, cure);
    }

    Cure cure() {
        return cure;
    }

    /** What asking again may help. */
    enum Cure {
        /** As often as after a broken connection. */
        RETRY,
        /** Once: worth a try, no more. */
        ONE_RETRY,
        /** Not at all. */
        NONE
    }
}
