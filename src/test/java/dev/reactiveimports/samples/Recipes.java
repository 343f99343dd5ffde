package dev.reactiveimports.samples;

import dev.reactiveimports.ImportOperation;
import dev.reactiveimports.ImportStatus;
import dev.reactiveimports.ImportStatusChange;
import dev.reactiveimports.ImportsListener;
import dev.reactiveimports.ReactiveImportsApi;
import dev.reactiveimports.micrometer.MicrometerImportsListener;
import dev.reactiveimports.micrometer.ObservationImportsListener;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.reactor.circuitbreaker.operator.CircuitBreakerOperator;
import io.github.resilience4j.reactor.ratelimiter.operator.RateLimiterOperator;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.reactivex.rxjava3.core.Flowable;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import reactor.adapter.JdkFlowAdapter;
import reactor.core.observability.micrometer.Micrometer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Together with other libraries, as the guides show it; its tests run it. */
final class Recipes {

    private final ReactiveImportsApi imports;

    Recipes(ReactiveImportsApi imports) {
        this.imports = imports;
    }

    static ReactiveImportsApi metered(String host, String key, MeterRegistry registry) {
        // snippet: metrics
        return ReactiveImportsApi.builder(host, key)
                .listener(new MicrometerImportsListener(registry))
                .build();
        // end
    }

    Mono<ImportOperation> observed(String id, ObservationRegistry registry) {
        // snippet: observation
        return imports.awaitImport(id).tap(Micrometer.observation(registry)); // reactive.imports.await
        // end
    }

    static ReactiveImportsApi traced(String host, String key, MeterRegistry registry) {
        // snippet: spans
        return ReactiveImportsApi.builder(host, key)
                .listener(ImportsListener.all(
                        List.of(new MicrometerImportsListener(registry), new ObservationImportsListener())))
                .build();
        // end
    }

    Flux<String> cancelOlderThanAnHour() {
        // snippet: cancel-old
        Instant limit = Instant.now().minus(Duration.ofHours(1));
        return imports.listImports()
                .filter(i -> !i.isTerminal()
                        && i.createdAt() != null
                        && i.createdAt().isBefore(limit))
                .concatMap(i -> imports.cancelImport(i.id()).thenReturn(i.id()));
        // end
    }

    Flux<ImportOperation> ofABusyIndex() {
        // snippet: busy
        return imports.listImports().distinct(ImportOperation::id); // one may be shown again while others are added
        // end
    }

    Mono<ImportOperation> guarded(String id, RateLimiter limiter, CircuitBreaker breaker) {
        // snippet: resilience4j
        return imports.describeImport(id)
                .transformDeferred(RateLimiterOperator.of(limiter))
                .transformDeferred(CircuitBreakerOperator.of(breaker));
        // end
    }

    // snippet: resume
    Flux<ImportStatusChange> resumed(ConnectionFactory database) {
        return running(database)
                .flatMapMany(known -> imports.watchImports(Flux.fromIterable(known.keySet()))
                        .transform(ImportStatusChange.since(known)))
                .concatMap(change -> store(database, change).thenReturn(change)); // stored before it is published
    }

    private static Mono<Map<String, ImportStatus>> running(ConnectionFactory database) {
        return Flux.usingWhen(
                        database.create(),
                        connection -> Flux.from(connection
                                        .createStatement("SELECT id, status FROM imports WHERE NOT ended")
                                        .execute())
                                .flatMap(result -> result.map((row, columns) -> Map.entry(
                                        row.get("id", String.class),
                                        ImportStatus.valueOf(row.get("status", String.class))))),
                        Connection::close)
                .collectMap(Map.Entry::getKey, Map.Entry::getValue);
    }

    private static Mono<Long> store(ConnectionFactory database, ImportStatusChange change) {
        return Mono.usingWhen(
                database.create(),
                connection -> Flux.from(connection
                                .createStatement("UPDATE imports SET status = $1, ended = $2 WHERE id = $3")
                                .bind("$1", change.to().name())
                                .bind("$2", change.to().isTerminal())
                                .bind("$3", change.id())
                                .execute())
                        .flatMap(result -> result.getRowsUpdated())
                        .next(),
                Connection::close);
    }
    // end

    Flowable<ImportOperation> rxJava() {
        // snippet: rxjava
        return Flowable.fromPublisher(imports.listImports());
        // end
    }

    Flow.Publisher<ImportOperation> jdkFlow() {
        // snippet: jdk-flow
        return JdkFlowAdapter.publisherToFlowPublisher(imports.listImports());
        // end
    }

    CompletableFuture<ImportOperation> future(String id) {
        // snippet: future
        return imports.awaitImport(id).toFuture(); // cancelling the future cancels the wait, not the import
        // end
    }
}
