package dev.reactiveimports.samples;

import dev.reactiveimports.r2dbc.R2dbcImportsStore;
import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.ConnectionPoolConfiguration;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryOptions;
import io.r2dbc.spi.Option;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.util.FileSystemUtils;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Where the replicas of the demo meet: a schema of its own, in a PostgreSQL that is there or in one that it starts. */
final class SharedDemoDatabase implements AutoCloseable {

    private static final Duration LONG = Duration.ofSeconds(60);

    private final String url;
    private final String schema =
            "reactive_imports_demo_" + UUID.randomUUID().toString().substring(0, 8);
    private final @Nullable EmbeddedPostgres process;
    private final @Nullable Path folder;

    private SharedDemoDatabase(String url, @Nullable EmbeddedPostgres process, @Nullable Path folder) {
        this.url = url;
        this.process = process;
        this.folder = folder;
    }

    /** Opens the PostgreSQL of a URL, or starts one for the demo if there is no URL. Its tables are not there yet. */
    static SharedDemoDatabase open(@Nullable String url) {
        return url == null ? embedded() : new SharedDemoDatabase(parsed(url), null, null);
    }

    /** The parser's own message may have the password in it. */
    private static String parsed(String url) {
        try {
            ConnectionFactories.get(url);
            return url;
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new IllegalArgumentException("R2DBC_URL must be like r2dbc:postgresql://user:password@host/database");
        }
    }

    private static SharedDemoDatabase embedded() {
        try {
            Path folder = Files.createTempDirectory("reactive-imports-demo");
            EmbeddedPostgres process = EmbeddedPostgres.builder()
                    .setOverrideWorkingDirectory(folder.resolve("binaries").toFile())
                    .setDataDirectory(folder.resolve("data"))
                    .setRegisterShutdownHook(false)
                    .setPGStartupWait(LONG)
                    .start();
            String url = "r2dbc:postgresql://postgres@localhost:" + process.getPort() + "/postgres";
            return new SharedDemoDatabase(url, process, folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Creates the schema and, in it, the tables. */
    void create() {
        execute("CREATE SCHEMA " + schema);
        R2dbcImportsStore.create(ConnectionFactories.get(options(url, schema)))
                .createSchema()
                .block(LONG);
    }

    String url() {
        return url;
    }

    String schema() {
        return schema;
    }

    /** A pool of connections to a schema, as a service has one. */
    static ConnectionPool pool(String url, String schema) {
        return new ConnectionPool(ConnectionPoolConfiguration.builder(ConnectionFactories.get(options(url, schema)))
                .maxSize(5)
                .build());
    }

    private static ConnectionFactoryOptions options(String url, String schema) {
        return ConnectionFactoryOptions.parse(url)
                .mutate()
                .option(Option.valueOf("schema"), schema)
                .build();
    }

    /** Removes what the demo created, and stops what it started. */
    @Override
    public void close() {
        try {
            if (process == null) {
                execute("DROP SCHEMA IF EXISTS " + schema + " CASCADE");
            } else {
                process.close();
                FileSystemUtils.deleteRecursively(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void execute(String sql) {
        ConnectionFactory factory = ConnectionFactories.get(url);
        Mono.usingWhen(
                        factory.create(),
                        connection -> Flux.from(connection.createStatement(sql).execute())
                                .flatMap(result -> result.getRowsUpdated())
                                .then(),
                        Connection::close)
                .block(LONG);
    }
}
