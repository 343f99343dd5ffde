package dev.reactiveimports.r2dbc;

import dev.reactiveimports.shared.StoredImport;
import java.util.Collection;
import java.util.List;
import reactor.core.publisher.Mono;

/** Statements on {@code ri_import}, but for those of an append. */
final class R2dbcImports {

    private static final String STATE =
            "SELECT id, revision, epoch, sequence, operation, recorded_at FROM ri_import WHERE watch = $1";

    static final String REGISTER = "INSERT INTO ri_import (watch, id_hash, id, revision, ended, epoch, sequence)"
            + " SELECT CAST($1 AS VARCHAR), CAST($2 AS VARCHAR), CAST($3 AS VARCHAR), 0, FALSE, 0, 0"
            + " WHERE NOT EXISTS (SELECT 1 FROM ri_import WHERE watch = $1 AND id_hash = $2)";
    private static final String FIND = STATE + " AND ";
    private static final String OPEN = STATE + " AND ended = FALSE AND id_hash > $2 ORDER BY id_hash LIMIT $3";
    private static final String UNOBSERVED = STATE + " AND sequence = 0 AND id_hash > $2 ORDER BY id_hash LIMIT $3";
    private static final String STATES = STATE + " AND sequence > $2 ORDER BY sequence LIMIT $3";

    private final R2dbcConnections connections;
    private final R2dbcDialect dialect;
    private final R2dbcWakeUps wakeUps;

    R2dbcImports(R2dbcConnections connections, R2dbcDialect dialect, R2dbcWakeUps wakeUps) {
        this.connections = connections;
        this.dialect = dialect;
        this.wakeUps = wakeUps;
    }

    Mono<Boolean> register(String watch, String id) {
        return connections.use(session -> session.update(REGISTER, watch, R2dbcKey.of(id), id)
                .filter(rows -> rows > 0)
                .flatMap(rows -> wakeUps.notify(session, watch).thenReturn(true))
                .defaultIfEmpty(false));
    }

    Mono<List<StoredImport>> find(String watch, Collection<String> ids) {
        String[] keys = ids.stream().map(R2dbcKey::of).distinct().toArray(String[]::new);
        return keys.length == 0
                ? Mono.just(List.of())
                : connections.use(session -> session.select(
                        FIND + dialect.isOneOf(keys.length), R2dbcRows::state, dialect.valuesOf(watch, keys)));
    }

    Mono<List<StoredImport>> open(String watch, boolean unobserved, String afterId, int limit) {
        String after = afterId.isEmpty() ? "" : R2dbcKey.of(afterId);
        return connections.use(
                session -> session.select(unobserved ? UNOBSERVED : OPEN, R2dbcRows::state, watch, after, limit));
    }

    Mono<List<StoredImport>> states(String watch, long after, int limit) {
        return connections.use(session -> session.select(STATES, R2dbcRows::state, watch, Math.max(0, after), limit));
    }
}
