package dev.reactiveimports.r2dbc;

import static java.util.stream.Collectors.toMap;

import dev.reactiveimports.ImportStatus;
import dev.reactiveimports.shared.Appended;
import dev.reactiveimports.shared.Cursor;
import dev.reactiveimports.shared.NewChange;
import dev.reactiveimports.shared.OperationJson;
import dev.reactiveimports.shared.StoreLease;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Appends changes in one transaction. It locks the lease's row first, so that the appends of a watch come one after the other: the
 * rows of its imports are changed by nothing else, only added by a registration.
 */
final class R2dbcAppend {

    private static final String EXTEND = "UPDATE ri_lease SET expires_at = " + R2dbcLeases.EXPIRY + R2dbcLeases.IF_HELD;
    private static final String KNOWN = "SELECT id_hash, revision, ended FROM ri_import WHERE watch = $1 AND ";
    private static final String FORGET = "DELETE FROM ri_import WHERE watch = $1 AND ";
    private static final String STATES =
            "INSERT INTO ri_import (watch, id_hash, id, revision, ended, epoch, sequence, operation, recorded_at)"
                    + " SELECT CAST($1 AS VARCHAR), u.id_hash, u.id, u.revision, u.ended, CAST($2 AS BIGINT), u.sequence,"
                    + " u.operation, CURRENT_TIMESTAMP FROM UNNEST(CAST($3 AS VARCHAR ARRAY), CAST($4 AS VARCHAR ARRAY),"
                    + " CAST($5 AS BIGINT ARRAY), CAST($6 AS BOOLEAN ARRAY), CAST($7 AS BIGINT ARRAY),"
                    + " CAST($8 AS VARCHAR ARRAY)) AS u(id_hash, id, revision, ended, sequence, operation)";
    private static final String CHANGES = "INSERT INTO ri_change"
            + " (watch, sequence, epoch, id_hash, revision, from_status, to_status, operation, recorded_at)"
            + " SELECT CAST($1 AS VARCHAR), u.sequence, CAST($2 AS BIGINT), u.id_hash, u.revision,"
            + " NULLIF(u.from_status, ''), u.to_status, u.operation, CURRENT_TIMESTAMP"
            + " FROM UNNEST(CAST($3 AS BIGINT ARRAY), CAST($4 AS VARCHAR ARRAY), CAST($5 AS BIGINT ARRAY),"
            + " CAST($6 AS VARCHAR ARRAY), CAST($7 AS VARCHAR ARRAY), CAST($8 AS VARCHAR ARRAY))"
            + " AS u(sequence, id_hash, revision, from_status, to_status, operation)";
    private static final String HEAD =
            "UPDATE ri_lease SET position_epoch = $3, position_sequence = $4 WHERE watch = $1 AND name = $2";

    private final R2dbcConnections connections;
    private final R2dbcDialect dialect;
    private final R2dbcWakeUps wakeUps;

    R2dbcAppend(R2dbcConnections connections, R2dbcDialect dialect, R2dbcWakeUps wakeUps) {
        this.connections = connections;
        this.dialect = dialect;
        this.wakeUps = wakeUps;
    }

    /** An import's state in the database. */
    private record Known(String key, long revision, boolean ended) {}

    /** A change that is to be written. */
    private record Line(String key, long sequence, long revision, NewChange change, String operation) {

        String id() {
            return change.change().id();
        }

        boolean ended() {
            return change.change().operation().isTerminal();
        }

        String from() {
            @Nullable ImportStatus from = change.change().from();
            return from == null ? "" : from.wireName();
        }

        String to() {
            return change.change().to().wireName();
        }
    }

    Mono<Appended> append(StoreLease lease, Duration duration, List<NewChange> changes) {
        if (changes.isEmpty()) {
            return connections.use(
                    session -> extend(session, lease, duration).map(head -> new Appended(0, lease.at(head))));
        }
        Map<String, NewChange> byKey = changes.stream()
                .collect(toMap(
                        change -> R2dbcKey.of(change.change().id()),
                        Function.identity(),
                        (a, b) -> a,
                        java.util.LinkedHashMap::new));
        return connections.transaction(session -> extend(session, lease, duration)
                .flatMap(head -> known(session, lease.watch(), byKey)
                        .flatMap(
                                known -> write(session, lease.at(head), known, lines(byKey, known, head.sequence())))));
    }

    private Mono<Cursor> extend(R2dbcSession session, StoreLease lease, Duration duration) {
        return session.selectOne(
                dialect.returning(
                        dialect.silenceLimit("position_epoch, position_sequence", R2dbcRows.millis(duration)), EXTEND),
                row -> new Cursor(R2dbcRows.number(row, "position_epoch"), R2dbcRows.number(row, "position_sequence")),
                R2dbcLeases.values(lease, duration));
    }

    private Mono<Map<String, Known>> known(R2dbcSession session, String watch, Map<String, NewChange> changes) {
        String[] keys = changes.keySet().toArray(String[]::new);
        return session.select(
                        KNOWN + dialect.isOneOf(keys.length),
                        row -> new Known(
                                R2dbcRows.text(row, "id_hash"),
                                R2dbcRows.number(row, "revision"),
                                Boolean.TRUE.equals(row.get("ended", Boolean.class))),
                        dialect.valuesOf(watch, keys))
                .map(rows -> rows.stream().collect(toMap(Known::key, Function.identity())));
    }

    private static List<Line> lines(Map<String, NewChange> changes, Map<String, Known> known, long head) {
        List<Line> lines = new ArrayList<>();
        changes.forEach((key, change) -> {
            Known before = known.getOrDefault(key, new Known(key, 0, false));
            if (before.revision() == change.revision() && !before.ended()) {
                String operation = OperationJson.encode(change.change().operation());
                lines.add(new Line(key, head + lines.size() + 1, change.revision() + 1, change, operation));
            }
        });
        return lines;
    }

    private Mono<Appended> write(R2dbcSession session, StoreLease lease, Map<String, Known> known, List<Line> lines) {
        if (lines.isEmpty()) {
            return Mono.just(new Appended(0, lease));
        }
        String watch = lease.watch();
        Cursor head = new Cursor(lease.epoch(), lines.get(lines.size() - 1).sequence());
        String[] replaced =
                lines.stream().map(Line::key).filter(known::containsKey).toArray(String[]::new);
        return (replaced.length == 0
                        ? Mono.<Long>empty()
                        : session.update(FORGET + dialect.isOneOf(replaced.length), dialect.valuesOf(watch, replaced)))
                .then(session.update(
                        STATES,
                        watch,
                        lease.epoch(),
                        texts(lines, Line::key),
                        texts(lines, Line::id),
                        numbers(lines, Line::revision),
                        lines.stream().map(Line::ended).toArray(Boolean[]::new),
                        numbers(lines, Line::sequence),
                        texts(lines, Line::operation)))
                .then(session.update(
                        CHANGES,
                        watch,
                        lease.epoch(),
                        numbers(lines, Line::sequence),
                        texts(lines, Line::key),
                        numbers(lines, Line::revision),
                        texts(lines, Line::from),
                        texts(lines, Line::to),
                        texts(lines, Line::operation)))
                .then(session.update(HEAD, watch, lease.name(), head.epoch(), head.sequence()))
                .then(wakeUps.notify(session, watch))
                .thenReturn(new Appended(lines.size(), lease.at(head)));
    }

    private static String[] texts(List<Line> lines, Function<Line, String> column) {
        return lines.stream().map(column).toArray(String[]::new);
    }

    private static Long[] numbers(List<Line> lines, Function<Line, Long> column) {
        return lines.stream().map(column).toArray(Long[]::new);
    }
}
