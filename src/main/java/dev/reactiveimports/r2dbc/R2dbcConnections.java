package dev.reactiveimports.r2dbc;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.IsolationLevel;
import io.r2dbc.spi.R2dbcDataIntegrityViolationException;
import java.util.Optional;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.retry.Retry;

/**
 * Opens a connection for each operation and closes it on completion, error and cancel.
 *
 * <p>Two sessions that insert the same row: the second one fails, without effect, when the first one has committed. It is run
 * again, sees the row and does something else.
 */
final class R2dbcConnections {

    private static final Retry AFTER_CONFLICT = Retry.max(5)
            .filter(R2dbcDataIntegrityViolationException.class::isInstance)
            .onRetryExhaustedThrow((spec, signal) -> signal.failure());

    private final ConnectionFactory factory;
    private final boolean blocking;

    R2dbcConnections(ConnectionFactory factory, R2dbcDialect dialect) {
        this.factory = factory;
        this.blocking = dialect == R2dbcDialect.H2;
    }

    /** Runs statements that are transactions of their own. */
    <T> Mono<T> use(Function<R2dbcSession, Mono<T>> work) {
        return run(Mono.usingWhen(
                factory.create(), connection -> work.apply(new R2dbcSession(connection)), Connection::close));
    }

    /** Runs statements in one transaction, committed when they are complete, with or without a value. */
    <T> Mono<T> transaction(Function<R2dbcSession, Mono<T>> work) {
        return run(Mono.usingWhen(
                factory.create(),
                connection -> begin(connection)
                        .then(Mono.defer(
                                () -> work.apply(new R2dbcSession(connection)).singleOptional()))
                        .flatMap(value -> commit(connection, value)),
                Connection::close,
                (connection, failure) -> rollBackAndClose(connection),
                R2dbcConnections::rollBackAndClose));
    }

    private static Mono<Void> begin(Connection connection) {
        return Mono.defer(() -> Mono.from(connection.beginTransaction(IsolationLevel.READ_COMMITTED)));
    }

    private static <T> Mono<T> commit(Connection connection, Optional<T> value) {
        return Flux.from(connection.commitTransaction()).then(Mono.justOrEmpty(value));
    }

    /** One after the other: a pool may hand the connection on as soon as it is closed. */
    private static Publisher<Void> rollBackAndClose(Connection connection) {
        return Flux.from(connection.rollbackTransaction())
                .onErrorComplete()
                .thenMany(Flux.defer(connection::close))
                .onErrorComplete();
    }

    private <T> Mono<T> run(Mono<T> operation) {
        Mono<T> retried = operation.retryWhen(AFTER_CONFLICT);
        return blocking ? retried.subscribeOn(Blocking.SCHEDULER) : retried;
    }

    /** H2's driver executes statements, and waits for locks, on the subscriber's thread, which may be an event loop. */
    private static final class Blocking {

        static final Scheduler SCHEDULER =
                Schedulers.newBoundedElastic(16, Integer.MAX_VALUE, "reactive-imports-h2", 60, true);
    }
}
