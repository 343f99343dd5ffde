package dev.reactiveimports.samples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reactiveimports.ImportOperation;
import dev.reactiveimports.ImportStatus;
import dev.reactiveimports.ImportStatusChange;
import dev.reactiveimports.ReactiveImportsApi;
import dev.reactiveimports.r2dbc.R2dbcImportsStore;
import dev.reactiveimports.shared.Cursor;
import dev.reactiveimports.shared.ImportsStore;
import dev.reactiveimports.shared.NewChange;
import dev.reactiveimports.shared.RecordedChange;
import dev.reactiveimports.shared.SharedImports;
import dev.reactiveimports.shared.StoreLease;
import dev.reactiveimports.testing.ImportsSimulator;
import io.r2dbc.h2.CloseableConnectionFactory;
import io.r2dbc.h2.H2ConnectionFactory;
import io.r2dbc.spi.Connection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Runs the recipes on H2; this test alone polls, by the lease that it holds, so that the log has what it says. */
class SharedRecipesTests {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration HOUR = Duration.ofHours(1);

    private final CloseableConnectionFactory database = H2ConnectionFactory.inMemory("recipes-" + UUID.randomUUID());
    private final R2dbcImportsStore store = R2dbcImportsStore.create(database);
    private final ImportsSimulator simulator = ImportsSimulator.start();
    private final ReactiveImportsApi imports = ReactiveImportsApi.create(simulator.indexHost(), simulator.apiKey());
    private final List<SharedImports> replicas = new ArrayList<>();

    @BeforeEach
    void create() {
        store.createSchema().block(LONG);
        sql("CREATE TABLE bill_place (epoch BIGINT, sequence BIGINT)");
        sql("INSERT INTO bill_place VALUES (0, 0)");
        sql("CREATE TABLE bill (import_id VARCHAR)"); // no key: a double one would be there
        StoreLease lease =
                store.acquire("imports", ImportsStore.POLLER, "test", HOUR).block(LONG);
        store.append(
                        lease,
                        HOUR,
                        List.of(
                                change(0, "a", null, ImportStatus.PENDING),
                                change(0, "b", null, ImportStatus.COMPLETED)))
                .flatMap(appended -> store.append(
                        appended.lease(),
                        HOUR,
                        List.of(
                                change(1, "a", ImportStatus.PENDING, ImportStatus.COMPLETED),
                                change(0, "c", null, ImportStatus.FAILED))))
                .block(LONG);
    }

    @AfterEach
    void stop() {
        replicas.forEach(SharedImports::close);
        imports.close();
        simulator.close();
        database.close().block(LONG);
    }

    @Test
    void aReplicaCreatesItsTablesAndReadsTheLog() {
        SharedImports shared =
                SharedRecipes.replica(imports, database).doOnNext(replicas::add).block(LONG);
        assertThat(shared.current().count().block(LONG)).isEqualTo(3);
    }

    @Test
    void whatHasEndedIsMailedOnce() {
        List<String> mails = new CopyOnWriteArrayList<>();
        recipes()
                .mailed(change -> Mono.fromRunnable(() -> mails.add(change.id() + " " + change.to())))
                .take(4)
                .blockLast(LONG);
        assertThat(mails).containsExactly("b COMPLETED", "a COMPLETED", "c FAILED");
    }

    @Test
    void everyChangeIsShippedInOrderWithItsCursor() {
        MockProducer<String, String> producer =
                new MockProducer<>(true, null, new StringSerializer(), new StringSerializer());
        List<RecordedChange> shipped =
                recipes().shipped(producer).take(4).collectList().block(LONG);
        assertThat(producer.history())
                .extracting(event -> event.key() + " " + event.value())
                .containsExactly("a PENDING", "b COMPLETED", "a COMPLETED", "c FAILED");
        assertThat(producer.history())
                .extracting(SharedRecipesTests::cursor)
                .containsExactlyElementsOf(
                        shipped.stream().map(RecordedChange::cursor).toList());
    }

    @Test
    void whatKafkaDidNotTakeIsShippedByTheNextReplica() {
        MockProducer<String, String> producer =
                new MockProducer<>(false, null, new StringSerializer(), new StringSerializer());
        recipes().shipped(producer).takeUntilOther(sent(producer, 1)).blockLast(LONG);
        assertThat(producer.history()).hasSize(1);
        producer.clear();
        StepVerifier.create(recipes().shipped(producer).take(1))
                .then(() -> sent(producer, 1).block(LONG))
                .then(producer::completeNext)
                .expectNextMatches(recorded -> recorded.cursor().sequence() == 1)
                .expectComplete()
                .verify(LONG);
    }

    @Test
    void nothingIsBilledTwiceByACrashBeforeTheCommit() {
        CrashingCommits crashing = new CrashingCommits(database, 2, false);
        StepVerifier.create(recipes().billed(crashing.factory()))
                .expectNextCount(1)
                .verifyErrorMessage("crashed");
        assertThat(bills()).isEmpty(); // that of b was rolled back
        recipes().billed(database).take(3).blockLast(LONG);
        assertThat(bills()).containsExactly("b", "a");
    }

    @Test
    void nothingIsBilledTwiceByACrashAfterTheCommit() {
        CrashingCommits crashing = new CrashingCommits(database, 2, true);
        StepVerifier.create(recipes().billed(crashing.factory()))
                .expectNextCount(1)
                .verifyErrorMessage("crashed");
        assertThat(bills()).containsExactly("b");
        recipes().billed(database).take(2).blockLast(LONG);
        assertThat(bills()).containsExactly("b", "a");
    }

    @Test
    void nothingIsBilledTwiceByAReplicaThatWasOvertaken() {
        StepVerifier.create(recipes().billed(database), 1)
                .expectNextCount(1)
                .then(() -> recipes()
                        .billed(database)
                        .takeUntil(recorded -> recorded.cursor().sequence() == 4)
                        .blockLast(LONG))
                .then(() -> assertThat(bills()).containsExactly("b", "a"))
                .thenRequest(3)
                .expectNextCount(3)
                .thenCancel()
                .verify(LONG);
        assertThat(bills()).containsExactly("b", "a");
    }

    @Test
    void whatDebeziumIsGivenExists() throws IOException {
        String file = Files.readString(Path.of("src/test/resources/dev/reactiveimports/samples/debezium.json"));
        String snapshot = file.split("\"snapshot.select.statement.overrides.public.ri_change\": \"")[1]
                .split("\"")[0];
        String key =
                file.split("\"message.key.columns\": \"public.ri_change:")[1].split("\"")[0];
        assertThat(rows(snapshot.replace("*", "CAST(sequence AS VARCHAR)"))).containsExactly("1", "2", "3", "4");
        assertThat(rows("SELECT CONCAT(" + key + ") FROM public.ri_change").stream()
                        .distinct())
                .hasSize(3); // imports
    }

    private SharedRecipes recipes() {
        SharedImports shared = SharedImports.builder(imports, store).build();
        replicas.add(shared);
        return new SharedRecipes(imports, shared);
    }

    private static NewChange change(long revision, String id, ImportStatus from, ImportStatus to) {
        return new NewChange(revision, new ImportStatusChange(id, from, to, ImportOperation.of(id, to)));
    }

    private static Cursor cursor(ProducerRecord<String, String> event) {
        return Cursor.decode(new String(event.headers().lastHeader("cursor").value(), StandardCharsets.US_ASCII));
    }

    private static Mono<Long> sent(MockProducer<String, String> producer, int howMany) {
        return Flux.interval(Duration.ofMillis(5))
                .filter(tick -> producer.history().size() == howMany)
                .next();
    }

    private List<String> bills() {
        return rows("SELECT import_id FROM bill");
    }

    private List<String> rows(String query) {
        return Flux.usingWhen(
                        database.create(),
                        connection -> Flux.from(
                                        connection.createStatement(query).execute())
                                .flatMap(result -> result.map(row -> row.get(0, String.class))),
                        Connection::close)
                .collectList()
                .block(LONG);
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
