package dev.reactiveimports.shared;

import dev.reactiveimports.StartImportRequest;
import java.time.Instant;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The runs of one watch, by their URIs. Guarded by the store's lock. */
final class MemoryRuns {

    private final NavigableMap<String, StoredRun> byUri = new TreeMap<>();

    MemoryRuns() {}

    MemoryRuns(MemoryRuns other) {
        byUri.putAll(other.byUri);
    }

    StoredRun plan(StartImportRequest request) {
        return byUri.computeIfAbsent(request.uri(), uri -> StoredRun.planned(request));
    }

    @Nullable
    StoredRun advance(StoredRun run, Instant now) {
        String uri = run.request().uri();
        StoredRun before = byUri.get(uri);
        if (before == null || before.version() != run.version() - 1) {
            return null;
        }
        StoredRun timed = run.state() == StoredRun.State.SENDING ? run.sentAt(now) : run;
        byUri.put(uri, timed);
        return timed;
    }

    List<StoredRun> open(String afterUri, int limit) {
        return byUri.tailMap(afterUri, false).values().stream()
                .filter(run -> !run.state().isFinal())
                .limit(limit)
                .toList();
    }

    boolean forget(String uri) {
        StoredRun run = byUri.get(uri);
        return run != null && run.state().isFinal() && byUri.remove(uri, run);
    }
}
