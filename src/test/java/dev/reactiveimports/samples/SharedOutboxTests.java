package dev.reactiveimports.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reactiveimports.ImportRun;
import dev.reactiveimports.PollSpec;
import dev.reactiveimports.ReactiveImportsApi;
import dev.reactiveimports.RunImportsSpec;
import dev.reactiveimports.StartImportRequest;
import dev.reactiveimports.r2dbc.R2dbcImportsStore;
import dev.reactiveimports.shared.SharedImports;
import dev.reactiveimports.testing.Fault;
import dev.reactiveimports.testing.ImportsSimulator;
import io.r2dbc.h2.CloseableConnectionFactory;
import io.r2dbc.h2.H2ConnectionFactory;
import io.r2dbc.spi.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/** Runs the recipes that start imports, on H2; the time of the replicas passes quickly. */
class SharedOutboxTests {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final String URI = "s3://bucket/1";

    private final CloseableConnectionFactory database = H2ConnectionFactory.inMemory("outbox-" + UUID.randomUUID());
    private final R2dbcImportsStore store = R2dbcImportsStore.create(database);
    private final ImportsSimulator simulator =
            ImportsSimulator.builder().importDuration(Duration.ofMillis(100)).build();
    private final ReactiveImportsApi imports = ReactiveImportsApi.create(simulator.indexHost(), simulator.apiKey());
    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final List<SharedImports> replicas = new ArrayList<>();
    private final Disposable passing = Flux.interval(Duration.ofMillis(10))
            .onBackpressureDrop()
            .subscribe(tick -> time.advanceTimeBy(Duration.ofMillis(250)));

    @BeforeEach
    void create() {
        store.createSchema().block(LONG);
        sql("CREATE TABLE customer_order (customer VARCHAR NOT NULL)");
        sql("CREATE TABLE import_request (uri VARCHAR(1500) PRIMARY KEY, requested_at TIMESTAMP WITH TIME ZONE,"
                + " outcome VARCHAR(20))");
    }

    @AfterEach
    void stop() {
        replicas.forEach(SharedImports::close);
        passing.dispose();
        imports.close();
        simulator.close();
        database.close().block(LONG);
    }

    @Test
    void whatTheBusinessCommittedIsRunOnceHoweverManyReplicasReadIt() {
        order("s3://bucket/1").block(LONG);
        order("s3://bucket/fail/2").block(LONG);
        assertThatThrownBy(() -> SharedRecipes.inTransaction(
                                database,
                                connection -> orderIn(connection, "s3://bucket/3")
                                        .then(Mono.error(new IllegalStateException("rolled back"))))
                        .block(LONG))
                .hasMessage("rolled back");
        Disposable others = recipes().outbox(database).subscribe();
        recipes().outbox(database).take(2).blockLast(LONG);
        order("s3://bucket/4").block(LONG);
        until("SELECT uri FROM import_request WHERE outcome IS NULL");
        others.dispose();
        assertThat(texts("SELECT CONCAT(uri, ' ', outcome) FROM import_request ORDER BY uri"))
                .containsExactly("s3://bucket/1 COMPLETED", "s3://bucket/4 COMPLETED", "s3://bucket/fail/2 FAILED");
        assertThat(posts()).isEqualTo(3);
    }

    @Test
    void whatAReplicaLeftIsEndedByTheNextOne() {
        order(URI).block(LONG);
        recipes().outbox(database).takeUntilOther(started()).blockLast(LONG);
        replicas.get(0).close();
        assertThat(recipes().outbox(database).blockFirst(LONG).outcome()).isEqualTo(ImportRun.Outcome.COMPLETED);
        assertThat(posts()).isEqualTo(1);
    }

    @Test
    void anUnknownRunWithoutAnImportMayBeRunAgain() {
        simulator.enqueue(Fault.status(500).on("POST", "/"));
        SharedRecipes recipes = recipes();
        assertThat(run(replicas.get(0))).isEqualTo(ImportRun.Outcome.UNKNOWN);
        assertThat(run(replicas.get(0))).isEqualTo(ImportRun.Outcome.UNKNOWN);
        assertThat(posts()).isEqualTo(1);
        assertThat(recipes.mayBeRunAgain(URI, Instant.now()).block(LONG)).isTrue();
        assertThat(run(replicas.get(0))).isEqualTo(ImportRun.Outcome.COMPLETED);
        assertThat(posts()).isEqualTo(2);
    }

    @Test
    void anUnknownRunThatMayHaveAnImportIsNotRunAgain() {
        imports.startImport(StartImportRequest.of(URI)).repeat(1).blockLast(LONG);
        simulator.enqueue(Fault.status(500).on("POST", "/"));
        SharedRecipes recipes = recipes();
        assertThat(run(replicas.get(0))).isEqualTo(ImportRun.Outcome.UNKNOWN);
        assertThat(recipes.mayBeRunAgain(URI, Instant.now()).block(LONG)).isFalse();
        assertThat(run(replicas.get(0))).isEqualTo(ImportRun.Outcome.UNKNOWN);
        assertThat(posts()).isEqualTo(3);
    }

    private SharedRecipes recipes() {
        SharedImports shared = SharedImports.builder(imports, store)
                .pollSpec(PollSpec.fixedInterval(Duration.ofSeconds(2)))
                .scheduler(time)
                .build();
        replicas.add(shared);
        return new SharedRecipes(imports, shared);
    }

    private static ImportRun.Outcome run(SharedImports shared) {
        return shared.runImports(Mono.just(StartImportRequest.of(URI)), RunImportsSpec.maxInProgress(1))
                .blockLast(LONG)
                .outcome();
    }

    private Mono<Long> order(String uri) {
        return SharedRecipes.inTransaction(database, connection -> orderIn(connection, uri));
    }

    private static Mono<Long> orderIn(Connection connection, String uri) {
        return SharedRecipes.order(connection, "acme", StartImportRequest.of(uri));
    }

    private Mono<Long> started() {
        return Flux.interval(Duration.ofMillis(5)).filter(tick -> posts() > 0).next();
    }

    private long posts() {
        return simulator.requests().stream()
                .filter(request -> request.method().equals("POST"))
                .count();
    }

    private void until(String queryIsEmpty) {
        Flux.interval(Duration.ofMillis(20))
                .onBackpressureDrop()
                .concatMap(tick -> rows(queryIsEmpty).hasElements())
                .filter(some -> !some)
                .blockFirst(LONG);
    }

    private List<String> texts(String query) {
        return rows(query).collectList().block(LONG);
    }

    private Flux<String> rows(String query) {
        return Flux.usingWhen(
                database.create(),
                connection -> Flux.from(connection.createStatement(query).execute())
                        .flatMap(result -> result.map(row -> row.get(0, String.class))),
                Connection::close);
    }

    private void sql(String statement) {
        Flux.usingWhen(
                        database.create(),
                        connection -> Flux.from(
                                        connection.createStatement(statement).execute())
                                .flatMap(result -> result.getRowsUpdated()),
                        Connection::close)
                .blockLast(LONG);
    }
}
