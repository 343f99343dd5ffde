package dev.reactiveimports;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Polls one import, many, or all of them, over the client's own calls. */
final class WatchOperations {

    private static final int PAGE_SIZE = 100;

    private final CallOperations calls;
    private final CallRecentStarts recentStarts;
    private final CallLifecycle closing;
    private final PollSpec defaults;
    private final SchedulerGuard scheduler;
    private final ImportsListener listener;

    WatchOperations(
            CallOperations calls,
            CallRecentStarts recentStarts,
            CallLifecycle closing,
            PollSpec defaults,
            SchedulerGuard scheduler,
            ImportsListener listener) {
        this.calls = calls;
        this.recentStarts = recentStarts;
        this.closing = closing;
        this.defaults = defaults;
        this.scheduler = scheduler;
        this.listener = listener;
    }

    PollSpec defaults() {
        return defaults;
    }

    Flux<ImportOperation> one(String id, PollSpec spec) {
        Checks.requireId(id);
        return named(
                SafeText.ofId(id),
                closing.guard(
                        complete(spec)
                                .poll(calls.describe(id), failure -> recentStarts.explains(id, failure), listener),
                        ImportOperation::isTerminal));
    }

    Mono<ImportOperation> end(String id, PollSpec spec) {
        return one(id, spec)
                .filter(ImportOperation::isTerminal)
                .next()
                .flatMap(end -> end.status() == ImportStatus.COMPLETED
                        ? Mono.just(end)
                        : Mono.error(new ImportFailedException(end)));
    }

    Flux<ImportOperation> many(Publisher<String> ids, PollSpec spec) {
        return named(null, closing.guard(many(spec).watchImports(requireNonNull(ids, "ids"))));
    }

    Flux<ImportObservation> observations(Publisher<String> ids, PollSpec spec) {
        return named(null, closing.guard(many(spec).observeImports(requireNonNull(ids, "ids"))));
    }

    Flux<ImportObservation> runs(Publisher<String> ids, PollSpec spec) {
        return named(null, closing.guard(many(spec).observeRuns(ids)));
    }

    SchedulerGuard scheduler() {
        return scheduler;
    }

    Flux<ImportOperation> all(PollSpec spec) {
        return named(null, closing.guard(many(spec).watchIndex()));
    }

    /** What ended a watch keeps the name of the call that failed, if it was one. */
    private <T> Flux<T> named(@Nullable String target, Flux<T> watch) {
        return SchedulerRejection.guard(watch, scheduler)
                .onErrorMap(failure -> SchedulerRejection.explain(failure) instanceof ImportsException known
                                && known.operationName() == null
                        ? known.during("watch", target)
                        : failure);
    }

    private WatchMany many(PollSpec spec) {
        return new WatchMany(
                calls::describe,
                token -> calls.page(PAGE_SIZE, token),
                complete(spec),
                recentStarts::explains,
                listener);
    }

    private PollSpec complete(PollSpec spec) {
        return requireNonNull(spec, "spec").orScheduler(scheduler);
    }
}
