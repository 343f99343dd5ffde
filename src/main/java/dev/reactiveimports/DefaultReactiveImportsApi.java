package dev.reactiveimports;

import static dev.reactiveimports.DemandGate.onDemand;
import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.toMap;

import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.util.Logger;
import reactor.util.Loggers;

/** Puts the parts together: calls are paged or polled, wait for demand, and end when the client closes. */
final class DefaultReactiveImportsApi implements ReactiveImportsApi {

    private static final Logger LOG = Loggers.getLogger(ReactiveImportsApi.class);
    private static final int CLOSE_SECONDS = 2;

    private final CallOperations calls;
    private final RunOperations running;
    private final CallLifecycle closing;
    private final Mono<Void> disposeConnections;
    private final WatchOperations watching;

    DefaultReactiveImportsApi(
            CallOperations calls,
            RunOperations running,
            CallLifecycle closing,
            Mono<Void> disposeConnections,
            WatchOperations watching) {
        this.calls = calls;
        this.running = running;
        this.closing = closing;
        this.disposeConnections = disposeConnections.cache();
        this.watching = watching;
    }

    @Override
    public Flux<ImportOperation> listImports() {
        return listImports(ListImportsSpec.create());
    }

    @Override
    public Flux<ImportOperation> listImports(ListImportsSpec spec) {
        return named("list", items(spec));
    }

    @Override
    public Flux<ImportPage> listImportPages(ListImportsSpec spec) {
        return named("list.pages", ListingPages.ahead(pages(spec), spec.readAhead()));
    }

    private Flux<ImportOperation> items(ListImportsSpec spec) {
        return ListingPages.items(pages(spec), spec.readAhead());
    }

    private Flux<ImportPage> pages(ListImportsSpec spec) {
        requireNonNull(spec, "spec");
        return Flux.using(
                calls::timer,
                timer -> ListingPages.pages(token -> calls.page(spec.pageSize(), token, timer), spec.startAt()),
                CallTimeout::dispose);
    }

    @Override
    public Mono<ImportOperation> describeImport(String id) {
        return named("describe", calls.describe(Checks.requireId(id)));
    }

    @Override
    public Mono<String> startImport(StartImportRequest request) {
        return named("start", running.start(requireNonNull(request, "request")));
    }

    @Override
    public Mono<Void> cancelImport(String id) {
        return named("cancel", calls.cancel(Checks.requireId(id)));
    }

    @Override
    public Flux<ImportOperation> findStarted(String uri, Instant notBefore) {
        StartImportRequest.of(uri);
        ListingSearch search = new ListingSearch(Map.of(uri, requireNonNull(notBefore, "notBefore")));
        return named(
                "find.started",
                items(ListImportsSpec.create())
                        .filter(search::isCandidate)
                        .onErrorMap(ImportsException.class, failure -> failure.during("find", SafeText.ofUri(uri))));
    }

    @Override
    public Flux<ImportOperation> findStarted(Collection<String> uris, Instant notBefore) {
        requireNonNull(notBefore, "notBefore");
        ListingSearch search = new ListingSearch(uris.stream()
                .map(uri -> StartImportRequest.of(uri).uri())
                .distinct()
                .collect(toMap(uri -> uri, uri -> notBefore)));
        return named(
                "find.started",
                search.notBefore().isEmpty()
                        ? Flux.empty()
                        : ListingPages.items(search.until(pages(ListImportsSpec.create()), listed -> true), 0)
                                .filter(search::isCandidate)
                                .onErrorMap(
                                        ImportsException.class,
                                        failure -> failure.during(
                                                "find", search.notBefore().size() + " URIs")));
    }

    @Override
    public Flux<ImportOperation> watchImport(String id) {
        return watchImport(id, watching.defaults());
    }

    @Override
    public Flux<ImportOperation> watchImport(String id, PollSpec spec) {
        return named("watch", watching.one(id, spec));
    }

    @Override
    public Flux<ImportOperation> watchImports(Publisher<String> ids) {
        return watchImports(ids, watching.defaults());
    }

    @Override
    public Flux<ImportOperation> watchImports(Publisher<String> ids, PollSpec spec) {
        return named("watch.many", watching.many(ids, spec));
    }

    @Override
    public Flux<ImportObservation> observeImports(Publisher<String> ids) {
        return observeImports(ids, watching.defaults());
    }

    @Override
    public Flux<ImportObservation> observeImports(Publisher<String> ids, PollSpec spec) {
        return named("observe", watching.observations(ids, spec));
    }

    @Override
    public Flux<ImportOperation> watchIndex() {
        return watchIndex(watching.defaults());
    }

    @Override
    public Flux<ImportOperation> watchIndex(PollSpec spec) {
        return named("watch.index", watching.all(spec));
    }

    @Override
    public Mono<ImportOperation> awaitImport(String id) {
        return awaitImport(id, watching.defaults());
    }

    @Override
    public Mono<ImportOperation> awaitImport(String id, PollSpec spec) {
        return named("await", watching.end(id, spec));
    }

    @Override
    public Flux<ImportRun> runImports(Publisher<StartImportRequest> requests, int maxInProgress) {
        return runImports(requests, RunImportsSpec.maxInProgress(maxInProgress));
    }

    @Override
    public Flux<ImportRun> runImports(Publisher<StartImportRequest> requests, RunImportsSpec spec) {
        return named("run", running.many(requests, spec));
    }

    @Override
    public Mono<Void> warmup() {
        // a listing and not its request alone, since its operators are half of what a first call loads
        ListImportsSpec one = ListImportsSpec.create().pageSize(1);
        return named(
                "warmup",
                CallOperations.named(
                        "warmup",
                        null,
                        calls.warmup().thenMany(items(one)).next().then()));
    }

    /** The name costs nothing for each item. It is for operators that read it, such as {@code tap(Micrometer.observation(..))}. */
    private <T> Flux<T> named(String operation, Flux<T> calls) {
        return OpaqueBoundary.around(calls)
                .name("reactive.imports." + operation)
                .tag("operation", operation);
    }

    private <T> Mono<T> named(String operation, Mono<T> call) {
        return OpaqueBoundary.around(onDemand(call))
                .name("reactive.imports." + operation)
                .tag("operation", operation);
    }

    @Override
    public Mono<Void> disposeLater() {
        return OpaqueBoundary.around(Mono.defer(() -> {
            closing.close();
            return disposeConnections;
        }));
    }

    @Override
    public void close() {
        var closed = disposeLater().toFuture();
        if (Schedulers.isInNonBlockingThread()) {
            return;
        }
        try {
            closed.get(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("Connections of the client are still being closed.", e);
        }
    }
}
