package dev.reactiveimports;

import org.jspecify.annotations.Nullable;

/**
 * A success that cannot be believed: empty, not JSON, cut short, too large, about another import than the one asked for, or
 * a pagination token that was seen before. The message quotes at most 200 characters of the answer, sanitised.
 */
public final class ImportsProtocolException extends ImportsException {

    private static final long serialVersionUID = 1L;

    ImportsProtocolException(String message) {
        this(message, null);
    }

    ImportsProtocolException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
