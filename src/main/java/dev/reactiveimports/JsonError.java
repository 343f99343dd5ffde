package dev.reactiveimports;

import org.jspecify.annotations.Nullable;

/**
 * The contents of an error's body.
 *
 * @param code the service's own code as text, a gRPC number or a name; null when there is none
 * @param message at most 500 characters without control characters; null when the body has none
 */
record JsonError(@Nullable String code, @Nullable String message) {

    /** The most that is kept of a message. */
    static final int MAX_MESSAGE_LENGTH = 500;

    /** The most that is kept of a code. */
    static final int MAX_CODE_LENGTH = 100;
}
