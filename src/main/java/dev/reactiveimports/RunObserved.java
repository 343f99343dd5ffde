package dev.reactiveimports;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.Logger;
import reactor.util.Loggers;
import reactor.util.context.Context;

/** The runs that have an id, and the one watch for all of them. Not thread-safe but for cancelling: the serial orders it. */
final class RunObserved {

    private static final Logger LOG = Loggers.getLogger(RunMany.class);
    private static final int CANCELS_AT_ONCE = 16;
    private static final Duration CANCELS_LAST = Duration.ofMinutes(1);
    private static final int ENDED_KEPT = 1_000;

    private final RunCalls calls;
    private final RunImportsSpec spec;
    private final SerialExecutor serial;
    private final Context context;
    private final BiConsumer<RunInProgress, ImportRun> onEnd;
    private final Consumer<Throwable> onFailure;
    private final Map<String, RunInProgress> active = new HashMap<>();

    /** The youngest of those that ended: what the listing shows of them belongs to somebody. */
    private final Set<String> ended = new LinkedHashSet<>();

    private final Sinks.Many<String> ids = Sinks.many().unicast().onBackpressureBuffer();
    private @Nullable Disposable watch;
    private boolean failed;
    private boolean threw;

    RunObserved(
            RunCalls calls,
            RunImportsSpec spec,
            SerialExecutor serial,
            Context context,
            BiConsumer<RunInProgress, ImportRun> onEnd,
            Consumer<Throwable> onFailure) {
        this.calls = calls;
        this.spec = spec;
        this.serial = serial;
        this.context = context;
        this.onEnd = onEnd;
        this.onFailure = onFailure;
    }

    void add(RunInProgress run, String id) {
        active.put(id, run);
        ids.tryEmitNext(id).orThrow();
        if (watch == null) {
            watch = calls.observe(ids.asFlux(), spec.pollSpecOr(calls.defaults()))
                    .subscribe(
                            seen -> serial.execute(() -> observed(seen)),
                            failure -> serial.execute(() -> failed(failure)),
                            null,
                            context);
        }
    }

    /** A copy of the ids that runs have, or had a moment ago. */
    Set<String> boundIds() {
        Set<String> all = new HashSet<>(active.keySet());
        all.addAll(ended);
        return all;
    }

    boolean isBound(String id) {
        return active.containsKey(id) || ended.contains(id);
    }

    boolean hasFailed() {
        return failed;
    }

    Collection<String> ids() {
        return List.copyOf(active.keySet());
    }

    private void failed(Throwable failure) {
        failed = true;
        onFailure.accept(failure);
    }

    private void observed(ImportObservation observation) {
        RunInProgress run = active.get(observation.id());
        if (run == null) {
            return;
        }
        if (observation instanceof ImportObservation.Seen seen) {
            run.known = seen.operation();
            report(seen.operation());
            if (seen.operation().isTerminal()) {
                ended(run, observation.id(), ImportRun.ended(run.request, seen.operation()));
            }
        } else if (observation instanceof ImportObservation.Failed lost) {
            Throwable failure = calls.named(lost.failure(), run.request);
            ended(run, observation.id(), new ImportRun(run.request, ImportRun.Outcome.UNKNOWN, run.known, failure));
        }
    }

    private void ended(RunInProgress run, String id, ImportRun result) {
        active.remove(id);
        ended.add(id);
        if (ended.size() > ENDED_KEPT + 2 * spec.maxInProgress()) {
            ended.remove(ended.iterator().next());
        }
        onEnd.accept(run, result);
    }

    private void report(ImportOperation operation) {
        Consumer<ImportOperation> progress = spec.onObservation();
        if (progress == null) {
            return;
        }
        try {
            progress.accept(operation);
        } catch (Throwable thrown) {
            Exceptions.throwIfJvmFatal(thrown);
            if (!threw) {
                threw = true;
                LOG.warn("onObservation threw, which changes nothing; it is logged once", thrown);
            }
        }
    }

    /** Ends all of them. */
    void abandon(Consumer<RunInProgress> end) {
        List.copyOf(active.values()).forEach(end);
        active.clear();
    }

    /** Cancels imports, after and without the subscription. What is left after a minute is logged: it goes on. */
    void cancel(Collection<String> imports) {
        Set<String> left = ConcurrentHashMap.newKeySet();
        left.addAll(imports);
        Flux.fromIterable(imports)
                .flatMap(
                        id -> calls.cancel(id)
                                .doOnSuccess(done -> left.remove(id))
                                .onErrorResume(failure -> {
                                    LOG.debug(
                                            "import {} could not be cancelled: {}",
                                            SafeText.ofId(id),
                                            failure.toString());
                                    return Mono.empty();
                                }),
                        CANCELS_AT_ONCE)
                .take(CANCELS_LAST, calls.scheduler())
                .doOnTerminate(() -> {
                    if (!left.isEmpty()) {
                        LOG.warn(
                                "{} of {} imports could not be cancelled and go on, {} among them",
                                left.size(),
                                imports.size(),
                                SafeText.ofId(left.iterator().next()));
                    }
                })
                .subscribe(null, failure -> LOG.debug("imports could not be cancelled", failure), null, context);
    }

    void clear() {
        if (watch != null) {
            watch.dispose();
        }
        active.clear();
        ended.clear();
    }
}
