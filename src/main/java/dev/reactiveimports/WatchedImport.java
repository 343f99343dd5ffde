package dev.reactiveimports;

import org.jspecify.annotations.Nullable;

/** What a fleet's watch keeps of one import until it ends. */
final class WatchedImport {

    /** Its place in the listing was never looked for. */
    static final int UNPLACED = 0;
    /** It was looked for in the listing and not found. */
    static final int NOT_LISTED = Integer.MAX_VALUE;

    /** A poll may be early by this part of its wait, to share a tick with others. */
    private static final double EARLY = 0.25;

    private final String id;
    private long dueAt;
    private long dueFrom;
    private int failures;
    private @Nullable Pace pace;

    /** The page of the listing, from 1, where it is supposed to be. */
    int page = UNPLACED;

    /** What was delivered last. */
    @Nullable
    ImportOperation emitted;

    /** What waits for demand. */
    @Nullable
    ImportOperation pending;

    WatchedImport(String id, long now) {
        this.id = id;
        this.dueAt = now;
        this.dueFrom = now;
    }

    String id() {
        return id;
    }

    long dueAt() {
        return dueAt;
    }

    boolean isDue(long now) {
        return dueFrom <= now;
    }

    @Nullable
    ImportOperation lastSeen() {
        return pending != null ? pending : emitted;
    }

    /** Sets when to look again. */
    void seen(ImportOperation operation, PollSpec spec, long now) {
        failures = 0;
        if (pace == null) {
            pace = new Pace(operation.createdAt(), now);
        }
        dueIn(pace.afterPoll(spec, operation.percentComplete(), now), now);
    }

    /** Sets when to try again; tells how many polls of this import have failed in a row. */
    int failed(PollSpec spec, long now) {
        failures++;
        dueIn(Pace.afterFailure(spec, failures), now);
        return failures;
    }

    /** Sets when to look again after an answer that says nothing. */
    void postpone(PollSpec spec, long now) {
        dueIn(Pace.afterFailure(spec, 1), now);
    }

    private void dueIn(long wait, long now) {
        dueAt = now + wait;
        dueFrom = dueAt - (long) (EARLY * wait);
    }
}
