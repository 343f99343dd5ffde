package dev.reactiveimports;

import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Observations that wait for demand, at most one of each import: a newer one takes the place of an older. A terminal one is
 * never replaced, since an import that has ended is not observed again. Failures of single imports follow.
 */
final class WatchOutbox {

    private final Queue<WatchEntry> line = new ArrayDeque<>();
    private final Queue<ImportObservation> failures = new ArrayDeque<>();

    void put(WatchEntry watched, ImportOperation seen) {
        boolean isNews = !seen.equals(watched.emitted);
        if (isNews && watched.pending == null) {
            line.add(watched);
        }
        watched.pending = isNews ? seen : null;
    }

    void put(ImportObservation.Failed failed) {
        failures.add(failed);
    }

    boolean isEmpty() {
        skipWithdrawn();
        return line.isEmpty() && failures.isEmpty();
    }

    @Nullable
    ImportObservation next() {
        skipWithdrawn();
        WatchEntry watched = line.poll();
        ImportOperation seen = watched == null ? null : watched.pending;
        if (watched == null || seen == null) {
            return failures.poll();
        }
        watched.emitted = seen;
        watched.pending = null;
        return new ImportObservation.Seen(seen);
    }

    void clear() {
        line.clear();
        failures.clear();
    }

    /** Passes over imports that are back at what was emitted last. */
    private void skipWithdrawn() {
        for (WatchEntry first = line.peek(); first != null && first.pending == null; first = line.peek()) {
            line.poll();
        }
    }
}
