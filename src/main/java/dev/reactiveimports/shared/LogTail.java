package dev.reactiveimports.shared;

import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.Logger;
import reactor.util.Loggers;

/** One reader of the log, page by page. Where it has no place in the log, or loses it, it reads the states first. */
final class LogTail {

    private static final Logger LOG = Loggers.getLogger(SharedImports.class);

    private final ImportsStore store;
    private final SharedSettings settings;
    private final LogHeads heads;

    /** What was read last; null while there are states to read. */
    private @Nullable Cursor place;

    private @Nullable LogStates states;

    /** Whether the place is a caller's and was not found yet: then it may be one of another watch. */
    private boolean unchecked;

    LogTail(ImportsStore store, SharedSettings settings, LogHeads heads) {
        this.store = store;
        this.settings = settings;
        this.heads = heads;
    }

    /** The states, then every change. */
    Flux<RecordedChange> fromStates() {
        return pages();
    }

    /** Every change after a cursor of a caller. */
    Flux<RecordedChange> after(Cursor cursor) {
        place = cursor;
        unchecked = true;
        return pages();
    }

    /** Every change after a cursor that the store kept; the states first if that is the start. */
    Flux<RecordedChange> from(Cursor kept) {
        place = kept.equals(Cursor.START) ? null : kept;
        return pages();
    }

    private Flux<RecordedChange> pages() {
        return Mono.defer(this::next).repeat().concatMapIterable(page -> page, 1);
    }

    private Mono<List<RecordedChange>> next() {
        Cursor after = place;
        return after == null ? states() : changes(after);
    }

    private Mono<List<RecordedChange>> states() {
        LogStates walk = states;
        if (walk == null) {
            return untilDone("reading the head", () -> store.head(settings.watch()))
                    .flatMap(head -> {
                        states = new LogStates(store, settings, head);
                        return Mono.empty();
                    });
        }
        if (walk.isDone()) {
            place = walk.head();
            states = null;
            return Mono.empty();
        }
        return untilDone("reading the states", walk::next);
    }

    private Mono<List<RecordedChange>> changes(Cursor after) {
        long look = heads.now();
        return untilDone("reading the log", () -> store.read(settings.watch(), after, SharedSettings.PAGE))
                .flatMap(page -> {
                    if (!page.known()) {
                        return lost(after);
                    }
                    unchecked = false;
                    List<RecordedChange> changes = page.changes();
                    if (changes.isEmpty()) {
                        return heads.whenMoved(look, after).then(Mono.empty());
                    }
                    place = changes.get(changes.size() - 1).cursor();
                    return Mono.just(changes);
                });
    }

    private Mono<List<RecordedChange>> lost(Cursor after) {
        Mono<Boolean> foreign = unchecked
                ? untilDone("checking a cursor", () -> store.isOfAnotherWatch(settings.watch(), after))
                : Mono.just(false);
        return foreign.flatMap(isForeign -> {
            if (isForeign) {
                return Mono.error(new IllegalArgumentException(
                        "The cursor " + after + " is one of another watch than " + settings.watch()));
            }
            LOG.debug("watch {}: the log does not have {}, so a reader begins with states", settings.watch(), after);
            unchecked = false;
            place = null;
            return Mono.empty();
        });
    }

    private <T> Mono<T> untilDone(String what, Supplier<Mono<T>> operation) {
        return SharedRetry.untilDone(settings, what, Mono.defer(operation));
    }
}
