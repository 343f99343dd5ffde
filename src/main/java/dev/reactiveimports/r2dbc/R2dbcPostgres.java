package dev.reactiveimports.r2dbc;

import io.r2dbc.postgresql.api.Notification;
import io.r2dbc.postgresql.api.PostgresqlConnection;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.Wrapped;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The one place that knows PostgreSQL's driver, which is there when its connections are. */
final class R2dbcPostgres {

    static final String CHANNEL = "reactive_imports";

    private R2dbcPostgres() {}

    /**
     * Emits the name of each watch that is notified, and an empty one when listening begins: what happened before was not
     * heard. Fails when the connection does.
     */
    static Flux<String> notifications(ConnectionFactory factory) {
        return Flux.usingWhen(
                unpooled(factory).create(),
                connection -> connection instanceof PostgresqlConnection postgres ? listen(postgres) : Flux.never(),
                Connection::close);
    }

    private static Flux<String> listen(PostgresqlConnection connection) {
        Flux<String> heard = connection.getNotifications().map(Notification::getParameter);
        Mono<String> begun = connection
                .createStatement("LISTEN " + CHANNEL)
                .execute()
                .flatMap(result -> result.getRowsUpdated())
                .then(Mono.just(""));
        return Flux.merge(heard, begun);
    }

    /** Listening takes a connection for good, and leaves it in a state that no other user of a pool expects. */
    private static ConnectionFactory unpooled(ConnectionFactory factory) {
        ConnectionFactory current = factory;
        while (current instanceof Wrapped<?> wrapped && wrapped.unwrap() instanceof ConnectionFactory inner) {
            current = inner;
        }
        return current;
    }
}
