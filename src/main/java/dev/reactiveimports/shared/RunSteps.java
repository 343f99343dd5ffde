package dev.reactiveimports.shared;

import static java.util.Objects.requireNonNull;

import dev.reactiveimports.ImportOperation;
import dev.reactiveimports.ImportOutcomeUnknownException;
import dev.reactiveimports.ImportRun;
import dev.reactiveimports.ImportRun.Outcome;
import dev.reactiveimports.ImportStatus;
import dev.reactiveimports.ImportsException;
import dev.reactiveimports.ReactiveImportsApi;
import dev.reactiveimports.RunImportsSpec;
import dev.reactiveimports.StartImportRequest;
import dev.reactiveimports.shared.StoredRun.State;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.Logger;
import reactor.util.Loggers;

/**
 * Takes one run from step to step until its outcome is recorded. What the store has decides what comes next, since another
 * process may have made the last step; only what this process knows for sure, such as the id that it was given, is kept besides.
 */
final class RunSteps {

    private static final Logger LOG = Loggers.getLogger(SharedImports.class);

    /** How long what was sent may still be under way when its sender is gone, and be listed after that. */
    static final Duration SETTLED = Duration.ofSeconds(40);

    /** By how much the clocks of the database and the service may differ. */
    private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(1);

    private final Shared shared;
    private final RunImportsSpec spec;
    private final StartImportRequest request;
    private final RunSend send;

    /** The URI for logs and messages: without what may be a secret, its user, query and fragment. */
    private final String target;

    private boolean checked;

    /** What the outcome is due to, if that was here. */
    private @Nullable Throwable failure;

    /** What is delivered instead of what the store has: it has no outcome yet, and this process cannot bring it about. */
    private @Nullable ImportRun unrecorded;

    /** What is common to all steps of all runs. */
    private record Shared(RunPipeline.Shared pipeline, SharedSettings settings, ImportsStore store) {}

    RunSteps(ReactiveImportsApi imports, RunPipeline.Shared pipeline, RunImportsSpec spec, StartImportRequest request) {
        this.shared = new Shared(
                pipeline, pipeline.parts().settings(), pipeline.parts().store());
        this.spec = spec;
        this.request = request;
        this.target = request.uri().replaceAll("[?#].*", "").replaceFirst("//[^/]*@", "//");
        this.send = new RunSend(imports, pipeline, request);
    }

    Mono<ImportRun> run() {
        return planned().expand(this::next).last().map(this::outcome);
    }

    private Mono<StoredRun> planned() {
        return untilDone("planning a run", shared.store.planRun(shared.settings.watch(), request));
    }

    private <T> Mono<T> untilDone(String what, Mono<T> operation) {
        return SharedRetry.untilDone(shared.settings, what, operation);
    }

    /** Takes a step, or finds out that another process has taken one. */
    private Mono<StoredRun> advance(StoredRun next) {
        return untilDone("advancing a run", shared.store.advanceRun(shared.settings.watch(), next))
                .switchIfEmpty(Mono.defer(this::planned));
    }

    private Mono<StoredRun> next(StoredRun run) {
        LOG.debug("watch {}: run of {}: {}", shared.settings.watch(), target, run.state());
        String given = send.id();
        if (given != null && run.id() == null && run.state() != State.REFUSED) {
            // others may have taken it for unknown, or the database have forgotten it: this is the truth
            return advance(run.started(given));
        }
        return switch (run.state()) {
            case PLANNED -> start(run);
            case SENDING -> find(run);
            case STARTED -> awaitEnd(run);
            case ENDED, REFUSED, UNKNOWN -> Mono.empty();
        };
    }

    private Mono<StoredRun> start(StoredRun run) {
        Throwable reason = shared.pipeline.stop().reason();
        if (reason != null) {
            return deliver(new ImportRun(request, Outcome.REFUSED, null, reason));
        }
        Mono<Void> check = checked ? Mono.empty() : check();
        return check.then(Mono.defer(() -> send.send(run)))
                .flatMap(this::after)
                .onErrorResume(RunCheckFailure.class, rejected -> {
                    failure = requireNonNull(rejected.getCause());
                    return advance(run.refused(text(failure)));
                });
    }

    private Mono<Void> check() {
        var check = spec.beforeStart();
        return check == null
                ? Mono.empty()
                : Flux.defer(() -> Flux.from(check.apply(request)))
                        .onErrorMap(RunCheckFailure::new)
                        .then()
                        .doOnSuccess(passed -> checked = true);
    }

    private Mono<StoredRun> after(RunSend.Result sent) {
        Throwable reason = sent.failure();
        StoredRun run = sent.run();
        if (reason == null) {
            return Mono.just(run);
        }
        if (reason instanceof ImportOutcomeUnknownException) {
            failure = reason;
            return Mono.just(run);
        }
        if (RunStop.concernsAll(reason)) {
            shared.pipeline.stop().because(reason);
            return advance(run.notSent());
        }
        Duration pause = send.pauseAfter(reason);
        if (pause != null) {
            return advance(run.notSent()).delayUntil(planned -> shared.settings.delay(pause));
        }
        failure = reason;
        return RunSend.isUnsent(reason)
                ? advance(run.notSent())
                        .flatMap(planned -> deliver(new ImportRun(request, Outcome.REFUSED, null, reason)))
                : advance(run.refused(text(reason)));
    }

    /** Finds out what became of a request that was, or may have been, sent. */
    private Mono<StoredRun> find(StoredRun run) {
        if (send.claimedOnly(run)) {
            return advance(run.notSent());
        }
        if (send.sent(run)) {
            return settle(run);
        }
        String lease = run.holder().replaceAll("#.*", "");
        return shared.pipeline
                .lease()
                .isOver(lease)
                .flatMap(over -> over
                        ? settle(run)
                        : shared.settings.delay(shared.settings.jitteredThird()).then(planned()));
    }

    private Mono<StoredRun> settle(StoredRun sending) {
        return shared.settings.delay(SETTLED).then(planned()).flatMap(run -> {
            if (run.version() != sending.version() || run.sentAt() == null) {
                return Mono.just(run);
            }
            return shared.pipeline
                    .search()
                    .find(request.uri(), run.sentAt().minus(CLOCKS_DIFFER))
                    .flatMap(found -> adopt(run, RunSearch.ids(found)))
                    .onErrorResume(this::isOfService, reason -> {
                        if (RunStop.concernsAll(reason)) {
                            shared.pipeline.stop().because(reason);
                        }
                        return deliver(new ImportRun(request, Outcome.UNKNOWN, null, reason));
                    });
        });
    }

    /** The store's own failures end the pipeline; a closed client has ended it already. */
    private boolean isOfService(Throwable failure) {
        return failure instanceof ImportsException || shared.pipeline.stop().reason() != null;
    }

    private Mono<StoredRun> adopt(StoredRun run, List<String> ids) {
        if (ids.size() == 1) {
            LOG.debug("watch {}: import {} is taken for the run of {}", shared.settings.watch(), ids, target);
            return advance(run.started(ids.get(0)));
        }
        String found = ids.isEmpty()
                ? "the listing has no import of it since"
                : "the listing has several imports of it since: " + ids;
        return advance(run.unknown(
                "start of " + target + " has an unknown outcome: it was sent at " + run.sentAt() + ", and " + found));
    }

    private Mono<StoredRun> awaitEnd(StoredRun run) {
        String id = requireNonNull(run.id());
        Mono<StoredRun> end = shared.pipeline
                .ends()
                .end(id)
                .flatMap(operation -> advance(
                        RunEnds.isGone(operation)
                                ? run.unknown("run of " + target + " has an unknown outcome: the service does not"
                                        + " know its import " + id + " any more")
                                : run.ended(operation)));
        Mono<StoredRun> blind = shared.pipeline
                .stop()
                .blind()
                .flatMap(reason -> deliver(
                        new ImportRun(request, Outcome.UNKNOWN, ImportOperation.of(id, ImportStatus.UNKNOWN), reason)));
        return Mono.firstWithSignal(end, blind);
    }

    private Mono<StoredRun> deliver(ImportRun run) {
        return Mono.fromRunnable(() -> unrecorded = run);
    }

    private ImportRun outcome(StoredRun run) {
        ImportRun instead = unrecorded;
        if (instead != null) {
            return instead;
        }
        ImportOperation end = run.operation();
        if (run.state() == State.ENDED && end != null) {
            return new ImportRun(request, ofEnd(end), end, null);
        }
        Throwable recorded = failure != null ? failure : new RecordedRunException(String.valueOf(run.failure()));
        return run.state() == State.REFUSED
                ? new ImportRun(request, Outcome.REFUSED, null, recorded)
                : new ImportRun(request, Outcome.UNKNOWN, known(run.id()), recorded);
    }

    private static @Nullable ImportOperation known(@Nullable String id) {
        return id == null ? null : ImportOperation.of(id, ImportStatus.UNKNOWN);
    }

    private static Outcome ofEnd(ImportOperation end) {
        return switch (end.status()) {
            case COMPLETED -> Outcome.COMPLETED;
            case CANCELLED -> Outcome.CANCELLED;
            default -> Outcome.FAILED;
        };
    }

    /** For people, and for another process. */
    private String text(Throwable failure) {
        String message = failure.getMessage();
        String what = message == null ? failure.getClass().getName() : message;
        return what.contains(target) ? what : "run of " + target + " was rejected: " + what;
    }
}
