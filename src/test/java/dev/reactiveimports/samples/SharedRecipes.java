package dev.reactiveimports.samples;

import static dev.reactiveimports.samples.StatusTopic.send;
import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.reactiveimports.ImportRun;
import dev.reactiveimports.ImportStatus;
import dev.reactiveimports.ImportStatusChange;
import dev.reactiveimports.ReactiveImportsApi;
import dev.reactiveimports.RunImportsSpec;
import dev.reactiveimports.StartImportRequest;
import dev.reactiveimports.r2dbc.R2dbcImportsStore;
import dev.reactiveimports.shared.Cursor;
import dev.reactiveimports.shared.RecordedChange;
import dev.reactiveimports.shared.SharedImports;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A watch that replicas share, as its guide shows it; its tests run it. */
final class SharedRecipes {

    private final ReactiveImportsApi imports;
    private final SharedImports shared;

    SharedRecipes(ReactiveImportsApi imports, SharedImports shared) {
        this.imports = imports;
        this.shared = shared;
    }

    // snippet: shared-setup
    static Mono<SharedImports> replica(ReactiveImportsApi imports, ConnectionFactory database) {
        R2dbcImportsStore store = R2dbcImportsStore.create(database); // PostgreSQL or H2, pooled or not
        return store.createSchema() // any number of replicas may do so at once
                .then(Mono.fromSupplier(
                        () -> SharedImports.builder(imports, store).build()));
    }
    // end

    Flux<RecordedChange> mailed(Function<ImportStatusChange, Mono<Void>> mail) {
        // snippet: shared-consume
        return shared.consume(
                "mail", // one replica at a time has this name; the others wait to take over
                recorded -> recorded.change().to().isTerminal() ? mail.apply(recorded.change()) : Mono.empty());
        // end
    }

    // snippet: shared-kafka
    Flux<RecordedChange> shipped(Producer<String, String> producer) {
        return shared.consume("kafka", recorded -> send(producer, event(recorded)));
    }

    private static ProducerRecord<String, String> event(RecordedChange recorded) {
        ProducerRecord<String, String> event = new ProducerRecord<>(
                "import-status", recorded.change().id(), recorded.change().to().name());
        event.headers().add("cursor", recorded.cursor().encode().getBytes(US_ASCII));
        return event;
    }
    // end

    // snippet: shared-exactly-once
    Flux<RecordedChange> billed(ConnectionFactory database) {
        return place(database)
                .flatMapMany(shared::changes) // strictly after the place
                .concatMap(
                        recorded -> inTransaction(
                                        database,
                                        connection -> move(connection, recorded.cursor())
                                                .filter(rows -> rows == 1) // 0: another replica has billed it
                                                .flatMap(rows -> bill(connection, recorded.change())))
                                .thenReturn(recorded),
                        0);
    }

    private static Mono<Cursor> place(ConnectionFactory database) {
        return Mono.usingWhen(
                database.create(),
                connection -> Flux.from(connection
                                .createStatement("SELECT epoch, sequence FROM bill_place")
                                .execute())
                        .flatMap(result -> result.map(
                                row -> new Cursor(row.get("epoch", Long.class), row.get("sequence", Long.class))))
                        .next(),
                Connection::close);
    }

    private static Mono<Long> move(Connection connection, Cursor to) {
        return update(
                connection,
                "UPDATE bill_place SET epoch = $1, sequence = $2 WHERE sequence < $2",
                to.epoch(),
                to.sequence());
    }

    private static Mono<Long> bill(Connection connection, ImportStatusChange change) {
        return change.to() == ImportStatus.COMPLETED
                ? update(connection, "INSERT INTO bill (import_id) VALUES ($1)", change.id())
                : Mono.empty();
    }
    // end

    // snippet: shared-request
    static Mono<Long> order(Connection connection, String customer, StartImportRequest request) {
        return update(connection, "INSERT INTO customer_order (customer) VALUES ($1)", customer)
                .then(update(
                        connection,
                        "INSERT INTO import_request (uri, requested_at) VALUES ($1, CURRENT_TIMESTAMP)",
                        request.uri())); // committed with the order, or not at all
    }
    // end

    // snippet: shared-outbox
    Flux<ImportRun> outbox(ConnectionFactory database) {
        return Flux.defer(() -> {
            Set<String> given = ConcurrentHashMap.newKeySet();
            Flux<StartImportRequest> requests = withoutOutcome(database)
                    .filter(given::add)
                    .map(StartImportRequest::of)
                    .repeatWhen(reads -> reads.delayElements(Duration.ofSeconds(1)));
            return shared.runImports(requests, RunImportsSpec.maxInProgress(20))
                    .limitRate(20, 1) // one more is started for each that has ended
                    .concatMap(run -> end(database, run)
                            .doOnSuccess(rows -> given.remove(run.request().uri()))
                            .thenReturn(run));
        });
    }

    private static Flux<String> withoutOutcome(ConnectionFactory database) {
        return Flux.usingWhen(
                        database.create(),
                        connection -> Flux.from(connection
                                        .createStatement("SELECT uri FROM import_request WHERE outcome IS NULL"
                                                + " ORDER BY requested_at LIMIT 100") // more than are in progress
                                        .execute())
                                .flatMap(result -> result.map(row -> row.get("uri", String.class))),
                        Connection::close)
                .collectList() // the connection is not kept while imports run
                .flatMapIterable(uris -> uris);
    }

    private static Mono<Long> end(ConnectionFactory database, ImportRun run) {
        return inTransaction(
                database,
                connection -> update(
                        connection,
                        "UPDATE import_request SET outcome = $1 WHERE uri = $2 AND outcome IS NULL",
                        run.outcome().name(),
                        run.request().uri()));
    }
    // end

    // snippet: shared-unknown
    /** Whether the request may be given to runImports again. */
    Mono<Boolean> mayBeRunAgain(String uri, Instant requestedAt) {
        return imports.findStarted(uri, requestedAt.minus(Duration.ofMinutes(1))) // clocks differ
                .hasElements()
                .flatMap(started -> started ? Mono.just(false) : shared.forgetRun(uri));
    }
    // end

    // snippet: shared-sql
    static <T> Mono<T> inTransaction(ConnectionFactory database, Function<Connection, Mono<T>> work) {
        return Mono.usingWhen(
                database.create(),
                connection -> Mono.from(connection.beginTransaction())
                        .then(work.apply(connection).singleOptional())
                        .flatMap(value ->
                                Mono.from(connection.commitTransaction()).then(Mono.justOrEmpty(value))),
                Connection::close,
                (connection, failure) -> Flux.concat(connection.rollbackTransaction(), connection.close()),
                connection -> Flux.concat(connection.rollbackTransaction(), connection.close()));
    }

    private static Mono<Long> update(Connection connection, String sql, Object... values) {
        Statement statement = connection.createStatement(sql);
        for (int i = 0; i < values.length; i++) {
            statement.bind(i, values[i]);
        }
        return Flux.from(statement.execute())
                .flatMap(result -> result.getRowsUpdated())
                .next();
    }
    // end
}
