package dev.reactiveimports.shared;

import java.util.Optional;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.Logger;
import reactor.util.Loggers;

/** One subscription to a consumer: waits for its lease, and handles changes for as long as it has it. */
final class ConsumerTurns {

    private static final Logger LOG = Loggers.getLogger(SharedImports.class);

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
        LOG.debug("watch {}, consumer {}: lease given up: {}", settings.watch(), name, failure.toString());
        return aWhile();
    }

    private Flux<RecordedChange> aWhile() {
        return settings.delay(settings.jitteredThird()).thenMany(Flux.empty());
    }

    private Flux<RecordedChange> handle(SharedLease lease) {
        LOG.debug("watch {}, consumer {}: lease acquired, {}", settings.watch(), name, lease.held());
        statesSinceMove = 0;
        Flux<RecordedChange> handled = new LogTail(store, settings, heads)
                .from(lease.held().position())
                .concatMap(change -> handle(lease, change), 0);
        return closing.holding(lease, handled.takeUntilOther(lease.keep(lease::renewed)));
    }

    private Mono<RecordedChange> handle(SharedLease lease, RecordedChange change) {
        return Mono.defer(() -> {
            if (lease.isOver()) {
                return Mono.error(new SharedLeaseLost("its duration has passed"));
            }
            return Mono.defer(() -> Flux.from(handler.apply(change)).then())
                    .retryWhen(settings.handlerRetry())
                    .onErrorMap(failure -> new ConsumerFailure(
                            Exceptions.isRetryExhausted(failure) && failure.getCause() != null
                                    ? failure.getCause()
                                    : failure))
                    .then(Mono.defer(() -> move(lease, change)))
                    .thenReturn(change);
        });
    }

    private Mono<?> move(SharedLease lease, RecordedChange handled) {
        if (handled.snapshot() && ++statesSinceMove < STATES_FOR_EACH_MOVE) {
            return Mono.empty();
        }
        statesSinceMove = 0;
        return lease.under(held -> store.move(held, handled.cursor(), settings.lease())
                .filter(moved -> moved)
                .map(moved -> held.at(handled.cursor())));
    }
}
