package dev.reactiveimports;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;

/** The calls that a pipeline of runs makes, counted, over imports that a test ends. */
final class RunService implements RunCalls {

    final WatchClock time = new WatchClock();
    final List<String> posts = java.util.Collections.synchronizedList(new ArrayList<>());
    final List<String> cancels = new ArrayList<>();
    final List<ImportsListener.Slots> slots = new ArrayList<>();
    final Map<String, ImportOperation> imports = new LinkedHashMap<>();
    final Sinks.Empty<Void> closing = Sinks.empty();
    Function<StartImportRequest, Mono<String>> starting = this::take;
    Function<String, Mono<ImportOperation>> describing = id -> Mono.justOrEmpty(imports.get(id));
    Function<String, Mono<Void>> cancelling = id -> Mono.empty();
    int pageSize = 100;
    int pages;
    boolean closed;

    Flux<ImportRun> run(Publisher<StartImportRequest> requests, RunImportsSpec spec) {
        return RunMany.runs(requests, spec, this);
    }

    void forward(long seconds) {
        for (long i = 0; i < seconds; i++) {
            time.forward(Duration.ofSeconds(1));
        }
    }

    Mono<String> take(StartImportRequest request) {
        String id = "i" + imports.size();
        imports.put(id, at(id, request.uri(), ImportStatus.IN_PROGRESS));
        return Mono.just(id);
    }

    ImportOperation at(String id, String uri, ImportStatus status) {
        Instant now = Instant.ofEpochMilli(time.now(TimeUnit.MILLISECONDS));
        return new ImportOperation(id, uri, status, status.wireName(), now, null, 0, 0, null, null);
    }

    void end(String id, ImportStatus status) {
        imports.put(id, at(id, imports.get(id).uri(), status));
    }

    ImportOutcomeUnknownException unknown(StartImportRequest request) {
        return new ImportOutcomeUnknownException(
                request,
                Instant.ofEpochMilli(time.now(TimeUnit.MILLISECONDS)),
                new ImportsTransportException("reset", null, false));
    }

    @Override
    public Mono<String> start(StartImportRequest request) {
        return Mono.defer(() -> {
            posts.add(request.uri());
            return starting.apply(request);
        });
    }

    @Override
    public Flux<ImportObservation> observe(Publisher<String> ids, PollSpec spec) {
        return new WatchMany(
                        id -> Mono.defer(() -> describing.apply(id)),
                        token -> Mono.just(new ImportPage(List.of(), null)),
                        spec,
                        (id, failure) -> false,
                        ImportsListener.NONE)
                .observeRuns(ids);
    }

    @Override
    public Mono<ImportPage> page(String token) {
        return Mono.fromSupplier(() -> {
            pages++;
            List<ImportOperation> all = List.copyOf(imports.values());
            int from = token == null ? 0 : Integer.parseInt(token);
            int to = Math.min(all.size(), from + pageSize);
            return new ImportPage(all.subList(from, to), to < all.size() ? "" + to : null);
        });
    }

    @Override
    public Mono<Void> cancel(String id) {
        return Mono.defer(() -> {
            cancels.add(id);
            return cancelling.apply(id);
        });
    }

    @Override
    public Mono<Void> closed() {
        return closing.asMono();
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    @Override
    public Throwable named(Throwable failure, StartImportRequest request) {
        return failure;
    }

    @Override
    public RunPatience patience() {
        return new RunPatience(Duration.ofSeconds(30), RunPatience.SETTLE);
    }

    @Override
    public Scheduler scheduler() {
        return time;
    }

    @Override
    public PollSpec defaults() {
        return PollSpec.fixedInterval(Duration.ofSeconds(1)).jitter(0).scheduler(time);
    }

    @Override
    public ImportsListener listener() {
        return new ImportsListener() {
            @Override
            public void onSlots(Slots now) {
                slots.add(now);
            }
        };
    }
}
