package dev.reactiveimports.r2dbc;

import dev.reactiveimports.shared.ImportsStore;
import dev.reactiveimports.testing.ImportsStoreContract;
import io.r2dbc.spi.ConnectionFactory;
import org.junit.jupiter.api.BeforeAll;

/** The contract on PostgreSQL. */
class PostgresContractTests extends ImportsStoreContract {

    private static ConnectionFactory factory;

    @BeforeAll
    static void createSchema() {
        factory = PostgresServer.running().newSchema();
        R2dbcImportsStore.create(factory).createSchema().block();
    }

    @Override
    protected ImportsStore store() {
        return R2dbcImportsStore.create(factory);
    }
}
