package dev.reactiveimports.shared;

import dev.reactiveimports.ImportObservation;
import dev.reactiveimports.ImportOperation;
import dev.reactiveimports.ImportsApiException;
import dev.reactiveimports.PollSpec;
import dev.reactiveimports.ReactiveImportsApi;
import java.time.Duration;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.Logger;
import reactor.util.Loggers;

/** What the holder of the poller's lease observes: imports of the store that have not ended, and the index if that is wanted. */
final class PollerSources {

    private static final Logger LOG = Loggers.getLogger(SharedImports.class);

    /** How long an import of the store may be missing from the listing before it is described. */
    private static final Duration GRACE = Duration.ofMinutes(1);

    private static final Duration SWEEP = Duration.ofHours(1);

    /** After how long of 404 an import counts as gone; the service is eventually consistent. */
    private static final Duration GONE_AFTER = Duration.ofMinutes(1);

    private static final Duration FIRST_REVISIT = Duration.ofSeconds(2);
    private static final Duration LAST_REVISIT = Duration.ofHours(1);

    private final ReactiveImportsApi imports;
    private final ImportsStore store;
    private final SharedSettings settings;
    private final LogHints hints;
    private final PollerRecorder recorder;
    private final PollSpec spec;

    PollerSources(ReactiveImportsApi imports, SharedReplica.Parts parts, PollerRecorder recorder, SharedLease lease) {
        this.imports = imports;
        this.store = parts.store();
        this.settings = parts.settings();
        this.hints = parts.hints();
        this.recorder = recorder;
        this.spec = settings.pollSpec().scheduler(new PollerScheduler(settings.scheduler(), lease));
    }

    /** Never completes; demand reaches the polls. */
    Flux<ImportOperation> observations() {
        return settings.wholeIndex()
                ? Flux.merge(imports.watchIndex(spec), each(missing()))
                : each(Flux.concat(open(false), registered()));
    }

    private Flux<ImportOperation> each(Flux<String> ids) {
        return imports.observeImports(ids, spec)
                .publish(seen -> Flux.merge(
                        seen.ofType(ImportObservation.Seen.class).map(ImportObservation.Seen::operation),
                        seen.ofType(ImportObservation.Failed.class)
                                .flatMap(
                                        failed -> revisit(failed, FIRST_REVISIT, settings.nanos()),
                                        Integer.MAX_VALUE)));
    }

    /** An id that ended without a terminal status is looked at again, less and less often. */
    private Flux<ImportOperation> revisit(ImportObservation.Failed failed, Duration wait, long since) {
        String id = failed.id();
        boolean notFound = failed.failure() instanceof ImportsApiException e && e.isNotFound();
        boolean gone = notFound && settings.nanos() - since >= GONE_AFTER.toNanos();
        LOG.debug(
                "watch {}: import {} again in {}: {}",
                settings.watch(),
                id,
                wait,
                failed.failure().toString());
        Duration longer = wait.compareTo(LAST_REVISIT.dividedBy(2)) > 0 ? LAST_REVISIT : wait.multipliedBy(2);
        Flux<ImportOperation> again = settings.delay(wait)
                .thenMany(imports.observeImports(Mono.just(id), spec))
                .concatMap(seen -> seen instanceof ImportObservation.Failed still
                        ? revisit(still, longer, notFound ? since : settings.nanos())
                        : Mono.just(((ImportObservation.Seen) seen).operation()));
        return gone ? again.startWith(PollerRecorder.notFound(id)) : again;
    }

    /** Those that were registered and have no change yet, whenever the store may have new ones. */
    private Flux<String> registered() {
        return hints.hints().concatMap(hint -> open(true), 1);
    }

    /** Of a watched index: what the store has as running, and was not observed since the last time. */
    private Flux<String> missing() {
        Flux<String> unseen = Flux.defer(() -> {
            recorder.beginSweep();
            return open(false).filter(id -> !recorder.wasObserved(id));
        });
        Flux<String> sweeps = settings.delay(GRACE)
                .thenMany(unseen)
                .concatWith(settings.delay(SWEEP).thenMany(unseen).repeat());
        return Flux.merge(sweeps, registered());
    }

    private Flux<String> open(boolean unobserved) {
        return page(unobserved, "")
                .expand(page -> page.size() < SharedSettings.PAGE
                        ? Mono.empty()
                        : page(unobserved, page.get(page.size() - 1).id()))
                .concatMapIterable(page -> page, 1)
                .map(StoredImport::id);
    }

    private Mono<List<StoredImport>> page(boolean unobserved, String afterId) {
        return settings.bounded(
                Mono.defer(() -> store.open(settings.watch(), unobserved, afterId, SharedSettings.PAGE)));
    }
}
