package dev.reactiveimports.r2dbc;

import dev.reactiveimports.shared.Cursor;
import dev.reactiveimports.shared.ImportsStore;
import dev.reactiveimports.shared.LogPage;
import dev.reactiveimports.shared.RecordedChange;
import java.time.Duration;
import java.util.List;
import reactor.core.publisher.Mono;

/** Statements on {@code ri_change}, but for those of an append. Each is one statement, which has one view of the table. */
final class R2dbcLog {

    private static final String HEAD =
            "SELECT position_epoch AS epoch, position_sequence AS sequence FROM ri_lease WHERE watch = $1 AND name = ''";
    private static final String READ = "SELECT sequence, epoch, from_status, operation, recorded_at FROM ri_change"
            + " WHERE watch = $1 AND sequence >= $2 ORDER BY sequence LIMIT $3";
    private static final String OTHERS = "SELECT l.watch FROM ri_lease l JOIN ri_change c"
            + " ON c.watch = l.watch AND c.sequence = $2 AND c.epoch = $3 WHERE l.name = '' AND l.watch <> $1";
    private static final String PURGE = "DELETE FROM ri_change WHERE watch = $1 AND sequence <"
            + " (SELECT MAX(old.sequence) FROM ri_change old WHERE old.watch = $1 AND old.sequence < COALESCE("
            + "(SELECT MIN(kept.sequence) FROM ri_change kept WHERE kept.watch = $1 AND kept.recorded_at >="
            + " CURRENT_TIMESTAMP - CAST($2 AS BIGINT) * INTERVAL '0.001' SECOND), " + Long.MAX_VALUE + "))";

    private static final String PURGE_LEASES = "DELETE FROM ri_lease WHERE watch = $1 AND name LIKE '"
            + ImportsStore.RUN + "%' AND expires_at < CURRENT_TIMESTAMP - CAST($2 AS BIGINT) * INTERVAL '0.001' SECOND";

    private final R2dbcConnections connections;

    R2dbcLog(R2dbcConnections connections) {
        this.connections = connections;
    }

    Mono<Cursor> head(String watch) {
        return connections
                .use(session -> session.selectOne(HEAD, R2dbcRows::cursor, watch))
                .defaultIfEmpty(Cursor.START);
    }

    Mono<LogPage> read(String watch, Cursor after, int limit) {
        return connections
                .use(session -> session.select(READ, R2dbcRows::change, watch, after.sequence(), limit + 1))
                .map(rows -> page(after, limit, rows));
    }

    /** The first row is the one at the cursor; before the first change there is none, and nothing was removed. */
    private static LogPage page(Cursor after, int limit, List<RecordedChange> rows) {
        if (after.equals(Cursor.START)) {
            boolean known = rows.isEmpty() || rows.get(0).cursor().sequence() == 1;
            return known ? new LogPage(true, rows.subList(0, Math.min(limit, rows.size()))) : LogPage.UNKNOWN;
        }
        boolean known = !rows.isEmpty() && rows.get(0).cursor().equals(after);
        return known ? new LogPage(true, rows.subList(1, rows.size())) : LogPage.UNKNOWN;
    }

    Mono<Boolean> isOfAnotherWatch(String watch, Cursor cursor) {
        return connections.use(session -> session.select(OTHERS, row -> true, watch, cursor.sequence(), cursor.epoch())
                .map(rows -> !rows.isEmpty()));
    }

    Mono<Long> purge(String watch, Duration retention) {
        long millis = R2dbcRows.millis(retention);
        return connections.use(
                session -> session.update(PURGE_LEASES, watch, millis).then(session.update(PURGE, watch, millis)));
    }
}
