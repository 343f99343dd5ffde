package dev.reactiveimports.shared;

import dev.reactiveimports.ImportsException;
import dev.reactiveimports.ImportsRetry;
import dev.reactiveimports.ReactiveImportsApi;
import dev.reactiveimports.RequestFence;
import java.time.Duration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.Logger;
import reactor.util.Loggers;
import reactor.util.retry.Retry;

/** Asks for the poller's lease again and again; while it is held, polls and records. */
final class PollerElection {

    private static final Logger LOG = Loggers.getLogger(SharedImports.class);

    /** How long observations are collected, to be appended in one transaction. */
    private static final Duration COLLECT = Duration.ofMillis(10);

    /** After this a watch is begun anew: it remembers every id that ever ended in it. */
    private static final Duration RENEW_WATCH = Duration.ofHours(6);

    private static final Duration PURGE = Duration.ofMinutes(10);

    private final ReactiveImportsApi imports;
    private final SharedReplica.Parts parts;
    private final SharedSettings settings;
    private final String holder;

    PollerElection(ReactiveImportsApi imports, SharedReplica.Parts parts, String holder) {
        this.imports = imports;
        this.parts = parts;
        this.settings = parts.settings();
        this.holder = holder;
    }

    /** Until the replica is closed. */
    Mono<Void> campaign() {
        return Mono.defer(this::attempt)
                .onErrorResume(this::ended)
                .then(Mono.defer(() -> settings.delay(settings.jitteredThird())))
                .repeat(() -> !parts.closing().isClosed())
                .takeUntilOther(parts.closing().begun())
                .then()
                .doFirst(() -> LOG.debug("watch {}: replica {} joins the election", settings.watch(), holder));
    }

    private Mono<Void> attempt() {
        return SharedLease.acquire(parts.store(), settings, ImportsStore.POLLER, holder)
                .flatMap(lease -> parts.closing()
                        .holding(lease, lease.during(poll(lease)))
                        .then());
    }

    private Mono<Void> ended(Throwable failure) {
        if (!SharedRetry.passes(failure) || isDefinite(failure)) {
            LOG.warn("watch {}: this replica cannot poll, it will try again", settings.watch(), failure);
        }
        return Mono.empty();
    }

    private Flux<Void> poll(SharedLease lease) {
        PollerRecorder recorder = new PollerRecorder(parts.store(), settings, lease);
        PollerSources sources = new PollerSources(imports, parts, recorder, lease);
        Mono<Void> recording = Flux.defer(sources::observations)
                .takeUntilOther(settings.delay(RENEW_WATCH).doOnNext(tick -> recorder.forget()))
                .repeat()
                .retryWhen(serviceFailed())
                .filter(recorder::isNews)
                .bufferTimeout(SharedSettings.PAGE, COLLECT, settings.scheduler(), true)
                .concatMap(recorder::record, 1)
                .then()
                .onErrorMap(RequestFence.Closed.class, closed -> new SharedLeaseLost("its duration has passed"))
                .contextWrite(RequestFence.openWhile(() -> !lease.isOver()));
        return Flux.merge(lease.keep(lease::renewed), recording, purging());
    }

    /** A watch that ended because the service fails goes on when that may help, under the same lease. */
    private Retry serviceFailed() {
        return Retry.from(signals -> signals.concatMap(signal -> {
            Throwable failure = signal.failure();
            if (!(failure instanceof ImportsException) || isDefinite(failure)) {
                return Mono.error(failure);
            }
            LOG.debug("watch {}: the watch failed and is begun anew", settings.watch(), failure);
            return settings.delay(SharedRetry.backoff(settings, 10));
        }));
    }

    /** 401 and the like: another replica may have a key that is valid. */
    private static boolean isDefinite(Throwable failure) {
        return failure instanceof ImportsException && !ImportsRetry.isTransient(failure);
    }

    private Mono<Void> purging() {
        return Mono.defer(() -> settings.bounded(parts.store().purge(settings.watch(), settings.retention())))
                .then(settings.delay(PURGE))
                .repeat()
                .then();
    }
}
