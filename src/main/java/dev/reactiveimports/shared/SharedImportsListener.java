package dev.reactiveimports.shared;

import static java.util.Objects.requireNonNull;

import java.util.Collection;

/**
 * Receives the events of a replica, for metrics, logs and dashboards. Every method does nothing by default.
 *
 * <p>Methods are called on the thread of the event, usually one of the database's driver or of a timer, so they must not block.
 * Those of one lease may be called on several threads at once. What they throw has no effect; the first exception of a
 * listener is logged. They never receive the API key or a pagination token.
 *
 * <p>Leases are the poller's, named {@link ImportsStore#POLLER}, and those of consumers, named by them.
 *
 * @since 0.1.0
 */
public interface SharedImportsListener {

    /** Receives everything and does nothing. */
    SharedImportsListener NONE = new SharedImportsListener() {};

    /**
     * Combines listeners: each receives every event, in order, even if an earlier one throws.
     *
     * @param listeners copied at once
     * @return a listener for {@link SharedImports.Builder#listener}
     */
    static SharedImportsListener all(Collection<? extends SharedImportsListener> listeners) {
        return SharedListeners.of(listeners);
    }

    /**
     * This replica acquired a lease: from now on it polls, or handles the changes of a consumer.
     *
     * @param lease with a new epoch
     */
    default void onLeaseAcquired(StoreLease lease) {}

    /**
     * This replica asked for a lease that another holder has. It asks again, about three times in a lease's duration.
     *
     * @param watch the watch
     * @param name the consumer, or {@link ImportsStore#POLLER}
     */
    default void onLeaseNotAcquired(String watch, String name) {}

    /**
     * This replica does nothing under a lease any more. Follows each {@link #onLeaseAcquired} once, unless the process dies.
     *
     * @param lease as it was acquired, with its last position
     * @param end why
     */
    default void onLeaseEnded(StoreLease lease, LeaseEnd end) {}

    /**
     * This replica appended changes to the log.
     *
     * @param appended how many, 1 or more, and the lease at the new head
     */
    default void onAppended(Appended appended) {}

    /**
     * A consumer of this replica handled a change, and its cursor is in the store, or will be with that of a later state.
     *
     * @param watch the watch
     * @param consumer the consumer
     * @param change what was handled
     */
    default void onConsumed(String watch, String consumer, RecordedChange change) {}

    /**
     * How far a consumer of this replica is: after each change, and whenever the head of the log was read, about once a
     * second, also while a handler is busy.
     *
     * @param progress its place and the head
     */
    default void onProgress(Progress progress) {}

    /** Why a replica does nothing under a lease any more. */
    enum LeaseEnd {
        /** The replica was closed, or the subscription to the consumer cancelled: another one may have the lease at once. */
        RELEASED,
        /** Its duration passed without a renewal, or another holder has it. */
        LOST,
        /** The store failed, so that it is not known whether the lease is held. */
        STORE_FAILED,
        /** The service rejected a poll for good, with 401 for instance. */
        SERVICE_FAILED,
        /** A consumer's handler failed after its retries. */
        HANDLER_FAILED
    }

    /**
     * How far a consumer is.
     *
     * @param watch the watch
     * @param consumer the consumer
     * @param cursor the last change that was handled, or where this replica began
     * @param head the newest change as of the last look
     */
    record Progress(String watch, String consumer, Cursor cursor, Cursor head) {

        /**
         * Checks that all are there.
         *
         * @param watch see the record
         * @param consumer see the record
         * @param cursor see the record
         * @param head see the record
         */
        public Progress {
            requireNonNull(watch, "watch");
            requireNonNull(consumer, "consumer");
            requireNonNull(cursor, "cursor");
            requireNonNull(head, "head");
        }

        /**
         * How many changes the log has after the cursor.
         *
         * @return 0 or more; at most so many while the consumer handles states that are flagged as snapshot
         */
        public long lag() {
            return Math.max(0, head.sequence() - cursor.sequence());
        }
    }
}
