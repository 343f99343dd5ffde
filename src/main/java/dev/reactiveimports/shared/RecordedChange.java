package dev.reactiveimports.shared;

import static java.util.Objects.requireNonNull;

import dev.reactiveimports.ImportStatusChange;
import java.time.Instant;

/**
 * A change of an import's status as the log has it.
 *
 * @param cursor its place in the log; what is read strictly after it goes on with the next change
 * @param change what changed. The operation is the one observed then; in a snapshot, {@code from} is null
 * @param recordedAt when it was appended, by the store's clock
 * @param snapshot true if it is not a step but the import's last known state, in place of all changes up to it: at the
 *     beginning, after the retention removed changes that were not read, or after the store lost commits
 * @since 0.1.0
 */
public record RecordedChange(Cursor cursor, ImportStatusChange change, Instant recordedAt, boolean snapshot) {

    /**
     * Checks that all are there.
     *
     * @param cursor see the record
     * @param change see the record
     * @param recordedAt see the record
     * @param snapshot see the record
     */
    public RecordedChange {
        requireNonNull(cursor, "cursor");
        requireNonNull(change, "change");
        requireNonNull(recordedAt, "recordedAt");
    }
}
