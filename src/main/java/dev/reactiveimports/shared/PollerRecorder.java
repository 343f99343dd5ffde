package dev.reactiveimports.shared;

import dev.reactiveimports.ImportOperation;
import dev.reactiveimports.ImportStatus;
import dev.reactiveimports.ImportStatusChange;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.util.Logger;
import reactor.util.Loggers;

/**
 * Compares observations with the states of the store, and appends what changed under the lease. Knows by heart the states of
 * imports that run; those that it does not know, or that have ended, it asks the store for.
 */
final class PollerRecorder {

    private static final Logger LOG = Loggers.getLogger(SharedImports.class);

    private final ImportsStore store;
    private final SharedSettings settings;
    private final SharedLease lease;
    private final Map<String, Known> known = new ConcurrentHashMap<>();
    private final AtomicInteger sweeps = new AtomicInteger();

    /** What the store has of an import that has not ended, and in which sweep it was observed last. */
    private record Known(long revision, @Nullable ImportOperation operation, int observedIn) {}

    PollerRecorder(ImportsStore store, SharedSettings settings, SharedLease lease) {
        this.store = store;
        this.settings = settings;
        this.lease = lease;
    }

    /** Whether an observation may be a change; marks its import as observed. */
    boolean isNews(ImportOperation operation) {
        int now = sweeps.get();
        Known before = known.computeIfPresent(
                operation.id(), (id, k) -> k.observedIn == now ? k : new Known(k.revision, k.operation, now));
        return before == null || differ(before.operation, operation);
    }

    /** From now on, imports count as observed if they are so again. */
    void beginSweep() {
        sweeps.incrementAndGet();
    }

    boolean wasObserved(String id) {
        Known found = known.get(id);
        return found != null && found.observedIn >= sweeps.get() - 1;
    }

    /** Forgets the states, and does not harm: they are read again. */
    void forget() {
        known.clear();
    }

    /** Appends what is new in a batch; of several observations of an import the last, or its end. */
    Mono<Void> record(List<ImportOperation> batch) {
        Map<String, ImportOperation> latest = new LinkedHashMap<>();
        batch.forEach(seen -> latest.merge(seen.id(), seen, (a, b) -> a.isTerminal() ? a : b));
        List<String> unknown =
                latest.keySet().stream().filter(id -> !known.containsKey(id)).toList();
        Mono<List<StoredImport>> states =
                unknown.isEmpty() ? Mono.just(List.of()) : settings.bounded(store.find(settings.watch(), unknown));
        return states.flatMap(found -> append(latest, unknown, found));
    }

    private Mono<Void> append(Map<String, ImportOperation> latest, List<String> unknown, List<StoredImport> found) {
        unknown.forEach(id -> known.put(id, new Known(0, null, sweeps.get())));
        for (StoredImport state : found) {
            if (state.ended()) {
                known.remove(state.id());
                latest.remove(state.id());
            } else {
                known.put(state.id(), new Known(state.revision(), state.operation(), sweeps.get()));
            }
        }
        List<NewChange> changes = new ArrayList<>();
        latest.values().forEach(seen -> {
            Known before = known.get(seen.id());
            if (before != null && differ(before.operation, seen)) {
                changes.add(change(before, seen));
            }
        });
        return changes.isEmpty() ? Mono.empty() : append(changes);
    }

    private Mono<Void> append(List<NewChange> changes) {
        int[] appended = new int[1];
        return lease.under(held -> store.append(held, settings.lease(), changes).map(result -> {
                    appended[0] = result.changes();
                    return result.lease();
                }))
                .doOnNext(now -> {
                    LOG.debug("watch {}: {} changes appended, head {}", settings.watch(), appended[0], now.position());
                    if (appended[0] > 0) {
                        settings.listener().onAppended(new Appended(appended[0], now));
                    }
                    changes.forEach(change -> appended(change, appended[0] == changes.size()));
                })
                .then();
    }

    /** What was left out had another revision than it should: its state is read anew. */
    private void appended(NewChange change, boolean all) {
        ImportOperation operation = change.change().operation();
        if (!all || operation.isTerminal()) {
            known.remove(operation.id());
        } else {
            known.put(operation.id(), new Known(change.revision() + 1, operation, sweeps.get()));
        }
    }

    private static NewChange change(Known before, ImportOperation seen) {
        ImportOperation last = before.operation;
        ImportOperation now = isNotFound(seen) && last != null ? notFound(last) : seen;
        return new NewChange(
                before.revision,
                new ImportStatusChange(seen.id(), last == null ? null : last.status(), now.status(), now));
    }

    private static boolean differ(@Nullable ImportOperation before, ImportOperation now) {
        return before == null
                || before.status() != now.status()
                || (now.status() == ImportStatus.UNKNOWN && !before.statusText().equals(now.statusText()));
    }

    static ImportOperation notFound(String id) {
        return notFound(ImportOperation.of(id, ImportStatus.UNKNOWN));
    }

    private static boolean isNotFound(ImportOperation operation) {
        return operation.status() == ImportStatus.UNKNOWN
                && operation.statusText().equals(SharedImports.NOT_FOUND);
    }

    /** As it was last seen, but for its status. */
    private static ImportOperation notFound(ImportOperation last) {
        return new ImportOperation(
                last.id(),
                last.uri(),
                ImportStatus.UNKNOWN,
                SharedImports.NOT_FOUND,
                last.createdAt(),
                last.finishedAt(),
                last.percentComplete(),
                last.recordsImported(),
                last.error(),
                last.validationResult());
    }
}
