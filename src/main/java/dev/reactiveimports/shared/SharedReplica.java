package dev.reactiveimports.shared;

import static java.util.Objects.requireNonNull;

import dev.reactiveimports.ImportOperation;
import dev.reactiveimports.ImportRun;
import dev.reactiveimports.ReactiveImportsApi;
import dev.reactiveimports.RunImportsSpec;
import dev.reactiveimports.StartImportRequest;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Puts the parts together: the election in the background, and readers of the log. */
final class SharedReplica implements SharedImports {

    private static final int MAX_NAME = 100;

    private final ReactiveImportsApi imports;
    private final ImportsStore store;
    private final SharedSettings settings;
    private final SharedClosing closing = new SharedClosing();
    private final Parts parts;
    final String holder = UUID.randomUUID().toString();
    private final AtomicInteger consumers = new AtomicInteger();
    private final AtomicInteger pipelines = new AtomicInteger();
    private final AtomicBoolean joined = new AtomicBoolean();

    /** What the rooms of one replica share. */
    record Parts(ImportsStore store, SharedSettings settings, SharedClosing closing, LogHints hints, LogHeads heads) {}

    SharedReplica(ReactiveImportsApi imports, ImportsStore store, SharedSettings settings) {
        this.imports = imports;
        this.store = store;
        this.settings = settings;
        LogHints hints = new LogHints(store, settings, closing);
        this.parts = new Parts(store, settings, closing, hints, new LogHeads(store, settings, hints));
    }

    static String requireName(String name, String what) {
        int length = requireNonNull(name, what).length();
        if (length < 1 || length > MAX_NAME) {
            throw new IllegalArgumentException(
                    what + " must have between 1 and " + MAX_NAME + " characters, but has " + length);
        }
        return name;
    }

    @Override
    public Flux<RecordedChange> changes() {
        return named("changes", () -> new LogTail(store, settings, parts.heads()).fromStates());
    }

    @Override
    public Flux<RecordedChange> changes(Cursor after) {
        requireNonNull(after, "after");
        return named("changes", () -> new LogTail(store, settings, parts.heads()).after(after));
    }

    @Override
    public Flux<RecordedChange> consume(String consumer, Function<RecordedChange, ? extends Publisher<?>> handler) {
        requireName(consumer, "consumer");
        if (consumer.startsWith(ImportsStore.RUN)) {
            throw new IllegalArgumentException("consumer must not begin with " + ImportsStore.RUN);
        }
        requireNonNull(handler, "handler");
        return named("consume", () -> {
            String by = holder + "/" + consumers.incrementAndGet();
            return new ConsumerTurns(parts, consumer, by, handler).changes();
        });
    }

    @Override
    public Flux<ImportOperation> current() {
        return SharedBoundary.around(closing.guard(LogStates.all(store, settings)
                        .map(state -> state.change().operation())))
                .name("reactive.imports.shared.current")
                .tag("operation", "shared.current");
    }

    @Override
    public Mono<Void> watch(String id) {
        imports.describeImport(id); // rejects an invalid id, and sends nothing
        return SharedBoundary.around(closing.guard(Mono.defer(() -> {
                    join();
                    return settings.bounded(store.register(settings.watch(), id))
                            .then();
                })))
                .name("reactive.imports.shared.watch")
                .tag("operation", "shared.watch");
    }

    @Override
    public Flux<ImportRun> runImports(Publisher<StartImportRequest> requests, RunImportsSpec spec) {
        requireNonNull(requests, "requests");
        requireNonNull(spec, "spec");
        return named(
                "run",
                () -> new RunPipeline(imports, parts, spec, holder + "/" + pipelines.incrementAndGet()).runs(requests));
    }

    @Override
    public Flux<StartImportRequest> openRuns() {
        Mono<List<StoredRun>> first = Mono.defer(() -> openRuns(""));
        Flux<StartImportRequest> open = first.expand(page -> page.size() < SharedSettings.PAGE
                        ? Mono.empty()
                        : openRuns(page.get(page.size() - 1).request().uri()))
                .concatMapIterable(page -> page, 1)
                .map(StoredRun::request);
        return SharedBoundary.around(closing.guard(open))
                .name("reactive.imports.shared.openRuns")
                .tag("operation", "shared.openRuns");
    }

    private Mono<List<StoredRun>> openRuns(String afterUri) {
        return settings.bounded(store.openRuns(settings.watch(), afterUri, SharedSettings.PAGE));
    }

    @Override
    public Mono<Boolean> forgetRun(String uri) {
        StartImportRequest request = StartImportRequest.of(uri); // rejects an invalid one
        return SharedBoundary.around(closing.guard(
                        Mono.defer(() -> settings.bounded(store.forgetRun(settings.watch(), request.uri())))))
                .name("reactive.imports.shared.forgetRun")
                .tag("operation", "shared.forgetRun");
    }

    private <T> Flux<T> named(String operation, Supplier<Flux<T>> publisher) {
        Flux<T> joining = Flux.defer(() -> {
            join();
            return publisher.get();
        });
        return SharedBoundary.around(closing.guard(joining))
                .name("reactive.imports.shared." + operation)
                .tag("operation", "shared." + operation);
    }

    private void join() {
        if (!closing.isClosed() && joined.compareAndSet(false, true)) {
            SharedBoundary.around(new PollerElection(imports, parts, holder).campaign())
                    .subscribe();
        }
    }

    @Override
    public Mono<Void> disposeLater() {
        return SharedBoundary.around(closing.disposeLater(settings.scheduler()));
    }

    @Override
    public void close() {
        var closed = disposeLater().toFuture();
        if (Schedulers.isInNonBlockingThread()) {
            return;
        }
        try {
            closed.get(2, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            // the leases expire
        }
    }

    @Override
    public String toString() {
        return "SharedImports[" + settings.watch() + "]";
    }
}
