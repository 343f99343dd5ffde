package dev.reactiveimports;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The service answered, with a status that is no success. The message is the service's own where it sent one: at most 500
 * characters, without control characters.
 *
 * @serial exclude
 *
 * @since 0.1.0
 */
public final class ImportsApiException extends ImportsException {

    private static final long serialVersionUID = 1L;

    private final int statusCode;
    private final @Nullable String code;
    private final @Nullable String requestId;
    private final @Nullable Duration retryAfter;

    ImportsApiException(
            int statusCode,
            String message,
            @Nullable String code,
            @Nullable String requestId,
            @Nullable Duration retryAfter) {
        super(message, null);
        this.statusCode = statusCode;
        this.code = code;
        this.requestId = requestId;
        this.retryAfter = retryAfter;
    }

    /**
     * The HTTP status.
     *
     * @return 300 to 599
     */
    public int statusCode() {
        return statusCode;
    }

    /**
     * The service's own code: a gRPC number as text ({@code "3"}) or a name ({@code "INVALID_ARGUMENT"}).
     *
     * @return null when the answer had none
     */
    public @Nullable String code() {
        return code;
    }

    /**
     * What to name when asking the service's support: the header {@code x-pinecone-request-id}, else
     * {@code x-request-id}.
     *
     * @return null when the answer had neither
     */
    public @Nullable String requestId() {
        return requestId;
    }

    /**
     * How long the service asked to be left alone, from the header {@code Retry-After} (RFC 9110, section 10.2.3).
     *
     * @return null when the header is missing or makes no sense
     */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }

    /**
     * Whether too many requests were made.
     *
     * @return true for status 429
     */
    public boolean isThrottled() {
        return statusCode == 429;
    }

    /**
     * Whether there is no such import.
     *
     * @return true for status 404
     */
    public boolean isNotFound() {
        return statusCode == 404;
    }

    @Override
    String details() {
        return " [HTTP " + statusCode + (code == null ? "" : ", code " + code)
                + (requestId == null ? "" : ", request " + requestId) + "]";
    }
}
