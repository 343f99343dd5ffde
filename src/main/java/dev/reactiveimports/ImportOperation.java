package dev.reactiveimports;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One import as the service described it at one moment. Values are not corrected, so a percentage may decrease, and
 * {@code finishedAt} may be set on an import that is still pending. Only a percentage that is not a finite number is
 * rejected, with an {@link IllegalArgumentException}.
 *
 * @param id the opaque id, 1 to 1000 characters
 * @param uri where the data comes from; null when the service leaves it out
 * @param status its status
 * @param statusText the status as the service spelled it, of use when {@code status} is {@link ImportStatus#UNKNOWN}
 * @param createdAt when it was started; null when the service leaves it out
 * @param finishedAt when it ended; null when it has not, or the service leaves it out
 * @param percentComplete how much is done, 0 to 100; says nothing about the status: 100 is not the end
 * @param recordsImported records imported so far
 * @param error why it failed; null when there is no error
 * @param validationResult how many records passed; null before API version 2026-07
 * @serial exclude
 * @since 0.1.0
 */
public record ImportOperation(
        String id,
        @Nullable String uri,
        ImportStatus status,
        String statusText,
        @Nullable Instant createdAt,
        @Nullable Instant finishedAt,
        double percentComplete,
        long recordsImported,
        @Nullable String error,
        @Nullable ValidationResult validationResult)
        implements Serializable {

    /**
     * Accepts the service's values, except for a percentage that is not finite.
     *
     * @param id see the record
     * @param uri see the record
     * @param status see the record
     * @param statusText see the record
     * @param createdAt see the record
     * @param finishedAt see the record
     * @param percentComplete see the record
     * @param recordsImported see the record
     * @param error see the record
     * @param validationResult see the record
     * @throws IllegalArgumentException if {@code percentComplete} is not finite
     */
    public ImportOperation {
        requireNonNull(id, "id");
        requireNonNull(status, "status");
        requireNonNull(statusText, "statusText");
        if (!Double.isFinite(percentComplete)) {
            throw new IllegalArgumentException("percentComplete must be a finite number, but is " + percentComplete);
        }
    }

    /**
     * An import with id and status only, for tests and simulators.
     *
     * @param id the id
     * @param status the status, its text the service's own spelling
     * @return an import with no times, no progress and no error
     */
    public static ImportOperation of(String id, ImportStatus status) {
        return new ImportOperation(id, null, status, status.wireName(), null, null, 0, 0, null, null);
    }

    /**
     * Whether this import has ended.
     *
     * @return {@code status().isTerminal()}
     */
    public boolean isTerminal() {
        return status.isTerminal();
    }

    /**
     * The numbers of imported and rejected records, reported since API version 2026-07.
     *
     * @param importSuccesses records imported
     * @param importErrors records rejected
     * @serial exclude
     */
    public record ValidationResult(long importSuccesses, long importErrors) implements Serializable {}
}
