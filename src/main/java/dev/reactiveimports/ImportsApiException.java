package dev.reactiveimports;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The service responded with a status other than 2xx. The message ends with the service's own if it sent one: at most 500
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
     * An exception as a call signals it, for tests of code that handles one.
     *
     * @param statusCode 300 to 599
     * @param code the service's own code; null for none
     * @param message the service's words
     * @param retryAfter how long the service asks to be left alone, zero or more; null if it does not
     * @return not from a call: without operation and target
     * @throws IllegalArgumentException for another status, or a negative duration
     */
    public static ImportsApiException of(
            int statusCode, @Nullable String code, String message, @Nullable Duration retryAfter) {
        if (statusCode < 300 || statusCode > 599) {
            throw new IllegalArgumentException("statusCode must be 300..599, is " + statusCode);
        }
        if (retryAfter != null && retryAfter.isNegative()) {
            throw new IllegalArgumentException("retryAfter must not be negative, is " + retryAfter);
        }
        return new ImportsApiException(statusCode, requireNonNull(message, "message"), code, null, retryAfter);
    }

    @Override
    String verdict() {
        return "was rejected with HTTP " + statusCode;
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
     * @return null when the response had none
     */
    public @Nullable String code() {
        return code;
    }

    /**
     * What to name when asking the service's support: the header {@code x-pinecone-request-id}, else
     * {@code x-request-id}.
     *
     * @return null when the response had neither
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
        List<String> details = new ArrayList<>();
        if (operationName() == null) {
            details.add("HTTP " + statusCode); // else the message says it
        }
        if (code != null) {
            details.add("code " + code);
        }
        if (requestId != null) {
            details.add("request " + requestId);
        }
        return details.isEmpty() ? "" : " [" + String.join(", ", details) + "]";
    }
}
