package dev.reactiveimports;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** Starts imports, one or many, over the client's own calls. */
final class RunOperations implements RunCalls {

    private static final int PAGE_SIZE = 100;

    private final CallOperations calls;
    private final CallRecentStarts recentStarts;
    private final WatchOperations watching;
    private final CallLifecycle closing;
    private final RunPatience patience;
    private final ImportsListener listener;

    RunOperations(
            CallOperations calls,
            CallRecentStarts recentStarts,
            WatchOperations watching,
            CallLifecycle closing,
            RunPatience patience,
            ImportsListener listener) {
        this.calls = calls;
        this.recentStarts = recentStarts;
        this.watching = watching;
        this.closing = closing;
        this.patience = patience;
        this.listener = listener;
    }

    Flux<ImportRun> many(Publisher<StartImportRequest> requests, RunImportsSpec spec) {
        return SchedulerRejection.guard(RunMany.runs(requests, spec, this), watching.scheduler())
                .onErrorMap(failure -> SchedulerRejection.explain(failure) instanceof ImportsException known
                                && known.operationName() == null
                        ? known.during("run", null)
                        : failure);
    }

    @Override
    public Mono<String> start(StartImportRequest request) {
        return calls.start(request).doOnNext(recentStarts::add);
    }

    @Override
    public Flux<ImportObservation> observe(Publisher<String> ids, PollSpec spec) {
        return watching.runs(ids, spec);
    }

    @Override
    public Mono<ImportPage> page(@Nullable String token) {
        return calls.page(PAGE_SIZE, token);
    }

    @Override
    public Mono<Void> cancel(String id) {
        return calls.cancel(id);
    }

    @Override
    public Mono<Void> closed() {
        return closing.guard(Mono.never());
    }

    @Override
    public boolean isClosed() {
        return closing.isClosed();
    }

    @Override
    public Throwable named(Throwable failure, StartImportRequest request) {
        return failure instanceof ImportsException ours ? ours.during("run", SafeText.ofUri(request.uri())) : failure;
    }

    @Override
    public RunPatience patience() {
        return patience;
    }

    @Override
    public Scheduler scheduler() {
        return watching.scheduler();
    }

    @Override
    public PollSpec defaults() {
        return watching.defaults();
    }

    @Override
    public ImportsListener listener() {
        return listener;
    }
}
