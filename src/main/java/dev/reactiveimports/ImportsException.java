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
    private @Nullable String paginationToken;
    private int attempts = 1;
    private boolean retryBudgetSpent;

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
