package dev.reactiveimports.shared;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The lease under which one pipeline sends: as long as it is held, what the pipeline is sending is nobody else's. A lease that
 * was lost is followed by one of another name, since others may be recovering what was sent under the first.
 */
final class RunLease {

    /** Another holder than of the pipeline's own leases, which it may be asked about as well. */
    private static final String PROBE = "/probe";

    private final SharedReplica.Parts parts;
    private final SharedSettings settings;
    private final String holder;
    private final AtomicLong names = new AtomicLong();
    private final Flux<Optional<SharedLease>> leases;

    RunLease(SharedReplica.Parts parts, String holder) {
        this.parts = parts;
        this.settings = parts.settings();
        this.holder = holder;
        this.leases = Flux.defer(this::hold)
                .onErrorResume(SharedRetry::passes, failure -> lost())
                .repeat(() -> !parts.closing().isClosed())
                .replay(1)
                .refCount(1, settings.lease(), settings.scheduler());
    }

    private Flux<Optional<SharedLease>> hold() {
        return SharedLease.acquire(
                        parts.store(), settings, ImportsStore.RUN + holder + "/" + names.incrementAndGet(), holder)
                .switchIfEmpty(Mono.error(() -> new SharedLeaseLost("its name is taken")))
                .flatMapMany(lease -> parts.closing()
                        .holding(
                                lease,
                                SharedClosing.untilFailure(
                                        Flux.just(Optional.of(lease)).concatWith(Flux.never()),
                                        lease.keep(held -> SharedRetry.untilDone(
                                                settings, "renewing a lease", lease.renewed(held))))));
    }

    private Flux<Optional<SharedLease>> lost() {
        return Flux.concat(
                Mono.just(Optional.empty()),
                settings.delay(settings.jitteredThird()).then(Mono.empty()));
    }

    /** Does something under the lease; when that is lost it is cancelled, and done again under the next one. */
    <T> Mono<T> under(Function<SharedLease, Mono<T>> work) {
        return leases.switchMap(held -> held.isPresent() ? work.apply(held.get()) : Mono.empty())
                .next();
    }

    /** Whether a lease is over. If so, it is so for good: its holder cannot renew it any more. */
    Mono<Boolean> isOver(String name) {
        return SharedRetry.untilDone(
                settings,
                "looking whether a lease is over",
                parts.store()
                        .acquire(settings.watch(), name, holder + PROBE, settings.lease())
                        .flatMap(lease -> parts.store().release(lease).thenReturn(true))
                        .defaultIfEmpty(false));
    }
}
