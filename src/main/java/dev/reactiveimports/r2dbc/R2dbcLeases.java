package dev.reactiveimports.r2dbc;

import dev.reactiveimports.shared.Cursor;
import dev.reactiveimports.shared.StoreLease;
import io.r2dbc.spi.Readable;
import java.time.Duration;
import java.util.stream.Stream;
import reactor.core.publisher.Mono;

/**
 * Statements on {@code ri_lease}. {@code CURRENT_TIMESTAMP} is when the transaction began, which is never after the time at which
 * a statement that had to wait for a lock goes on: a lease ends early rather than late.
 */
final class R2dbcLeases {

    /** Until when: the millis of a parameter from now on. */
    static final String EXPIRY = "CURRENT_TIMESTAMP + CAST($1 AS BIGINT) * INTERVAL '0.001' SECOND";

    /** Parameters 2 to 6. */
    static final String IF_HELD =
            " WHERE watch = $2 AND name = $3 AND holder = $4 AND epoch = $5 AND position_sequence >= $6";

    private static final String POSITION = "epoch, position_epoch, position_sequence";
    private static final String MICROS = "CAST(EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) * 1000000 AS BIGINT)";

    private static final String ACQUIRE = "UPDATE ri_lease SET holder = $4, epoch = GREATEST(epoch + 1, " + MICROS
            + "), expires_at = " + EXPIRY
            + " WHERE watch = $2 AND name = $3 AND (holder = $4 OR holder = '' OR expires_at <= CURRENT_TIMESTAMP)";
    private static final String ADD =
            "INSERT INTO ri_lease (watch, name, holder, epoch, expires_at, position_epoch, position_sequence)"
                    + " SELECT CAST($2 AS VARCHAR), CAST($3 AS VARCHAR), CAST($4 AS VARCHAR), " + MICROS + ", " + EXPIRY
                    + ", 0, 0 WHERE NOT EXISTS (SELECT 1 FROM ri_lease WHERE watch = $2 AND name = $3)";
    private static final String RENEW = "UPDATE ri_lease SET expires_at = " + EXPIRY + IF_HELD;
    private static final String MOVE =
            "UPDATE ri_lease SET position_epoch = $7, position_sequence = $8, expires_at = " + EXPIRY + IF_HELD;
    private static final String RELEASE = "UPDATE ri_lease SET holder = '', expires_at = " + EXPIRY + IF_HELD;

    private final R2dbcConnections connections;
    private final R2dbcDialect dialect;
    private final R2dbcWakeUps wakeUps;

    R2dbcLeases(R2dbcConnections connections, R2dbcDialect dialect, R2dbcWakeUps wakeUps) {
        this.connections = connections;
        this.dialect = dialect;
        this.wakeUps = wakeUps;
    }

    Mono<StoreLease> acquire(String watch, String name, String holder, Duration duration) {
        Object[] values = {R2dbcRows.millis(duration), watch, name, holder};
        return connections.use(session -> session.selectOne(
                        dialect.returning(POSITION, ACQUIRE), row -> lease(watch, name, holder, row), values)
                .switchIfEmpty(session.selectOne(
                        dialect.returning(POSITION, ADD), row -> lease(watch, name, holder, row), values)));
    }

    private static StoreLease lease(String watch, String name, String holder, Readable row) {
        return new StoreLease(
                watch,
                name,
                holder,
                R2dbcRows.number(row, "epoch"),
                new Cursor(R2dbcRows.number(row, "position_epoch"), R2dbcRows.number(row, "position_sequence")));
    }

    Mono<Boolean> renew(StoreLease lease, Duration duration) {
        return connections.use(
                session -> session.update(RENEW, values(lease, duration)).map(rows -> rows > 0));
    }

    Mono<Boolean> move(StoreLease lease, Cursor to, Duration duration) {
        return connections.use(session -> session.update(MOVE, values(lease, duration, to.epoch(), to.sequence()))
                .map(rows -> rows > 0));
    }

    Mono<Void> release(StoreLease lease) {
        return connections
                .use(session -> session.update(RELEASE, values(lease, Duration.ZERO))
                        .filter(rows -> rows > 0)
                        .flatMap(rows -> wakeUps.notify(session, lease.watch())))
                .then();
    }

    /** The parameters of {@link #EXPIRY} and {@link #IF_HELD}, and more. */
    static Object[] values(StoreLease lease, Duration duration, Object... more) {
        Object[] held = {
            R2dbcRows.millis(duration),
            lease.watch(),
            lease.name(),
            lease.holder(),
            lease.epoch(),
            lease.position().sequence()
        };
        return Stream.of(held, more).flatMap(Stream::of).toArray();
    }
}
