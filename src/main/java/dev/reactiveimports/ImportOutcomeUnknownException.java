package dev.reactiveimports;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/**
 * An import may or may not have been started. The request was sent, and no conclusive response was received. It is not sent
 * again, since the service has no idempotency key and a second import of the same data fails or duplicates it.
 * {@link ReactiveImportsApi#findStarted} lists the candidates.
 *
 * @serial exclude
 *
 * @since 0.1.0
 */
public final class ImportOutcomeUnknownException extends ImportsException {

    private static final long serialVersionUID = 1L;

    private final StartImportRequest request;
    private final Instant sentAt;

    ImportOutcomeUnknownException(StartImportRequest request, Instant sentAt, Throwable cause) {
        super(
                "the import may or may not have been started; findStarted(uri, sentAt) lists the candidates ("
                        + cause.getMessage() + ")",
                requireNonNull(cause, "cause"));
        this.request = request;
        this.sentAt = sentAt;
    }

    @Override
    String verdict() {
        return "has an unknown outcome";
    }

    /**
     * The request.
     *
     * @return the request that was sent
     */
    public StartImportRequest request() {
        return request;
    }

    /**
     * When the request was sent, by this machine's clock (the injected scheduler's). Allow for the difference to the
     * service's clock when comparing.
     *
     * @return the time just before its first byte went out
     */
    public Instant sentAt() {
        return sentAt;
    }
}
