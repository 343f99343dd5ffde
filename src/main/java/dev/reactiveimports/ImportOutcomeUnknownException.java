package dev.reactiveimports;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/**
 * An import may or may not have been started: the request went out, and no answer came that settles it. It was sent once
 * and will not be sent again, since the service has no idempotency key and a second import of the same data fails or
 * doubles it. {@link ReactiveImportsApi#findStarted} lists what could be it.
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
                "the import may or may not have been started; findStarted(uri, sentAt) lists what could be it ("
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
     * What was asked for.
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
