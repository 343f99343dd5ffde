package dev.reactiveimports.spring;

import dev.reactiveimports.r2dbc.R2dbcImportsStore;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryMetadata;
import io.r2dbc.spi.R2dbcPermissionDeniedException;
import io.r2dbc.spi.Wrapped;
import java.time.Duration;
import reactor.core.publisher.Mono;

/**
 * Opens connections when the tables have been created. So the start-up waits for no database, no thread waits for the tables, and
 * the store's first operation finds them.
 */
final class SchemaFirst implements ConnectionFactory, Wrapped<ConnectionFactory> {

    /** After this the creation counts as failed; the next connection tries it again. */
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private static final Duration FOR_GOOD = Duration.ofMillis(Long.MAX_VALUE);

    private final ConnectionFactory factory;
    private final Mono<Void> created;

    SchemaFirst(ConnectionFactory factory) {
        this.factory = factory;
        this.created = R2dbcImportsStore.create(factory)
                .createSchema()
                .timeout(LONGEST)
                .onErrorMap(SchemaFirst::isForbidden, SchemaFirst::forbidden)
                // one at a time; whoever cancels does not cancel it for the others
                .cache(nothing -> FOR_GOOD, failure -> Duration.ZERO, () -> FOR_GOOD);
    }

    /** Unlike a user or password that the database rejects, which fails without tables to create too. */
    private static boolean isForbidden(Throwable failure) {
        return failure instanceof R2dbcPermissionDeniedException denied
                && !String.valueOf(denied.getSqlState()).startsWith("28");
    }

    /** Not one that passes. */
    private static Throwable forbidden(Throwable failure) {
        return new IllegalStateException(
                "The tables ri_* cannot be created: set 'reactive-imports.shared.create-schema=false', and run the"
                        + " statements of dev/reactiveimports/r2dbc/schema-1.sql by a user who may",
                failure);
    }

    @Override
    public Mono<Connection> create() {
        return created.then(Mono.defer(() -> Mono.<Connection>from(factory.create())));
    }

    @Override
    public ConnectionFactoryMetadata getMetadata() {
        return factory.getMetadata();
    }

    @Override
    public ConnectionFactory unwrap() {
        return factory;
    }
}
