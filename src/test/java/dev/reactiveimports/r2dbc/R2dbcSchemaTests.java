package dev.reactiveimports.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reactiveimports.shared.ImportsStore;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryMetadata;
import io.r2dbc.spi.Result;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class R2dbcSchemaTests {

    private static final Duration LONG = Duration.ofSeconds(60);

    @ParameterizedTest
    @EnumSource
    void replicasThatStartTogetherCreateItOnce(TestDatabase database) {
        ConnectionFactory factory = database.empty();
        Flux.range(0, 5)
                .flatMap(i -> R2dbcImportsStore.create(factory).createSchema())
                .then(R2dbcImportsStore.create(factory).createSchema())
                .as(StepVerifier::create)
                .expectComplete()
                .verify(LONG);
        R2dbcImportsStore.create(factory)
                .register("w", "1")
                .as(StepVerifier::create)
                .expectNext(true)
                .expectComplete()
                .verify(LONG);
    }

    @ParameterizedTest
    @EnumSource
    void aDatabaseWithoutTablesNamesTheCallAndTheFile(TestDatabase database) {
        R2dbcImportsStore store = R2dbcImportsStore.create(database.empty());
        store.head("w")
                .as(StepVerifier::create)
                .expectErrorSatisfies(e -> assertThat(e)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("R2dbcImportsStore.createSchema()")
                        .hasMessageContaining("dev/reactiveimports/r2dbc/schema-1.sql"))
                .verify(LONG);
        store.createSchema()
                .then(store.register("w", "1"))
                .as(StepVerifier::create)
                .expectNext(true)
                .expectComplete()
                .verify(LONG);
    }

    @ParameterizedTest
    @EnumSource
    void tablesOfANewerVersionAreLeftAlone(TestDatabase database) {
        ConnectionFactory factory = database.created();
        execute(factory, "INSERT INTO ri_schema (version) VALUES (2)");
        R2dbcImportsStore store = R2dbcImportsStore.create(factory);
        for (Publisher<?> operation : new Publisher<?>[] {store.createSchema(), store.register("w", "1")}) {
            StepVerifier.create(operation)
                    .expectErrorSatisfies(e -> assertThat(e)
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("version 2")
                            .hasMessageContaining("newer version of the library"))
                    .verify(LONG);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theFileIsEnoughForOtherToolsAndMayBeRunAgain(TestDatabase database) throws Exception {
        ConnectionFactory factory = database.empty();
        try (InputStream file = getClass().getResourceAsStream("/dev/reactiveimports/r2dbc/schema-1.sql")) {
            String script = new String(file.readAllBytes(), StandardCharsets.UTF_8);
            for (int i = 0; i < 2; i++) {
                // as a tool that knows nothing of comments
                Flux.fromArray(script.split(";\n"))
                        .doOnNext(sql -> execute(factory, sql))
                        .blockLast(LONG);
            }
        }
        ImportsStore store = R2dbcImportsStore.create(factory);
        assertThat(store.register("w", "1").block(LONG)).isTrue();
    }

    @Test
    void everyStatementOfTheFileIsFound() {
        assertThat(R2dbcSchema.statements(1)).hasSize(9).allMatch(sql -> sql.matches("(?s)(CREATE|INSERT) .*[^;]"));
    }

    @Test
    void anotherDatabaseIsNotAccepted() {
        ConnectionFactory other = new ConnectionFactory() {
            @Override
            public Publisher<? extends Connection> create() {
                return Mono.never();
            }

            @Override
            public ConnectionFactoryMetadata getMetadata() {
                return () -> "MariaDB";
            }
        };
        assertThatThrownBy(() -> R2dbcImportsStore.create(other))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("MariaDB");
    }

    private static void execute(ConnectionFactory factory, String sql) {
        Mono.usingWhen(
                        factory.create(),
                        connection -> Flux.from(connection.createStatement(sql).execute())
                                .cast(Result.class)
                                .concatMap(Result::getRowsUpdated)
                                .then(),
                        Connection::close)
                .block(LONG);
    }
}
