package dev.reactiveimports.shared;

import static java.util.Objects.requireNonNull;

import dev.reactiveimports.ImportOperation;
import dev.reactiveimports.ImportStatus;
import dev.reactiveimports.RunImportsSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.Logger;
import reactor.util.Loggers;

/** Waits in the log for the ends of the imports that a pipeline has started. */
final class RunEnds {

    private static final Logger LOG = Loggers.getLogger(SharedImports.class);

    /** A database that lost its last commits may have lost a registration among them. */
    private static final Duration REGISTER_AGAIN = Duration.ofMinutes(5);

    private final SharedReplica.Parts parts;
    private final SharedSettings settings;
    private final RunImportsSpec spec;
    private final Map<String, Sinks.One<ImportOperation>> awaited = new ConcurrentHashMap<>();
    private final Sinks.Empty<Void> needed = Sinks.empty();
    private final Sinks.Empty<Void> following = Sinks.empty();
    private final AtomicBoolean threw = new AtomicBoolean();

    RunEnds(SharedReplica.Parts parts, RunImportsSpec spec) {
        this.parts = parts;
        this.settings = parts.settings();
        this.spec = spec;
    }

    /** To be subscribed once, as long as the pipeline lasts; reads nothing before an end is awaited. */
    Mono<Void> work() {
        return needed.asMono().then(Mono.defer(() -> Mono.when(follow(), registering())));
    }

    private Mono<Void> follow() {
        return SharedRetry.untilDone(settings, "reading the head", parts.store().head(settings.watch()))
                .flatMapMany(head -> {
                    Flux<RecordedChange> tail = new LogTail(parts.store(), settings, parts.heads()).from(head);
                    following.tryEmitEmpty();
                    return tail;
                })
                .doOnNext(change -> changed(change.change().operation()))
                .then();
    }

    private Mono<Void> registering() {
        return settings.delay(REGISTER_AGAIN)
                .thenMany(Flux.fromIterable(awaited.keySet()))
                .concatMap(id -> SharedRetry.untilDone(
                        settings, "registering", parts.store().register(settings.watch(), id)))
                .then()
                .repeat()
                .then();
    }

    /** The operation with which the import ended, or with which it counts as gone. */
    Mono<ImportOperation> end(String id) {
        return Mono.defer(() -> {
            Sinks.One<ImportOperation> end = awaited.computeIfAbsent(id, i -> Sinks.one());
            needed.tryEmitEmpty();
            // what ended before the place from which the log is followed is a state
            return following
                    .asMono()
                    .then(SharedRetry.untilDone(
                            settings, "reading a state", parts.store().find(settings.watch(), List.of(id))))
                    .doOnNext(states -> states.stream()
                            .filter(state -> state.operation() != null)
                            .forEach(state -> changed(requireNonNull(state.operation()))))
                    .then(end.asMono());
        });
    }

    private void changed(ImportOperation operation) {
        Sinks.One<ImportOperation> end = awaited.get(operation.id());
        if (end == null) {
            return;
        }
        report(operation);
        if (operation.isTerminal() || isGone(operation)) {
            awaited.remove(operation.id(), end);
            end.tryEmitValue(operation);
        }
    }

    static boolean isGone(ImportOperation operation) {
        return operation.status() == ImportStatus.UNKNOWN
                && operation.statusText().equals(SharedImports.NOT_FOUND);
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
            if (threw.compareAndSet(false, true)) {
                LOG.warn("onObservation threw, which changes nothing; it is logged once", thrown);
            }
        }
    }

    /** The imports that are awaited. */
    List<String> ids() {
        return List.copyOf(awaited.keySet());
    }
}
