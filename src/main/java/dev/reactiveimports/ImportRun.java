package dev.reactiveimports;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * How one request of {@link ReactiveImportsApi#runImports} ended. Each request has exactly one.
 *
 * @param request as it came from the source
 * @param outcome how it ended
 * @param operation the terminal observation of an import that ended; for {@link Outcome#UNKNOWN} what was last known of an
 *     import that was started, or null; null for {@link Outcome#REFUSED}
 * @param failure why it is {@link Outcome#REFUSED} or {@link Outcome#UNKNOWN}; null for the others
 * @since 0.1.0
 */
public record ImportRun(
        StartImportRequest request,
        Outcome outcome,
        @Nullable ImportOperation operation,
        @Nullable Throwable failure) {

    /** How a run ended. */
    public enum Outcome {
        /** The import completed. */
        COMPLETED,
        /** The import failed: {@link ImportOperation#error()} says why. */
        FAILED,
        /** The import was cancelled, by whomever. */
        CANCELLED,
        /** Surely not started: the service rejected it, a check of the caller's failed, or it was never sent. */
        REFUSED,
        /** It may or may not have been started, or was and cannot be observed any more. Never sent a second time. */
        UNKNOWN
    }

    /**
     * Checks that the parts fit the outcome.
     *
     * @param request see the record
     * @param outcome see the record
     * @param operation see the record
     * @param failure see the record
     * @throws NullPointerException if the request, the outcome, or the part that the outcome needs is null
     */
    public ImportRun {
        requireNonNull(request, "request");
        switch (requireNonNull(outcome, "outcome")) {
            case COMPLETED, FAILED, CANCELLED -> requireNonNull(operation, "operation");
            case REFUSED, UNKNOWN -> requireNonNull(failure, "failure");
        }
    }

    /** Of an import that has ended. */
    static ImportRun ended(StartImportRequest request, ImportOperation end) {
        Outcome outcome = switch (end.status()) {
            case COMPLETED -> Outcome.COMPLETED;
            case CANCELLED -> Outcome.CANCELLED;
            default -> Outcome.FAILED;
        };
        return new ImportRun(request, outcome, end, null);
    }
}
