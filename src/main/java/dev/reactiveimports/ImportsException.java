package dev.reactiveimports;

import org.jspecify.annotations.Nullable;

/**
 * Whatever went wrong between a call and its answer, signalled by {@code onError}. Which kind it is says what to do:
 *
 * <ul>
 *   <li>{@link ImportsApiException}: the service answered, and refused
 *   <li>{@link ImportsTransportException}: no usable answer came
 *   <li>{@link ImportsProtocolException}: an answer came that cannot be believed
 *   <li>{@link ImportOutcomeUnknownException}: an import may or may not have been started
 *   <li>{@link ImportFailedException}: an awaited import ended failed or cancelled
 * </ul>
 *
 * <p>Neither message nor cause ever holds the API key.
 */
public abstract sealed class ImportsException extends RuntimeException
        permits ImportsApiException,
                ImportsProtocolException,
                ImportsTransportException,
                ImportOutcomeUnknownException,
                ImportFailedException {

    private static final long serialVersionUID = 1L;

    // written by the one subscription that signals this exception, before it does
    private @Nullable String paginationToken;
    private int attempts = 1;

    ImportsException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /**
     * The page that failed, when a listing did: {@link ListImportsSpec#startAt} resumes there.
     *
     * @return the token that was sent; null for a first page and for anything but a listing
     */
    public @Nullable String paginationToken() {
        return paginationToken;
    }

    /**
     * How many HTTP exchanges were tried.
     *
     * @return 1 when nothing was retried
     */
    public int attempts() {
        return attempts;
    }

    ImportsException atPage(@Nullable String token) {
        this.paginationToken = token;
        return this;
    }

    ImportsException afterAttempts(int made) {
        this.attempts = made;
        return this;
    }
}
