package dev.reactiveimports.shared;

import static java.util.Objects.requireNonNull;

import dev.reactiveimports.ImportStatusChange;

/**
 * A change to append to an {@link ImportsStore}.
 *
 * @param revision the revision of the import that the change was compared with: the change is left out if the store has
 *     another one by now. 0 if the store had no change of it
 * @param change what changed
 * @since 0.1.0
 */
public record NewChange(long revision, ImportStatusChange change) {

    /**
     * Checks that there is a change.
     *
     * @param revision see the record
     * @param change see the record
     * @throws IllegalArgumentException if the revision is negative
     */
    public NewChange {
        requireNonNull(change, "change");
        if (revision < 0) {
            throw new IllegalArgumentException("revision must not be negative, but is " + revision);
        }
    }
}
