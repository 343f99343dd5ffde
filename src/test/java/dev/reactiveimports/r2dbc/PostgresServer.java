package dev.reactiveimports.r2dbc;

import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.ConnectionPoolConfiguration;
import io.r2dbc.postgresql.PostgresqlConnectionConfiguration;
import io.r2dbc.postgresql.PostgresqlConnectionFactory;
import io.r2dbc.spi.ConnectionFactory;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** A PostgreSQL from Maven artifacts: one for each JVM, started when first asked for, stopped with the JVM. */
public final class PostgresServer {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final AtomicInteger SCHEMAS = new AtomicInteger();

    private static @Nullable PostgresServer instance;

    private final PostgresFiles files = new PostgresFiles();
    private final int port;
    private EmbeddedPostgres process;

    private PostgresServer() {
        this.port = freePort();
        this.process = start();
        Runtime.getRuntime().addShutdownHook(new Thread(this::remove));
    }

    /** Returns this JVM's server, which is running. */
    public static synchronized PostgresServer running() {
        if (instance == null) {
            instance = new PostgresServer();
        }
        return instance;
    }

    /** Returns connections to an empty schema that no other caller has. */
    public PostgresqlConnectionFactory newSchema() {
        String schema = "s" + SCHEMAS.incrementAndGet();
        execute("CREATE SCHEMA " + schema);
        return new PostgresqlConnectionFactory(configuration().schema(schema).build());
    }

    /** Returns a pool of connections, with nothing beyond what such pools do by default. */
    public static ConnectionPool pooled(ConnectionFactory factory) {
        return new ConnectionPool(
                ConnectionPoolConfiguration.builder(factory).maxSize(10).build());
    }

    /** Executes one statement on a connection of its own. */
    public void execute(String sql) {
        Mono.usingWhen(
                        new PostgresqlConnectionFactory(configuration().build()).create(),
                        connection -> connection
                                .createStatement(sql)
                                .execute()
                                .flatMap(result -> result.getRowsUpdated())
                                .then(),
                        connection -> connection.close())
                .block(LONG);
    }

    /** Stops the server, and with it every connection, then starts it on the same data and port. */
    public synchronized void restart() {
        stop();
        process = start();
    }

    private PostgresqlConnectionConfiguration.Builder configuration() {
        return PostgresqlConnectionConfiguration.builder()
                .host("localhost")
                .port(port)
                .database("postgres")
                .username("postgres");
    }

    private EmbeddedPostgres start() {
        try {
            return files.server()
                    .setPort(port)
                    .setPGStartupWait(LONG)
                    .setServerConfig("max_connections", "200")
                    .setServerConfig("fsync", System.getProperty("postgres.fsync", "off"))
                    .setServerConfig("synchronous_commit", System.getProperty("postgres.fsync", "off"))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void stop() {
        try {
            process.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void remove() {
        stop();
        files.remove();
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
