package dev.reactiveimports;

import static java.util.Objects.requireNonNull;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** Polls one import, many, or all of them, over the client's own calls. */
final class Watching {

    private final ImportsCalls calls;
    private final RecentStarts recentStarts;
    private final ClosingSignal closing;
    private final PollSpec defaults;
    private final Scheduler scheduler;

    Watching(
            ImportsCalls calls,
            RecentStarts recentStarts,
            ClosingSignal closing,
            PollSpec defaults,
            Scheduler scheduler) {
        this.calls = calls;
        this.recentStarts = recentStarts;
        this.closing = closing;
        this.defaults = defaults;
        this.scheduler = scheduler;
    }

    PollSpec defaults() {
        return defaults;
    }

    Flux<ImportOperation> one(String id, PollSpec spec) {
        Limits.requireId(id);
        return closing.guard(complete(spec).poll(calls.describe(id), failure -> recentStarts.explains(id, failure)));
    }

    Mono<ImportOperation> end(String id, PollSpec spec) {
        return one(id, spec)
                .filter(ImportOperation::isTerminal)
                .next()
                .flatMap(end -> end.status() == ImportStatus.COMPLETED
                        ? Mono.just(end)
                        : Mono.error(new ImportFailedException(end)));
    }

    private PollSpec complete(PollSpec spec) {
        return requireNonNull(spec, "spec").orScheduler(scheduler);
    }
}
