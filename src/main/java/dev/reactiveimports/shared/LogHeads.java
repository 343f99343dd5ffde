package dev.reactiveimports.shared;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Follows the head of the log for all readers of this replica: idle readers cost one small query a second together. */
final class LogHeads {

    /** How long the head is followed though no reader waits: while a handler is busy, as a rule. */
    private static final Duration LINGER = Duration.ofMinutes(1);

    private final AtomicLong looks = new AtomicLong();
    private final Flux<Look> heads;

    /** One look at the head; a later one has a higher number. */
    private record Look(long number, Cursor head) {}

    LogHeads(ImportsStore store, SharedSettings settings, LogHints hints) {
        this.heads = Flux.defer(hints::hints)
                .concatMap(hint -> look(store, settings), 1)
                .replay(1)
                .refCount(1, LINGER, settings.scheduler());
    }

    private Mono<Look> look(ImportsStore store, SharedSettings settings) {
        return Mono.defer(() -> {
            long number = looks.incrementAndGet();
            return SharedRetry.untilDone(settings, "reading the head", store.head(settings.watch()))
                    .map(head -> new Look(number, head));
        });
    }

    /** Where the head is, at every look. */
    Flux<Cursor> heads() {
        return heads.map(Look::head);
    }

    /** To be asked for before the read that {@link #whenMoved} follows. */
    long now() {
        return looks.get();
    }

    /** Completes when a look that was begun after {@code since} shows another head than the reader's place. */
    Mono<Void> whenMoved(long since, Cursor place) {
        return heads.filter(look -> look.number > since && !look.head.equals(place))
                .next()
                .then();
    }
}
