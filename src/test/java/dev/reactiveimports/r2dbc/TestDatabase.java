package dev.reactiveimports.r2dbc;

import io.r2dbc.h2.H2ConnectionFactory;
import io.r2dbc.spi.ConnectionFactory;
import java.util.UUID;

/** The databases that the store knows, for tests with a parameter. */
enum TestDatabase {
    POSTGRESQL {
        @Override
        ConnectionFactory empty() {
            return PostgresServer.running().newSchema();
        }
    },
    H2 {
        @Override
        ConnectionFactory empty() {
            return H2ConnectionFactory.inMemory("h2-" + UUID.randomUUID());
        }
    };

    /** Connections to where no tables are yet; not pooled. */
    abstract ConnectionFactory empty();

    /** The same with tables. */
    ConnectionFactory created() {
        ConnectionFactory factory = empty();
        R2dbcImportsStore.create(factory).createSchema().block();
        return factory;
    }
}
