package dev.reactiveimports.shared;

import static java.util.Objects.requireNonNull;

/**
 * What {@link ImportsStore#append} did.
 *
 * @param changes how many were appended; fewer than given if some were left out
 * @param lease the lease, whose position is now the head of the log
 * @since 0.1.0
 */
public record Appended(int changes, StoreLease lease) {

    /**
     * Checks that there is a lease.
     *
     * @param changes see the record
     * @param lease see the record
     */
    public Appended {
        requireNonNull(lease, "lease");
    }
}
