package dev.reactiveimports.shared;

import java.util.List;

/**
 * What {@link ImportsStore#read} found after a cursor.
 *
 * @param known whether the log has, or had as its beginning, exactly the place that the cursor names. If not, nothing is
 *     known about what the reader missed, and {@code changes} is empty
 * @param changes the changes after it in the order of their sequences, none of them flagged as a snapshot; empty at the head
 * @since 0.1.0
 */
public record LogPage(boolean known, List<RecordedChange> changes) {

    /** The cursor's place is not in the log. */
    public static final LogPage UNKNOWN = new LogPage(false, List.of());

    /**
     * Copies the changes.
     *
     * @param known see the record
     * @param changes see the record
     */
    public LogPage {
        changes = List.copyOf(changes);
    }
}
