package dev.reactiveimports.r2dbc;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.r2dbc.spi.R2dbcBadGrammarException;
import io.r2dbc.spi.R2dbcException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** The tables and their version. The statements are in the files {@code schema-<version>.sql}, for callers' own tools too. */
final class R2dbcSchema {

    static final int VERSION = 1;

    private static final String READ_VERSION = "SELECT COALESCE(MAX(version), 0) AS version FROM ri_schema";
    // any number that no other program takes for its own: "ri" in ASCII, and so on
    private static final String LOCK = "SELECT 1 FROM (SELECT pg_advisory_xact_lock(1919512178)) AS locked";

    private final R2dbcConnections connections;
    private final R2dbcDialect dialect;
    private volatile boolean verified;

    R2dbcSchema(R2dbcConnections connections, R2dbcDialect dialect) {
        this.connections = connections;
        this.dialect = dialect;
    }

    /** Completes if the tables are of this version; asks the database until they are, then no more. */
    Mono<Void> verify() {
        return Mono.defer(() -> verified ? Mono.empty() : version().flatMap(this::accept));
    }

    private Mono<Void> accept(int version) {
        if (version == VERSION) {
            verified = true;
            return Mono.empty();
        }
        return Mono.error(new IllegalStateException(
                version > VERSION
                        ? "The tables ri_* are of version " + version
                                + ", newer than this library, which knows version " + VERSION
                                + ": use a newer version of the library"
                        : "The tables ri_* are missing or of version " + version
                                + ": call R2dbcImportsStore.createSchema() once, or run the statements of "
                                + file(VERSION)));
    }

    Mono<Void> create() {
        return version().flatMap(version -> version < VERSION ? upgrade() : accept(version));
    }

    /** The version that is there, 0 if there is none. */
    private Mono<Integer> version() {
        return connections
                .use(session -> session.selectOne(READ_VERSION, row -> row.get("version", Integer.class)))
                .onErrorResume(R2dbcBadGrammarException.class, e -> Mono.just(0));
    }

    /** Replicas that start together all come here: PostgreSQL lets them in one by one; in H2 the second one may fail, once. */
    private Mono<Void> upgrade() {
        return connections
                .transaction(session -> lock(session)
                        .thenMany(Flux.fromStream(() -> IntStream.rangeClosed(1, VERSION)
                                .boxed()
                                .flatMap(version -> statements(version).stream())))
                        .concatMap(session::update)
                        .then())
                .retryWhen(Retry.max(5)
                        .filter(R2dbcException.class::isInstance)
                        .onRetryExhaustedThrow((spec, signal) -> signal.failure()));
    }

    private Mono<?> lock(R2dbcSession session) {
        return dialect == R2dbcDialect.POSTGRESQL ? session.select(LOCK, row -> 1) : Mono.empty();
    }

    static String file(int version) {
        return "dev/reactiveimports/r2dbc/schema-" + version + ".sql";
    }

    static List<String> statements(int version) {
        String withoutComments = read(file(version)).replaceAll("(?m)^--.*$", "");
        return Arrays.stream(withoutComments.split(";\\s*(\n|$)"))
                .map(String::strip)
                .filter(statement -> !statement.isEmpty())
                .toList();
    }

    private static String read(String file) {
        try (@Nullable InputStream in = R2dbcSchema.class.getClassLoader().getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException(file + " is missing from the jar");
            }
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
