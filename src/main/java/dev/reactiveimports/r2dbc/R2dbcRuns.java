package dev.reactiveimports.r2dbc;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.reactiveimports.ImportOperation;
import dev.reactiveimports.StartImportRequest;
import dev.reactiveimports.shared.OperationJson;
import dev.reactiveimports.shared.RequestJson;
import dev.reactiveimports.shared.StoredRun;
import io.r2dbc.spi.Readable;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Statements on {@code ri_run}. */
final class R2dbcRuns {

    private static final String COLUMNS = "request, state, version, holder, sent_at, id, operation, failure";
    private static final String BY_URI = " WHERE watch = $1 AND uri_hash = $2";

    private static final String FIND = "SELECT " + COLUMNS + " FROM ri_run" + BY_URI;
    private static final String ADD =
            "INSERT INTO ri_run (watch, uri_hash, uri, request, state, ended, version, holder)"
                    + " SELECT CAST($1 AS VARCHAR), CAST($2 AS VARCHAR), CAST($3 AS VARCHAR), CAST($4 AS VARCHAR), 'PLANNED',"
                    + " FALSE, 0, '' WHERE NOT EXISTS (SELECT 1 FROM ri_run" + BY_URI + ")";
    private static final String ADVANCE =
            "UPDATE ri_run SET version = version + 1, state = $4, ended = $5, holder = $6,"
                    + " sent_at = CASE WHEN CAST($4 AS VARCHAR) = 'SENDING' THEN CURRENT_TIMESTAMP ELSE sent_at END,"
                    + " id = $7, operation = $8, failure = $9" + BY_URI + " AND version = $3";
    private static final String OPEN = "SELECT " + COLUMNS + " FROM ri_run"
            + " WHERE watch = $1 AND ended = FALSE AND uri_hash > $2 ORDER BY uri_hash LIMIT $3";
    private static final String FORGET = "DELETE FROM ri_run" + BY_URI + " AND ended = TRUE";

    private final R2dbcConnections connections;
    private final R2dbcDialect dialect;
    private final R2dbcWakeUps wakeUps;

    R2dbcRuns(R2dbcConnections connections, R2dbcDialect dialect, R2dbcWakeUps wakeUps) {
        this.connections = connections;
        this.dialect = dialect;
        this.wakeUps = wakeUps;
    }

    /** The row is there before or after the insertion, unless it is forgotten in between. */
    Mono<StoredRun> plan(String watch, StartImportRequest request) {
        String uri = request.uri();
        String key = R2dbcKey.of(uri);
        return connections.use(session -> session.selectOne(FIND, R2dbcRuns::run, watch, key)
                .switchIfEmpty(session.selectOne(
                        dialect.returning(COLUMNS, ADD), R2dbcRuns::run, watch, key, uri, RequestJson.encode(request)))
                .repeatWhenEmpty(Function.identity()));
    }

    Mono<StoredRun> advance(String watch, StoredRun run) {
        @Nullable String id = run.id();
        @Nullable ImportOperation operation = run.operation();
        @Nullable
        Object[] values = {
            watch,
            R2dbcKey.of(run.request().uri()),
            run.version() - 1,
            run.state().name(),
            run.state().isFinal(),
            run.holder(),
            id,
            operation == null ? null : OperationJson.encode(operation),
            storable(run.failure())
        };
        return connections.transaction(
                session -> session.selectOne(dialect.returning(COLUMNS, ADVANCE), R2dbcRuns::run, values)
                        .delayUntil(advanced -> register(session, watch, advanced))
                        .delayUntil(advanced -> wakeUps.notify(session, watch)));
    }

    private static Mono<?> register(R2dbcSession session, String watch, StoredRun run) {
        @Nullable String id = run.id();
        return run.state() == StoredRun.State.STARTED && id != null
                ? session.update(R2dbcImports.REGISTER, watch, R2dbcKey.of(id), id)
                : Mono.empty();
    }

    Mono<List<StoredRun>> open(String watch, String afterUri, int limit) {
        String after = afterUri.isEmpty() ? "" : R2dbcKey.of(afterUri);
        return connections.use(session -> session.select(OPEN, R2dbcRuns::run, watch, after, limit));
    }

    Mono<Boolean> forget(String watch, String uri) {
        return connections.use(
                session -> session.update(FORGET, watch, R2dbcKey.of(uri)).map(rows -> rows > 0));
    }

    private static StoredRun run(Readable row) {
        @Nullable OffsetDateTime sentAt = row.get("sent_at", OffsetDateTime.class);
        @Nullable String operation = row.get("operation", String.class);
        return new StoredRun(
                RequestJson.decode(R2dbcRows.text(row, "request")),
                StoredRun.State.valueOf(R2dbcRows.text(row, "state")),
                R2dbcRows.number(row, "version"),
                R2dbcRows.text(row, "holder"),
                sentAt == null ? null : sentAt.toInstant(),
                row.get("id", String.class),
                operation == null ? null : OperationJson.decode(operation),
                row.get("failure", String.class));
    }

    /** PostgreSQL stores neither NUL nor half a surrogate pair, of which a service's words may have both. */
    private static @Nullable String storable(@Nullable String text) {
        return text == null ? null : new String(text.replace('\0', '\uFFFD').getBytes(UTF_8), UTF_8);
    }
}
