package dev.reactiveimports.shared;

import static java.util.Objects.requireNonNull;

import dev.reactiveimports.ImportStatusChange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The rows of one watch. Guarded by the store's lock. */
final class MemoryWatch {

    private final Map<String, MemoryLease> leases = new HashMap<>();
    private final Map<String, StoredImport> imports = new HashMap<>();
    private final NavigableMap<String, StoredImport> open = new TreeMap<>();
    private final NavigableMap<Long, StoredImport> byLastChange = new TreeMap<>();
    private final NavigableMap<Long, RecordedChange> log = new TreeMap<>();

    private final MemoryRuns runs;

    MemoryWatch() {
        runs = new MemoryRuns();
    }

    MemoryWatch(MemoryWatch other) {
        other.leases.forEach((name, lease) -> leases.put(name, new MemoryLease(lease)));
        imports.putAll(other.imports);
        open.putAll(other.open);
        byLastChange.putAll(other.byLastChange);
        log.putAll(other.log);
        runs = new MemoryRuns(other.runs);
    }

    MemoryRuns runs() {
        return runs;
    }

    @Nullable
    StoredRun advance(StoredRun run, Instant now) {
        StoredRun advanced = runs.advance(run, now);
        if (advanced != null && advanced.state() == StoredRun.State.STARTED) {
            register(requireNonNull(advanced.id()));
        }
        return advanced;
    }

    MemoryLease lease(String name) {
        return leases.computeIfAbsent(name, n -> new MemoryLease());
    }

    boolean register(String id) {
        if (imports.containsKey(id)) {
            return false;
        }
        put(new StoredImport(id, 0, Cursor.START, null, null));
        return true;
    }

    int append(long epoch, Instant now, List<NewChange> changes) {
        int appended = 0;
        for (NewChange change : changes) {
            ImportStatusChange step = change.change();
            StoredImport before = imports.get(step.id());
            long revision = before == null ? 0 : before.revision();
            if (revision != change.revision() || (before != null && before.ended())) {
                continue;
            }
            Cursor cursor = new Cursor(epoch, head().sequence() + 1);
            if (before != null) {
                byLastChange.remove(before.cursor().sequence());
            }
            put(new StoredImport(step.id(), revision + 1, cursor, step.operation(), now));
            log.put(cursor.sequence(), new RecordedChange(cursor, step, now, false));
            appended++;
        }
        return appended;
    }

    private void put(StoredImport state) {
        imports.put(state.id(), state);
        if (state.revision() > 0) {
            byLastChange.put(state.cursor().sequence(), state);
        }
        if (state.ended()) {
            open.remove(state.id());
        } else {
            open.put(state.id(), state);
        }
    }

    List<StoredImport> find(Collection<String> ids) {
        return ids.stream()
                .distinct()
                .map(imports::get)
                .filter(Objects::nonNull)
                .toList();
    }

    List<StoredImport> open(boolean unobserved, String afterId, int limit) {
        Stream<StoredImport> rows = open.tailMap(afterId, false).values().stream();
        return rows.filter(row -> !unobserved || row.revision() == 0)
                .limit(limit)
                .toList();
    }

    List<StoredImport> states(long after, int limit) {
        return byLastChange.tailMap(after, false).values().stream().limit(limit).toList();
    }

    Cursor head() {
        return log.isEmpty() ? Cursor.START : log.lastEntry().getValue().cursor();
    }

    boolean has(Cursor cursor) {
        RecordedChange row = log.get(cursor.sequence());
        return row != null && row.cursor().equals(cursor);
    }

    LogPage read(Cursor after, int limit) {
        boolean known = after.equals(Cursor.START) ? log.isEmpty() || log.firstKey() == 1 : has(after);
        if (!known) {
            return LogPage.UNKNOWN;
        }
        return new LogPage(
                true,
                log.tailMap(after.sequence(), false).values().stream()
                        .limit(limit)
                        .toList());
    }

    long purge(Instant olderThan) {
        leases.entrySet()
                .removeIf(lease -> lease.getKey().startsWith(ImportsStore.RUN)
                        && lease.getValue().expiredBefore(olderThan));
        List<Long> old = new ArrayList<>();
        for (RecordedChange row : log.values()) {
            if (!row.recordedAt().isBefore(olderThan)) {
                break;
            }
            old.add(row.cursor().sequence());
        }
        if (!old.isEmpty()) {
            old.remove(old.size() - 1);
        }
        old.forEach(log::remove);
        return old.size();
    }
}
