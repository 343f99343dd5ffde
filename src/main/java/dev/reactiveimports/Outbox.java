package dev.reactiveimports;

import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Observations that wait for demand, at most one of each import: a newer one takes the place of an older. A terminal one is
 * never replaced, since an import that has ended is not observed again.
 */
final class Outbox {

    private final Queue<WatchedImport> line = new ArrayDeque<>();

    void put(WatchedImport watched, ImportOperation seen) {
        boolean isNews = !seen.equals(watched.emitted);
        if (isNews && watched.pending == null) {
            line.add(watched);
        }
        watched.pending = isNews ? seen : null;
    }

    boolean isEmpty() {
        skipWithdrawn();
        return line.isEmpty();
    }

    @Nullable
    ImportOperation next() {
        skipWithdrawn();
        WatchedImport watched = line.poll();
        if (watched == null) {
            return null;
        }
        ImportOperation seen = watched.pending;
        watched.emitted = seen;
        watched.pending = null;
        return seen;
    }

    void clear() {
        line.clear();
    }

    /** Passes over imports that are back at what was emitted last. */
    private void skipWithdrawn() {
        for (WatchedImport first = line.peek(); first != null && first.pending == null; first = line.peek()) {
            line.poll();
        }
    }
}
