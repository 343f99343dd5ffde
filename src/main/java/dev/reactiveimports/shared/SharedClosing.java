package dev.reactiveimports.shared;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.util.Logger;
import reactor.util.Loggers;

/** The end of a replica: stops what goes on, and waits until leases are given back. */
final class SharedClosing {

    private static final Logger LOG = Loggers.getLogger(SharedImports.class);
    private static final Duration LONGEST = Duration.ofSeconds(2);

    private final Sinks.Empty<Void> closing = Sinks.empty();
    private final Set<Sinks.Empty<Void>> held = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    boolean isClosed() {
        return closed;
    }

    /** Completes when the replica is being closed. */
    Mono<Void> begun() {
        return closing.asMono();
    }

    /** Fails when the replica is closed, also if that is the case already. */
    <T> Flux<T> guard(Flux<T> publisher) {
        return publisher.takeUntilOther(begun().then(Mono.error(SharedClosing::failure)));
    }

    <T> Mono<T> guard(Mono<T> publisher) {
        return Mono.defer(() -> closed ? Mono.error(failure()) : publisher);
    }

    private static Throwable failure() {
        return new IllegalStateException("These shared imports are closed");
    }

    /**
     * Does something under a lease until that ends, this replica is closed or the subscription is cancelled; gives the lease back
     * in each case, which {@link #disposeLater} waits for.
     */
    <T> Flux<T> holding(SharedLease lease, Flux<T> whatIsDone) {
        return Flux.usingWhen(
                Mono.fromSupplier(() -> {
                    Sinks.Empty<Void> releasing = Sinks.empty();
                    held.add(releasing);
                    return releasing;
                }),
                releasing -> whatIsDone.takeUntilOther(begun()),
                releasing -> release(lease, releasing),
                (releasing, failure) -> release(lease, releasing),
                releasing -> release(lease, releasing));
    }

    private Mono<Void> release(SharedLease lease, Sinks.Empty<Void> releasing) {
        return lease.release()
                .onErrorResume(failure -> {
                    LOG.debug("lease {} not given back, it will expire", lease.held(), failure);
                    return Mono.empty();
                })
                .doFinally(end -> {
                    held.remove(releasing);
                    releasing.tryEmitEmpty();
                });
    }

    Mono<Void> disposeLater(Scheduler scheduler) {
        return Mono.defer(() -> {
            closed = true;
            Mono<Void> released =
                    Mono.whenDelayError(held.stream().map(Sinks.Empty::asMono).toList());
            closing.tryEmitEmpty();
            return released.timeout(LONGEST, scheduler).onErrorComplete();
        });
    }
}
