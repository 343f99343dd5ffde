package dev.reactiveimports.r2dbc;

import static java.util.stream.Collectors.joining;

import io.r2dbc.spi.ConnectionFactory;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Where PostgreSQL and H2 differ: all other SQL is the same. */
enum R2dbcDialect {
    POSTGRESQL,
    H2;

    static R2dbcDialect of(ConnectionFactory factory) {
        String name = factory.getMetadata().getName();
        return switch (name) {
            case "PostgreSQL" -> POSTGRESQL;
            case "H2" -> H2;
            default ->
                throw new IllegalArgumentException("factory must be one of PostgreSQL or H2, but is one of " + name);
        };
    }

    /** The columns of the rows that an INSERT or UPDATE leaves. */
    String returning(String columns, String change) {
        return this == POSTGRESQL
                ? change + " RETURNING " + columns
                : "SELECT " + columns + " FROM FINAL TABLE (" + change + ")";
    }

    /**
     * A column which ends the session if its client falls silent within this transaction for longer: else a process that is
     * stopped in the middle of one keeps a row locked for as long as it is stopped. A second is a pause of an ordinary kind.
     */
    String silenceLimit(String columns, long millis) {
        return this == POSTGRESQL
                ? columns + ", set_config('idle_in_transaction_session_timeout', '" + Math.max(millis, 1_000)
                        + "', true)"
                : columns;
    }

    /**
     * The condition that a row's key is one of those that are bound from the second value on. H2's driver makes CLOBs of an
     * array's elements, for which H2 compares every row with every element.
     */
    String isOneOf(int keys) {
        return this == POSTGRESQL
                ? "id_hash = ANY($2)"
                : IntStream.range(2, keys + 2).mapToObj(n -> "$" + n).collect(joining(", ", "id_hash IN (", ")"));
    }

    /** The values of a statement on a watch with that condition. */
    Object[] valuesOf(String watch, String[] keys) {
        return this == POSTGRESQL
                ? new Object[] {watch, keys}
                : Stream.concat(Stream.of(watch), Arrays.stream(keys)).toArray();
    }
}
