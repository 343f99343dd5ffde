package dev.reactiveimports;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The imports that one subscription watches, and what is known of them. Not thread-safe: {@link Serial} orders what touches
 * it. An import that ended leaves its id behind, so that it is not watched again.
 */
final class Fleet {

    private static final int MAX_REFUSALS = 100;

    private final Map<String, WatchedImport> active = new LinkedHashMap<>();
    private final Set<String> ended = new HashSet<>();
    private final Outbox outbox = new Outbox();
    private final List<Throwable> refusals = new ArrayList<>();
    private final PollSpec spec;
    private final @Nullable ImportsListener listener;

    Fleet(PollSpec spec, @Nullable ImportsListener listener) {
        this.spec = spec;
        this.listener = listener;
    }

    Outbox outbox() {
        return outbox;
    }

    boolean isEmpty() {
        return active.isEmpty();
    }

    int size() {
        return active.size();
    }

    /** Begins to watch an id, unless it is or was watched; tells whether it does. */
    boolean join(String id, long now) {
        if (active.containsKey(id) || ended.contains(id)) {
            return false;
        }
        try {
            active.put(Limits.requireId(id), new WatchedImport(id, now));
            return true;
        } catch (IllegalArgumentException invalid) {
            refuse(id, invalid);
            return false;
        }
    }

    /** Takes up an import that the listing shows; tells whether it is new. */
    boolean discover(ImportOperation seen, long now) {
        if (ended.contains(seen.id())) {
            return false;
        }
        WatchedImport watched = new WatchedImport(seen.id(), now);
        active.put(seen.id(), watched);
        observe(watched, seen, now);
        return true;
    }

    @Nullable
    WatchedImport watched(String id) {
        return active.get(id);
    }

    Collection<WatchedImport> all() {
        return active.values();
    }

    List<WatchedImport> due(long now) {
        return active.values().stream().filter(watched -> watched.isDue(now)).toList();
    }

    /** When the next one must be looked at. */
    long soonest() {
        return active.values().stream().mapToLong(WatchedImport::dueAt).min().orElse(Long.MAX_VALUE);
    }

    void observe(WatchedImport watched, ImportOperation seen, long now) {
        ImportOperation before = watched.lastSeen();
        if (seen.isTerminal()) {
            active.remove(watched.id());
            ended.add(watched.id());
        } else {
            watched.seen(seen, spec, now);
        }
        outbox.put(watched, seen);
        if (listener != null && ImportStatusChange.differ(before, seen)) {
            listener.onStatusChange(ImportStatusChange.between(before, seen));
        }
    }

    /** A poll of this import failed while others did not: so it ends alone when that goes on. */
    void failed(WatchedImport watched, Throwable failure, long now) {
        if (watched.failed(spec, now) >= spec.maxFailures()) {
            end(watched, failure);
        }
    }

    void postpone(WatchedImport watched, long now) {
        watched.postpone(spec, now);
    }

    /** Ends one import by an error, which is signalled when the others have ended. */
    void end(WatchedImport watched, Throwable failure) {
        active.remove(watched.id());
        refuse(watched.id(), failure);
    }

    /** Watches an import no more; if the listing shows it again it is new. */
    void forget(WatchedImport watched) {
        active.remove(watched.id());
    }

    private void refuse(String id, Throwable failure) {
        ended.add(id);
        if (refusals.size() < MAX_REFUSALS) {
            refusals.add(failure);
        }
    }

    /** Errors of imports that ended by one. */
    List<Throwable> refusals() {
        return refusals;
    }

    void clear() {
        active.clear();
        ended.clear();
        outbox.clear();
    }
}
