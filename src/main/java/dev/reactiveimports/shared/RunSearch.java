package dev.reactiveimports.shared;

import dev.reactiveimports.ImportOperation;
import dev.reactiveimports.ImportsRetry;
import dev.reactiveimports.ReactiveImportsApi;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.Logger;
import reactor.util.Loggers;
import reactor.util.retry.Retry;

/** Looks for imports that may have been started, by walking the listing once for all that are sought at the time. */
final class RunSearch {

    private static final Logger LOG = Loggers.getLogger(SharedImports.class);
    private static final Duration COLLECT = Duration.ofSeconds(1);

    private final ReactiveImportsApi imports;
    private final SharedSettings settings;
    private final Sinks.Many<Sought> all = Sinks.many().unicast().onBackpressureBuffer();

    /** A URI, and the time before which its import cannot have been created. */
    private record Sought(String uri, Instant since, Sinks.One<List<ImportOperation>> found) {

        boolean isCandidate(ImportOperation listed) {
            Instant created = listed.createdAt();
            return uri.equals(listed.uri()) && created != null && !created.isBefore(since);
        }
    }

    RunSearch(ReactiveImportsApi imports, SharedSettings settings) {
        this.imports = imports;
        this.settings = settings;
    }

    /** To be subscribed once, as long as the pipeline lasts. */
    Mono<Void> work() {
        return all.asFlux()
                .bufferTimeout(SharedSettings.PAGE, COLLECT, settings.scheduler(), true)
                .concatMap(this::walk, 1)
                .then();
    }

    private Mono<Void> walk(List<Sought> sought) {
        LOG.debug("watch {}: the listing is read for {} starts of unknown outcome", settings.watch(), sought.size());
        List<String> uris = sought.stream().map(Sought::uri).distinct().toList();
        Instant since =
                sought.stream().map(Sought::since).min(Instant::compareTo).orElseThrow();
        return imports.findStarted(uris, since)
                .collectList()
                .retryWhen(untilServed())
                .doOnNext(listed -> sought.forEach(one -> one.found.tryEmitValue(
                        listed.stream().filter(one::isCandidate).toList())))
                .onErrorResume(failure -> {
                    sought.forEach(one -> one.found.tryEmitError(failure));
                    return Mono.empty();
                })
                .then();
    }

    private Retry untilServed() {
        return Retry.from(signals -> signals.concatMap(signal -> ImportsRetry.isTransient(signal.failure())
                ? settings.delay(SharedRetry.backoff(settings, signal.totalRetriesInARow() + 3))
                : Mono.error(signal.failure())));
    }

    /** The candidates, as of a walk that begins later; fails if the service rejects it. */
    Mono<List<ImportOperation>> find(String uri, Instant since) {
        return Mono.defer(() -> {
            Sought one = new Sought(uri, since, Sinks.one());
            all.emitNext(one, RunSlots.IN_TURN);
            return one.found.asMono();
        });
    }

    /** One import is listed twice by a listing that shifts while it is read. */
    static List<String> ids(List<ImportOperation> candidates) {
        return candidates.stream().map(ImportOperation::id).distinct().toList();
    }
}
