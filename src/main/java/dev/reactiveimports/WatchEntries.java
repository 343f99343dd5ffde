package dev.reactiveimports;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.util.Logger;
import reactor.util.Loggers;

/**
 * The imports that one subscription watches, and what is known of them. Not thread-safe: {@link SerialExecutor} orders what touches
 * it. An import that ended leaves its id behind, so that it is not watched again.
 */
final class WatchEntries {

    private static final Logger LOG = Loggers.getLogger(WatchEntries.class);
    private static final int MAX_FAILURES_KEPT = 100;

    /** How soon after one look at new ids there may be another: those that come between share it. */
    private static final long NEWCOMERS_MILLIS = 2_000;

    /** How long at least an ended import is remembered that the listing does not show; twice this at most, or two walks. */
    private static final long MEMORY_MILLIS = 30 * 60 * 1_000;

    private final Map<String, WatchEntry> active = new HashMap<>();
    private final WatchEndedIds ended = new WatchEndedIds();
    private final WatchSchedule schedule = new WatchSchedule();
    private final WatchOutbox outbox = new WatchOutbox();
    private final List<Throwable> failures = new ArrayList<>();
    private final WatchKind kind;
    private final PollSpec spec;
    private final WatchTime time;
    private final ImportsListener listener;

    private long newcomersNotBefore = Long.MIN_VALUE;
    private int joined;
    private int walksOfWholeListing;
    private long endedSince;

    WatchEntries(WatchKind kind, PollSpec spec, WatchTime time, ImportsListener listener) {
        this.kind = kind;
        this.spec = spec;
        this.time = time;
        this.listener = listener;
        this.endedSince = time.now();
    }

    WatchOutbox outbox() {
        return outbox;
    }

    boolean isEmpty() {
        return active.isEmpty();
    }

    int size() {
        return active.size();
    }

    /** Begins to watch an id, unless it is or was watched. */
    void join(String id) {
        if (active.containsKey(id) || ended.contains(id)) {
            return;
        }
        try {
            Checks.requireId(id);
        } catch (IllegalArgumentException invalid) {
            endBy(id, invalid);
            return;
        }
        WatchEntry watched = new WatchEntry(id, joined++, Math.max(time.now(), newcomersNotBefore));
        active.put(id, watched);
        schedule.put(watched);
    }

    /** Takes up an import that the listing shows, unless it is known; returns whether it is new. */
    boolean discover(ImportOperation seen, long begunAt) {
        if (ended.isShown(seen.id())) {
            return false;
        }
        WatchEntry watched = new WatchEntry(seen.id(), joined++, time.now());
        active.put(seen.id(), watched);
        watched.slot = WatchEntry.SOUGHT;
        observe(watched, seen, begunAt);
        return true;
    }

    @Nullable
    WatchEntry watched(String id) {
        return active.get(id);
    }

    /** When the next one must be looked at. */
    long soonest() {
        WatchEntry first = schedule.first();
        return first == null ? Long.MAX_VALUE : first.dueAt();
    }

    /** Takes those that are due out of the schedule, with those that may share their look, the soonest first. */
    List<WatchEntry> takeDue() {
        List<WatchEntry> due = new ArrayList<>();
        WatchEntry first = schedule.first();
        long now = time.now();
        if (first == null || first.dueAt() > now) {
            return due;
        }
        long horizon = now + (first.dueAt() - first.dueFrom());
        List<WatchEntry> tooEarly = new ArrayList<>();
        for (WatchEntry next = first; next != null && next.dueAt() <= horizon; next = schedule.first()) {
            schedule.remove(next, WatchEntry.SOUGHT);
            (next.dueFrom() <= now ? due : tooEarly).add(next);
            if (!next.wasObserved()) {
                newcomersNotBefore = now + (long) Math.min(NEWCOMERS_MILLIS, spec.minMillis());
            }
        }
        tooEarly.forEach(schedule::put);
        return due;
    }

    /**
     * A look at an import has an outcome.
     *
     * @param begunAt when that look began: if an observation came since, this one may be older, and only an end counts
     */
    void observe(WatchEntry watched, ImportOperation seen, long begunAt) {
        if (watched.slot == WatchEntry.GONE) {
            return;
        }
        if (!seen.isTerminal() && watched.isOutdated(begunAt)) {
            lookLater(watched);
            return;
        }
        ImportOperation before = watched.lastSeen();
        if (seen.isTerminal()) {
            remove(watched);
            remember(watched.id());
        } else {
            watched.seen(seen, time, spec);
            lookLater(watched);
        }
        outbox.put(watched, seen);
        if (listener != ImportsListener.NONE && ImportStatusChange.differ(before, seen)) {
            listener.onStatusChange(ImportStatusChange.between(before, seen));
        }
    }

    /** A look at this import failed while others may not have: where ids are the caller's it ends alone when that goes on. */
    void failed(WatchEntry watched, Throwable failure) {
        if (watched.slot == WatchEntry.GONE) {
            return;
        }
        if (watched.failed(spec, time.now()) >= spec.maxFailures() && kind != WatchKind.INDEX) {
            end(watched, failure);
        } else {
            lookLater(watched);
        }
    }

    /** A look showed nothing, which is not a failure of the service. */
    void postpone(WatchEntry watched, long wait) {
        if (watched.slot != WatchEntry.GONE) {
            watched.postpone(wait, time.now());
            lookLater(watched);
        }
    }

    /** It waits for its describe from now on. */
    void queue(WatchEntry watched) {
        schedule.remove(watched, WatchEntry.QUEUED);
    }

    /**
     * The service does not know an import, or it alone cannot be read. Of the caller's ids that is the end. One that the listing
     * showed is looked at again, until the whole listing was walked and did not show it either.
     */
    void unknown(WatchEntry watched, Throwable failure) {
        if (watched.slot == WatchEntry.GONE) {
            return;
        }
        if (kind != WatchKind.INDEX) {
            end(watched, failure);
        } else if (failure instanceof ImportsApiException && isForgotten(watched)) {
            LOG.debug("import {} is gone from the service: watched no more", watched.id());
            remove(watched);
        } else {
            watched.failed(spec, time.now());
            lookLater(watched);
        }
    }

    /** What the whole listing did not show, a walk that began after the service first said so, does not exist any more. */
    private boolean isForgotten(WatchEntry watched) {
        if (watched.unknownSince == 0) {
            watched.unknownSince = walksOfWholeListing + 1;
            return false;
        }
        return walksOfWholeListing > watched.unknownSince;
    }

    /** The listing was walked from its beginning to its end. */
    void wholeListingWalked() {
        walksOfWholeListing++;
        long now = time.now();
        if (now - endedSince >= MEMORY_MILLIS) {
            endedSince = now;
            ended.age();
        }
    }

    private void lookLater(WatchEntry watched) {
        if (watched.slot != WatchEntry.LOOKED_AT) {
            schedule.put(watched);
        }
    }

    private void end(WatchEntry watched, Throwable failure) {
        remove(watched);
        endBy(watched.id(), failure);
    }

    private void remove(WatchEntry watched) {
        active.remove(watched.id());
        schedule.remove(watched, WatchEntry.GONE);
    }

    private void endBy(String id, Throwable failure) {
        LOG.debug("import {} is watched no more: {}", id, failure.getClass().getSimpleName());
        remember(id);
        if (kind == WatchKind.OBSERVATIONS || kind == WatchKind.RUNS) {
            outbox.put(new ImportObservation.Failed(id, failure));
        } else if (failures.size() < MAX_FAILURES_KEPT) {
            failures.add(failure);
        }
    }

    private void remember(String id) {
        if (kind != WatchKind.RUNS) {
            ended.add(id);
        }
    }

    /** How many ids are remembered though their imports have ended. */
    int endedCount() {
        return ended.size();
    }

    /** Errors of imports that ended by one, to be signalled at the end. */
    List<Throwable> failures() {
        return failures;
    }

    void clear() {
        active.clear();
        ended.clear();
        schedule.clear();
        outbox.clear();
    }
}
