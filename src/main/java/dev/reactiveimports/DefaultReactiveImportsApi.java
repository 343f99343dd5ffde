package dev.reactiveimports;

import static dev.reactiveimports.DemandGate.onDemand;
import static java.util.Objects.requireNonNull;

import java.time.Instant;
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

    private final ImportsCalls calls;
    private final RecentStarts recentStarts;
    private final ClosingSignal closing;
    private final Mono<Void> disposeConnections;
    private final Watching watching;

    DefaultReactiveImportsApi(
            ImportsCalls calls,
            RecentStarts recentStarts,
            ClosingSignal closing,
            Mono<Void> disposeConnections,
            Watching watching) {
        this.calls = calls;
        this.recentStarts = recentStarts;
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
        return Pagination.items(pages(spec), spec.readAhead());
    }

    @Override
    public Flux<ImportPage> listImportPages(ListImportsSpec spec) {
        return Pagination.ahead(pages(spec), spec.readAhead());
    }

    private Flux<ImportPage> pages(ListImportsSpec spec) {
        requireNonNull(spec, "spec");
        return Pagination.pages(token -> calls.page(spec.pageSize(), token), spec.startAt());
    }

    @Override
    public Mono<ImportOperation> describeImport(String id) {
        return onDemand(calls.describe(Limits.requireId(id)));
    }

    @Override
    public Mono<String> startImport(StartImportRequest request) {
        return onDemand(calls.start(requireNonNull(request, "request")).doOnNext(recentStarts::add));
    }

    @Override
    public Mono<Void> cancelImport(String id) {
        return onDemand(calls.cancel(Limits.requireId(id)));
    }

    @Override
    public Flux<ImportOperation> findStarted(String uri, Instant notBefore) {
        StartImportRequest.of(uri);
        requireNonNull(notBefore, "notBefore");
        return listImports()
                .filter(found -> found.uri() == null || found.uri().equals(uri))
                .filter(found -> found.createdAt() == null || !found.createdAt().isBefore(notBefore));
    }

    @Override
    public Flux<ImportOperation> watchImport(String id) {
        return watchImport(id, watching.defaults());
    }

    @Override
    public Flux<ImportOperation> watchImport(String id, PollSpec spec) {
        return watching.one(id, spec);
    }

    @Override
    public Flux<ImportOperation> watchImports(Publisher<String> ids) {
        return watchImports(ids, watching.defaults());
    }

    @Override
    public Flux<ImportOperation> watchImports(Publisher<String> ids, PollSpec spec) {
        return watching.many(ids, spec);
    }

    @Override
    public Flux<ImportOperation> watchIndex() {
        return watchIndex(watching.defaults());
    }

    @Override
    public Flux<ImportOperation> watchIndex(PollSpec spec) {
        return watching.all(spec);
    }

    @Override
    public Mono<ImportOperation> awaitImport(String id) {
        return awaitImport(id, watching.defaults());
    }

    @Override
    public Mono<ImportOperation> awaitImport(String id, PollSpec spec) {
        return onDemand(watching.end(id, spec));
    }

    @Override
    public Mono<Void> warmup() {
        return onDemand(calls.warmup());
    }

    @Override
    public Mono<Void> disposeLater() {
        return Mono.defer(() -> {
            closing.close();
            return disposeConnections;
        });
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
            LOG.warn("connections are still being closed", e);
        }
    }
}
