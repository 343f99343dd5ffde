package dev.reactiveimports.samples;

import static java.util.Objects.requireNonNull;

import dev.reactiveimports.ImportFailedException;
import dev.reactiveimports.ImportObservation;
import dev.reactiveimports.ImportOperation;
import dev.reactiveimports.ImportOutcomeUnknownException;
import dev.reactiveimports.ImportPage;
import dev.reactiveimports.ImportRun;
import dev.reactiveimports.ImportStatus;
import dev.reactiveimports.ImportStatusChange;
import dev.reactiveimports.ImportsApiException;
import dev.reactiveimports.ImportsRetry;
import dev.reactiveimports.ListImportsSpec;
import dev.reactiveimports.PollSpec;
import dev.reactiveimports.ReactiveImportsApi;
import dev.reactiveimports.RunImportsSpec;
import dev.reactiveimports.StartImportRequest;
import dev.reactiveimports.testing.ImportsSimulator;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.transport.ProxyProvider;

/** What the README, the guides and the changelog show, between the marks: copied from here, and run by the tests. */
final class Snippets {

    private final ReactiveImportsApi imports;

    Snippets(ReactiveImportsApi imports) {
        this.imports = imports;
    }

    Mono<ImportOperation> firstFailure() {
        // snippet: lazy
        return imports.listImports() // nothing happens yet
                .filter(i -> i.status() == ImportStatus.FAILED)
                .next(); // fetches pages until one failed import is found, then stops
        // end
    }

    Flux<ImportOperation> slowConsumer() {
        // snippet: backpressure
        return imports.listImports(ListImportsSpec.create().pageSize(50).readAhead(1))
                .concatMap(this::archive, 1); // one at a time: pages are fetched as fast as imports are archived
        // end
    }

    Flux<ImportPage> resumable(String savedToken) {
        // snippet: pages
        return imports.listImportPages(ListImportsSpec.create().startAt(savedToken))
                .concatMap(page -> saveToken(page.nextToken()).thenReturn(page), 1);
        // end
    }

    Mono<String> startedOnce() {
        // snippet: errors
        StartImportRequest request = StartImportRequest.of("s3://bucket/vectors");
        return imports.startImport(request)
                .onErrorResume(
                        ImportOutcomeUnknownException.class,
                        unknown -> imports.findStarted(
                                        request.uri(), unknown.sentAt().minusSeconds(30))
                                .delaySubscription(Duration.ofSeconds(2)) // it may take a moment to appear
                                .filter(found -> request.uri().equals(found.uri()))
                                .next()
                                .map(ImportOperation::id) // most likely it
                                .switchIfEmpty(Mono.error(unknown))) // finding none is no proof: look again later
                .doOnError(
                        ImportsApiException.class,
                        rejected -> report(rejected.statusCode(), rejected.getMessage(), rejected.requestId()));
        // end
    }

    Mono<String> pipeline() {
        // snippet: watch
        return imports.startImport(StartImportRequest.of("s3://bucket/vectors"))
                .flatMapMany(imports::watchImport) // polls while there is demand, completes with the import
                .doOnNext(i -> show(i.status(), i.percentComplete()))
                .last()
                .flatMap(i -> i.status() == ImportStatus.COMPLETED
                        ? switchTrafficTo(i.uri())
                        : Mono.error(new ImportFailedException(i)));
        // end
    }

    Flux<ImportStatusChange> fleet(Flux<String> ids, Map<String, ImportStatus> stored) {
        // snippet: fleet
        return imports.watchImports(ids, PollSpec.adaptive(Duration.ofSeconds(2), Duration.ofMinutes(1)))
                .transform(ImportStatusChange.since(stored)) // only what changed since the service stored it
                .doOnNext(change -> publish(change.id(), change.from(), change.to()));
        // end
    }

    Flux<ImportObservation> endless(Flux<String> ids) {
        // snippet: observe
        return imports.observeImports(ids) // may go on for as long as the service runs
                .doOnNext(observation -> {
                    if (observation instanceof ImportObservation.Failed failed) {
                        giveUp(
                                failed.id(),
                                failed.failure()); // unknown (404), unreadable: this id ends, the others go on
                    } else if (observation instanceof ImportObservation.Seen seen) {
                        show(seen.operation().status(), seen.operation().percentComplete());
                    }
                });
        // end
    }

    Flux<ImportRun> runs(Flux<StartImportRequest> requests) {
        // snippet: runs
        return imports.runImports(requests, RunImportsSpec.maxInProgress(20).onObservation(this::progress))
                .limitRate(20, 1) // demands one more import for each that has ended
                .concatMap(run -> switch (run.outcome()) {
                    case COMPLETED -> Mono.just(run);
                    case FAILED, CANCELLED ->
                        quarantine(run, requireNonNull(run.operation()).error());
                    case REFUSED, UNKNOWN ->
                        quarantine(run, requireNonNull(run.failure()).getMessage());
                });
        // end
    }

    Flux<ImportObservation> failures(Flux<String> ids) {
        // snippet: failures
        return imports.observeImports(ids).filter(o -> o instanceof ImportObservation.Failed);
        // end
    }

    static ReactiveImportsApi configured(String host, String key) {
        // snippet: configured
        return ReactiveImportsApi.builder(host, key)
                .attemptTimeout(Duration.ofSeconds(10))
                .retry(ImportsRetry.ofDefaults().maxRetries(5).maxRetryAfter(Duration.ofSeconds(20)))
                .sourceTag("nightly load")
                .build();
        // end
    }

    static ReactiveImportsApi behindAProxy(String host, String key, String proxyHost, int proxyPort) {
        // snippet: proxy
        return ReactiveImportsApi.builder(host, key)
                .configureHttpClient(http -> http.proxy(proxy ->
                        proxy.type(ProxyProvider.Proxy.HTTP).host(proxyHost).port(proxyPort)))
                .build();
        // end
    }

    static ImportOperation firstProgramWithoutTheService() {
        // snippet: without-the-service
        try (ImportsSimulator simulator = ImportsSimulator.builder()
                        .importDuration(Duration.ofSeconds(1))
                        .build();
                ReactiveImportsApi imports = ReactiveImportsApi.create(simulator.indexHost(), simulator.apiKey())) {
            return FirstProgram.load(imports, "s3://bucket/vectors").block();
        }
        // end
    }

    private Mono<ImportOperation> archive(ImportOperation operation) {
        return Mono.just(operation);
    }

    private Mono<Void> saveToken(String token) {
        return Mono.empty();
    }

    private Mono<String> switchTrafficTo(String uri) {
        return Mono.just("now serving " + uri);
    }

    final List<String> shown = new java.util.concurrent.CopyOnWriteArrayList<>();

    private void show(ImportStatus status, double percent) {
        shown.add(status + " " + percent);
    }

    private void progress(ImportOperation operation) {
        show(operation.status(), operation.percentComplete());
    }

    private Mono<ImportRun> quarantine(ImportRun run, @Nullable String reason) {
        System.out.println(run.request().uri() + " needs a look: " + reason);
        return Mono.just(run);
    }

    private void giveUp(String id, Throwable failure) {
        shown.add("gave up " + id + ": " + failure.getMessage());
    }

    private void publish(String id, ImportStatus from, ImportStatus to) {
        shown.add(id + " " + from + " " + to);
    }

    private void report(int status, String message, String requestId) {
        shown.add(status + " " + message + " " + requestId);
    }
}
