package dev.reactiveimports.shared;

import dev.reactiveimports.ImportRun;
import dev.reactiveimports.ReactiveImportsApi;
import dev.reactiveimports.RunImportsSpec;
import dev.reactiveimports.StartImportRequest;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.Logger;
import reactor.util.Loggers;
import reactor.util.context.Context;

/** One subscription of durable runs. Each run goes from step to step on its own; what they share is here. */
final class RunPipeline {

    private static final Logger LOG = Loggers.getLogger(SharedImports.class);

    /** Fewer than a client has connections, so that polls need not queue behind a burst of starts. */
    private static final int MOST_SENDING = 32;

    private static final int CANCELS_AT_ONCE = 16;
    private static final Duration CANCELS_LAST = Duration.ofMinutes(1);

    private final ReactiveImportsApi imports;
    private final SharedReplica.Parts parts;
    private final RunImportsSpec spec;
    private final String holder;

    RunPipeline(ReactiveImportsApi imports, SharedReplica.Parts parts, RunImportsSpec spec, String holder) {
        this.imports = imports;
        this.parts = parts;
        this.spec = spec;
        this.holder = holder;
    }

    /** What the runs of one subscription share. */
    record Shared(
            SharedReplica.Parts parts, RunLease lease, RunSlots slots, RunSearch search, RunEnds ends, RunStop stop) {}

    Flux<ImportRun> runs(Publisher<StartImportRequest> requests) {
        return Flux.deferContextual(context -> {
            RunDemand<StartImportRequest> demand = new RunDemand<>(spec.maxInProgress(), Context.of(context));
            Shared shared = new Shared(
                    parts,
                    new RunLease(parts, holder),
                    new RunSlots(MOST_SENDING, parts.settings().scheduler()),
                    new RunSearch(imports, parts.settings()),
                    new RunEnds(parts, spec),
                    new RunStop(demand));
            Mono<Void> work = Mono.when(
                    shared.slots().work(), shared.search().work(), shared.ends().work(), whenClosed(shared.stop()));
            Flux<ImportRun> runs = demand.of(requests)
                    .flatMap(request -> new RunSteps(imports, shared, spec, request).run(), Integer.MAX_VALUE, 1)
                    .concatWith(Mono.defer(() -> {
                        Throwable failure = demand.failure();
                        return failure == null ? Mono.empty() : Mono.error(failure);
                    }));
            return SharedClosing.untilFailure(runs, work)
                    .doOnCancel(() -> cancelled(shared.ends().ids()))
                    .doOnRequest(demand::requested)
                    .doOnNext(run -> demand.delivered());
        });
    }

    /** A watch of nothing sends nothing, and fails when the client is closed. */
    private Mono<Void> whenClosed(RunStop stop) {
        return imports.observeImports(Flux.never()).then().onErrorResume(failure -> {
            stop.because(failure);
            return Mono.never();
        });
    }

    /** After and without the subscription; closing the replica is no cancel of the subscriber's. */
    private void cancelled(List<String> ids) {
        if (!spec.cancelsOnCancel() || ids.isEmpty() || parts.closing().isClosed()) {
            return;
        }
        Set<String> left = ConcurrentHashMap.newKeySet();
        left.addAll(ids);
        Flux.fromIterable(ids)
                .flatMap(
                        id -> imports.cancelImport(id)
                                .doOnSuccess(done -> left.remove(id))
                                .onErrorResume(failure -> {
                                    LOG.debug("import {} could not be cancelled", id, failure);
                                    return Mono.empty();
                                }),
                        CANCELS_AT_ONCE)
                .take(CANCELS_LAST, parts.settings().scheduler())
                .doOnTerminate(() -> {
                    if (!left.isEmpty()) {
                        LOG.warn(
                                "{} of {} imports could not be cancelled and go on, {} among them",
                                left.size(),
                                ids.size(),
                                left.iterator().next());
                    }
                })
                .subscribe(null, failure -> LOG.debug("imports could not be cancelled", failure));
    }
}
