package dev.reactiveimports.shared;

import static java.util.Objects.requireNonNull;

import dev.reactiveimports.ImportOperation;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The last known state of an import in an {@link ImportsStore}.
 *
 * @param id the import
 * @param revision how many changes of it were appended; 0 if it was registered and none was
 * @param cursor its last change; {@link Cursor#START} at revision 0
 * @param operation the operation of its last change; null at revision 0
 * @param recordedAt when its last change was appended, by the store's clock; null at revision 0
 * @since 0.1.0
 */
public record StoredImport(
        String id,
        long revision,
        Cursor cursor,
        @Nullable ImportOperation operation,
        @Nullable Instant recordedAt) {

    /**
     * Checks that what is not nullable is there.
     *
     * @param id see the record
     * @param revision see the record
     * @param cursor see the record
     * @param operation see the record
     * @param recordedAt see the record
     */
    public StoredImport {
        requireNonNull(id, "id");
        requireNonNull(cursor, "cursor");
    }

    /**
     * Whether the import has ended: no change of it is appended any more.
     *
     * @return true if its operation is terminal
     */
    public boolean ended() {
        return operation != null && operation.isTerminal();
    }
}
