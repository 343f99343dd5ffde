package dev.reactiveimports.r2dbc;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.Readable;
import io.r2dbc.spi.Result;
import io.r2dbc.spi.Statement;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A connection for the duration of one operation. Every result is read to its end, so that none is left to the next statement. */
final class R2dbcSession {

    private final Connection connection;

    R2dbcSession(Connection connection) {
        this.connection = connection;
    }

    /** Executes a statement and counts the rows it changed. */
    Mono<Long> update(String sql, @Nullable Object... values) {
        return execute(sql, values).concatMap(Result::getRowsUpdated).reduce(0L, Long::sum);
    }

    /** Executes a statement and collects its rows, of which none may become null. */
    <T> Mono<List<T>> select(String sql, Function<Readable, T> row, @Nullable Object... values) {
        return execute(sql, values).concatMap(result -> result.map(row)).collectList();
    }

    /** Executes a statement of at most one row. */
    <T> Mono<T> selectOne(String sql, Function<Readable, T> row, @Nullable Object... values) {
        return select(sql, row, values)
                .flatMap(rows -> Mono.justOrEmpty(rows.stream().findFirst()));
    }

    private Flux<Result> execute(String sql, @Nullable Object... values) {
        return Flux.defer(() -> {
            Statement statement = connection.createStatement(sql);
            for (int i = 0; i < values.length; i++) {
                bind(statement, i, values[i]);
            }
            return Flux.from(statement.execute()).cast(Result.class);
        });
    }

    /** What may be null is a text. */
    private static void bind(Statement statement, int index, @Nullable Object value) {
        if (value == null) {
            statement.bindNull(index, String.class);
        } else {
            statement.bind(index, value);
        }
    }
}
