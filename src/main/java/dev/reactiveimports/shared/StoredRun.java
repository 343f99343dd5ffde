package dev.reactiveimports.shared;

import static java.util.Objects.requireNonNull;

import dev.reactiveimports.ImportOperation;
import dev.reactiveimports.StartImportRequest;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A run of {@link SharedImports#runImports} as an {@link ImportsStore} keeps it: one row for each URI of a watch. What follows
 * from one step to the next is made by {@link #sending}, {@link #started} and so on, whose version is one higher: the store
 * takes it only in the place of the version before.
 *
 * @param request what to import
 * @param state how far it is
 * @param version rises by 1 with each step; 0 when it was planned
 * @param holder by which claim the request is or was sent, 1 to 100 characters; empty before
 * @param sentAt when it last came to be {@link State#SENDING}, by the store's clock; null before
 * @param id the import, as soon as it is known
 * @param operation how the import ended; null before
 * @param failure why the run was refused or is unknown, for people; null otherwise
 * @since 0.1.0
 */
public record StoredRun(
        StartImportRequest request,
        State state,
        long version,
        String holder,
        @Nullable Instant sentAt,
        @Nullable String id,
        @Nullable ImportOperation operation,
        @Nullable String failure) {

    private static final int MAX_FAILURE = 1_000;

    /** How far a run is. The last three are final, until the run is forgotten. */
    public enum State {
        /** Nothing was sent. */
        PLANNED,
        /** The request may have been sent: committed before its first byte. */
        SENDING,
        /** The service has given an id. */
        STARTED,
        /** The import has ended, one way or another. */
        ENDED,
        /** Surely not started. */
        REFUSED,
        /** May have been started, or cannot be observed any more. */
        UNKNOWN;

        /**
         * Whether the outcome is recorded.
         *
         * @return true for the last three
         */
        public boolean isFinal() {
            return this == ENDED || this == REFUSED || this == UNKNOWN;
        }
    }

    /**
     * Checks that what is not nullable is there, and shortens the failure to 1,000 characters.
     *
     * @param request see the record
     * @param state see the record
     * @param version see the record
     * @param holder see the record
     * @param sentAt see the record
     * @param id see the record
     * @param operation see the record
     * @param failure see the record
     */
    public StoredRun {
        requireNonNull(request, "request");
        requireNonNull(state, "state");
        requireNonNull(holder, "holder");
        if (failure != null && failure.length() > MAX_FAILURE) {
            failure = failure.substring(0, MAX_FAILURE);
        }
    }

    /**
     * A run of which nothing was sent.
     *
     * @param request what to import
     * @return version 0
     */
    public static StoredRun planned(StartImportRequest request) {
        return new StoredRun(request, State.PLANNED, 0, "", null, null, null, null);
    }

    /**
     * The request is about to be sent.
     *
     * @param claim unique to this attempt, 1 to 100 characters
     * @return the next version; its {@code sentAt} is for the store to set
     */
    public StoredRun sending(String claim) {
        return next(State.SENDING, claim, null, null, null);
    }

    /**
     * It was surely not taken, and may be sent again.
     *
     * @return the next version
     */
    public StoredRun notSent() {
        return next(State.PLANNED, "", null, null, null);
    }

    /**
     * The service has started the import.
     *
     * @param importId its id
     * @return the next version
     */
    public StoredRun started(String importId) {
        return next(State.STARTED, holder, requireNonNull(importId, "importId"), null, null);
    }

    /**
     * The import has ended.
     *
     * @param end terminal
     * @return the next version
     */
    public StoredRun ended(ImportOperation end) {
        return next(State.ENDED, holder, end.id(), end, null);
    }

    /**
     * It is surely not started.
     *
     * @param why for people
     * @return the next version
     */
    public StoredRun refused(String why) {
        return next(State.REFUSED, holder, null, null, requireNonNull(why, "why"));
    }

    /**
     * Whether it was started, or how it ended, cannot be known.
     *
     * @param why for people
     * @return the next version
     */
    public StoredRun unknown(String why) {
        return next(State.UNKNOWN, holder, id, null, requireNonNull(why, "why"));
    }

    /**
     * With the time at which the store recorded it, for implementations of {@link ImportsStore}.
     *
     * @param storeTime the store's
     * @return the same version
     */
    public StoredRun sentAt(Instant storeTime) {
        return new StoredRun(request, state, version, holder, storeTime, id, operation, failure);
    }

    private StoredRun next(
            State state,
            String holder,
            @Nullable String id,
            @Nullable ImportOperation operation,
            @Nullable String failure) {
        return new StoredRun(request, state, version + 1, holder, sentAt, id, operation, failure);
    }
}
