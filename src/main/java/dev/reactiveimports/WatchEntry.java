package dev.reactiveimports;

import org.jspecify.annotations.Nullable;

/** What a watch keeps of one import until it ends. All times are milliseconds of the watch's monotonic clock. */
final class WatchEntry {

    /** Its place in the listing was never looked for. */
    static final int UNPLACED = 0;

    /** It was looked for in the listing and not found. */
    static final int NOT_LISTED = Integer.MAX_VALUE;

    /** Instead of a slot in the schedule: a describe of it is in flight. */
    static final int LOOKED_AT = -1;

    /** Instead of a slot: it waits for its describe. */
    static final int QUEUED = -2;

    /** Instead of a slot: a walk of the listing looks for it, or will. */
    static final int SOUGHT = -3;

    /** Instead of a slot: it is no longer watched, and a late response about it has no effect. */
    static final int GONE = -4;

    private static final long NEVER = Long.MIN_VALUE;

    /** A look may be early by this part of its wait, to share requests with others. */
    private static final double EARLY = 0.25;

    private final String id;

    /** Breaks ties between imports that are due at the same time. */
    final int order;

    /** Its slot in the schedule, or one of the constants above. */
    int slot = LOOKED_AT;

    /** The page of the listing, from 1, where it is supposed to be. */
    int page = UNPLACED;

    /** How many walks of the whole listing had ended when the service first did not know it; 0 while it does. */
    int unknownSince;

    private int failures;
    private int earlyBy;
    private long dueAt;
    private long observedAt = NEVER;
    private @Nullable WatchPace pace;

    /** What was delivered last. */
    @Nullable
    ImportOperation emitted;

    /** What waits for demand. */
    @Nullable
    ImportOperation pending;

    WatchEntry(String id, int order, long dueAt) {
        this.id = id;
        this.order = order;
        this.dueAt = dueAt;
    }

    String id() {
        return id;
    }

    long dueAt() {
        return dueAt;
    }

    /** From when on it may be looked at together with others. */
    long dueFrom() {
        return dueAt - earlyBy;
    }

    boolean wasObserved() {
        return observedAt != NEVER;
    }

    @Nullable
    ImportOperation lastSeen() {
        return pending != null ? pending : emitted;
    }

    /** Whether a look that began at this time, before the last observation came, may show an older state than that. */
    boolean isOutdated(long begunAt) {
        return begunAt < observedAt;
    }

    /** Sets when to look again. */
    void seen(ImportOperation operation, WatchTime time, PollSpec spec) {
        failures = 0;
        unknownSince = 0;
        long now = time.now();
        observedAt = now;
        if (pace == null) {
            pace = new WatchPace(operation.createdAt(), time.wallClock(), now);
        }
        dueIn(pace.afterPoll(spec, operation.percentComplete(), now), now);
    }

    /** Sets when to try again; returns how many looks at this import have failed in a row. */
    int failed(PollSpec spec, long now) {
        failures++;
        dueIn(WatchPace.afterFailure(spec, failures), now);
        return failures;
    }

    /** Sets when to look again after a look that showed nothing. */
    void postpone(long wait, long now) {
        dueIn(wait, now);
    }

    private void dueIn(long wait, long now) {
        dueAt = now + wait;
        earlyBy = (int) Math.min(Integer.MAX_VALUE, EARLY * wait);
    }
}
