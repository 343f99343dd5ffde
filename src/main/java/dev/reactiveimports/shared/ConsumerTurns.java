package dev.reactiveimports.shared;

import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** One subscription to a consumer: waits for its lease, and handles changes for as long as it has it. */
final class ConsumerTurns {

    /** For how many states in a row the cursor need not move: each move is a transaction. */
    private static final int STATES_FOR_EACH_MOVE = 100;

    private final ImportsStore store;
    private final SharedSettings settings;
    private final SharedClosing closing;
    private final LogHeads heads;
    private final String name;
    private final String holder;
    private final Function<RecordedChange, ? extends Publisher<?>> handler;
    private int statesSinceMove;

    /** The last state that was handled, if the cursor is not there yet. */
    private @Nullable Cursor unmoved;

    ConsumerTurns(
            SharedReplica.Parts parts,
            String name,
            String holder,
            Function<RecordedChange, ? extends Publisher<?>> handler) {
        this.store = parts.store();
        this.settings = parts.settings();
        this.closing = parts.closing();
        this.heads = parts.heads();
        this.name = name;
        this.holder = holder;
        this.handler = handler;
    }

    Flux<RecordedChange> changes() {
        return Flux.defer(this::turn).onErrorResume(this::passOn).repeat();
    }

    private Flux<RecordedChange> turn() {
        return SharedLease.acquire(store, settings, name, holder)
                .map(Optional::of)
                .defaultIfEmpty(Optional.empty())
                .flatMapMany(acquired -> acquired.isPresent() ? handle(acquired.get()) : aWhile());
    }

    private Flux<RecordedChange> passOn(Throwable failure) {
        if (failure instanceof ConsumerFailure handlers) {
            return Flux.error(handlers.failure());
        }
        if (!SharedRetry.passes(failure)) {
            return Flux.error(failure);
        }
        return aWhile();
    }

    private Flux<RecordedChange> aWhile() {
        return settings.delay(settings.jitteredThird()).thenMany(Flux.empty());
    }

    private Flux<RecordedChange> handle(SharedLease lease) {
        ConsumerProgress progress =
                new ConsumerProgress(settings, name, lease.held().position());
        statesSinceMove = 0;
        unmoved = null;
        Flux<RecordedChange> handled = new LogTail(store, settings, heads)
                .from(lease.held().position())
                .concatMap(change -> handle(lease, change).doOnNext(progress::handled), 0);
        Mono<Void> meanwhile = Mono.when(lease.keep(lease::renewed), progress.follow(heads));
        return closing.holding(lease, lease.during(SharedClosing.untilFailure(handled, meanwhile)));
    }

    private Mono<RecordedChange> handle(SharedLease lease, RecordedChange change) {
        return Mono.defer(() -> {
            if (lease.isOver()) {
                return Mono.error(new SharedLeaseLost("its duration has passed"));
            }
            return beforeHandling(lease, change)
                    .then(Mono.defer(() -> Flux.from(handler.apply(change)).then())
                            .retryWhen(settings.handlerRetry())
                            .onErrorMap(ConsumerTurns::ofHandler))
                    .then(Mono.defer(() -> afterHandling(lease, change)))
                    .thenReturn(change);
        });
    }

    private static Throwable ofHandler(Throwable failure) {
        Throwable cause = failure.getCause();
        return new ConsumerFailure(Exceptions.isRetryExhausted(failure) && cause != null ? cause : failure);
    }

    /** A crash after the first change must not begin with states again, which would leave out steps. */
    private Mono<Void> beforeHandling(SharedLease lease, RecordedChange change) {
        Cursor before = unmoved;
        return change.snapshot() || before == null ? Mono.empty() : move(lease, before);
    }

    private Mono<Void> afterHandling(SharedLease lease, RecordedChange handled) {
        if (handled.snapshot() && ++statesSinceMove < STATES_FOR_EACH_MOVE) {
            unmoved = handled.cursor();
            return Mono.empty();
        }
        return move(lease, handled.cursor());
    }

    private Mono<Void> move(SharedLease lease, Cursor to) {
        statesSinceMove = 0;
        unmoved = null;
        return lease.under(held -> store.move(held, to, settings.lease())
                        .filter(moved -> moved)
                        .map(moved -> held.at(to)))
                .then();
    }
}
