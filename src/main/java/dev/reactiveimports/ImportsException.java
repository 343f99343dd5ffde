package dev.reactiveimports;

import org.jspecify.annotations.Nullable;

/**
 * The failure of a call, signalled by {@code onError}. Its type tells callers what to do:
 *
 * <ul>
 *   <li>{@link ImportsApiException}: the service rejected the request
 *   <li>{@link ImportsTransportException}: no complete response was received
 *   <li>{@link ImportsProtocolException}: the response is not valid
 *   <li>{@link ImportOutcomeUnknownException}: an import may or may not have been started
 *   <li>{@link ImportFailedException}: an awaited import ended failed or cancelled
 * </ul>
 *
 * <p>Neither message nor cause ever holds the API key.
 *
 * @serial exclude
 *
 * @since 0.1.0
 */
public abstract sealed class ImportsException extends RuntimeException
        permits ImportsApiException,
                ImportsProtocolException,
                ImportsTransportException,
                ImportOutcomeUnknownException,
                ImportFailedException {

    private static final long serialVersionUID = 1L;

    // written by the one subscription that signals this exception, before it does
    private @Nullable String operationName;
    private @Nullable String target;
    private @Nullable String paginationToken;
    private int attempts = 1;
    private boolean retryBudgetSpent;

    ImportsException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /**
     * The operation that failed: {@code list}, {@code describe}, {@code start}, {@code cancel}, {@code watch}, {@code await},
     * {@code find} or {@code warmup}. The message begins with it.
     *
     * @return null for an exception that did not come from a call
     */
    public @Nullable String operationName() {
        return operationName;
    }

    /**
     * What the operation was about: the import's id, or the URI of a start without its user, query and fragment, which may hold
     * secrets. The message names it.
     *
     * @return null for an operation that is about no import in particular, such as a listing
     */
    public @Nullable String target() {
        return target;
    }

    /** What failed and why, in one sentence. */
    @Override
    public String getMessage() {
        String reason = reason();
        return operationName == null
                ? reason
                : operationName + (target == null ? "" : " of " + target) + " " + verdict() + ": " + reason;
    }

    /** The message without what the call adds. */
    final String reason() {
        return String.valueOf(super.getMessage());
    }

    /** Follows the call's name in the message. */
    String verdict() {
        return "failed";
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
     * @return 1 when nothing was retried, 0 when nothing was sent
     */
    public int attempts() {
        return attempts;
    }

    /**
     * Whether this failure was not retried because the client's retry budget was spent: so many calls failed of late that
     * more requests would only add to an outage. First attempts are still made, and each that succeeds refills the budget.
     *
     * @return false when there was something left to retry with
     */
    public boolean retryBudgetSpent() {
        return retryBudgetSpent;
    }

    /** Adds what the message leaves out: status and request id, attempts above 1, and a spent retry budget. */
    @Override
    @SuppressWarnings("OverrideThrowableToString")
    public String toString() {
        String text = super.toString() + details();
        if (attempts > 1) {
            text += " [after " + attempts + " attempts]";
        }
        return retryBudgetSpent ? text + " [not retried: the client's retry budget is spent]" : text;
    }

    String details() {
        return "";
    }

    /** Names the call; the last one to do so is what the caller of the library called. */
    ImportsException during(String operation, @Nullable String about) {
        this.operationName = operation;
        this.target = about;
        return this;
    }

    ImportsException atPage(@Nullable String token) {
        this.paginationToken = token;
        return this;
    }

    ImportsException afterAttempts(int made) {
        this.attempts = made;
        return this;
    }

    void markRetryBudgetSpent() {
        this.retryBudgetSpent = true;
    }
}
