package dev.reactiveimports.shared;

import dev.reactiveimports.ImportOperation;
import dev.reactiveimports.ImportStatusChange;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Walks the states of all imports in the order of their last changes, up to the head that the log had before. So the cursor of
 * each state is a place in the log to go on from; what changes meanwhile moves behind the head, where the log has it.
 */
final class LogStates {

    private final ImportsStore store;
    private final SharedSettings settings;
    private final Cursor head;
    private long after;
    private boolean done;

    LogStates(ImportsStore store, SharedSettings settings, Cursor head) {
        this.store = store;
        this.settings = settings;
        this.head = head;
        this.done = head.equals(Cursor.START);
    }

    /** All of them once; a failure of the store is signalled. */
    static Flux<RecordedChange> all(ImportsStore store, SharedSettings settings) {
        return Mono.defer(() -> settings.bounded(store.head(settings.watch()))).flatMapMany(head -> {
            LogStates states = new LogStates(store, settings, head);
            return Mono.defer(() -> settings.bounded(states.next()))
                    .repeat(() -> !states.done)
                    .concatMapIterable(page -> page, 1);
        });
    }

    Cursor head() {
        return head;
    }

    boolean isDone() {
        return done;
    }

    /** The next page, which may be empty. */
    Mono<List<RecordedChange>> next() {
        return done
                ? Mono.just(List.of())
                : store.states(settings.watch(), after, SharedSettings.PAGE).map(this::upToHead);
    }

    private List<RecordedChange> upToHead(List<StoredImport> page) {
        if (!page.isEmpty()) {
            after = page.get(page.size() - 1).cursor().sequence();
        }
        done = page.size() < SharedSettings.PAGE || after > head.sequence();
        return page.stream()
                .filter(state -> state.cursor().sequence() <= head.sequence())
                .map(LogStates::snapshot)
                .toList();
    }

    private static RecordedChange snapshot(StoredImport state) {
        ImportOperation operation = Objects.requireNonNull(state.operation());
        Instant recordedAt = Objects.requireNonNull(state.recordedAt());
        return new RecordedChange(
                state.cursor(),
                new ImportStatusChange(state.id(), null, operation.status(), operation),
                recordedAt,
                true);
    }
}
