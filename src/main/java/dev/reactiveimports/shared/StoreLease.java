package dev.reactiveimports.shared;

import static java.util.Objects.requireNonNull;

/**
 * A lease that was acquired from an {@link ImportsStore}: proof of the right to append, or to move a consumer's cursor, until
 * another holder acquires it. It does not say whether it is still held: only the store knows. A store holds a lease for its
 * holder as long as holder and epoch are those of the row, and the position of the row is not before the lease's: a database
 * that lost commits may still know the lease, but not what was done under it.
 *
 * @param watch the watch
 * @param name the consumer, or {@link ImportsStore#POLLER}
 * @param holder who acquired it
 * @param epoch differs from every earlier and later epoch of this watch and name
 * @param position of the poller, the head of the log that it knows; of a consumer, its cursor. {@link Cursor#START} if there
 *     is none yet
 * @since 0.1.0
 */
public record StoreLease(String watch, String name, String holder, long epoch, Cursor position) {

    /**
     * Checks that all are there.
     *
     * @param watch see the record
     * @param name see the record
     * @param holder see the record
     * @param epoch see the record
     * @param position see the record
     */
    public StoreLease {
        requireNonNull(watch, "watch");
        requireNonNull(name, "name");
        requireNonNull(holder, "holder");
        requireNonNull(position, "position");
    }

    /**
     * This lease with another position, as after {@link ImportsStore#move}.
     *
     * @param position the new one
     * @return a copy
     */
    public StoreLease at(Cursor position) {
        return new StoreLease(watch, name, holder, epoch, position);
    }
}
