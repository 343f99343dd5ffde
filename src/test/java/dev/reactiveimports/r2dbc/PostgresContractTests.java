package dev.reactiveimports.r2dbc;

import dev.reactiveimports.shared.ImportsStore;
import dev.reactiveimports.testing.ImportsStoreContract;
import io.r2dbc.pool.ConnectionPool;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The contract on PostgreSQL, with a pool. */
class PostgresContractTests extends ImportsStoreContract {

    private static ConnectionPool pool;

    @BeforeAll
    static void createSchema() {
        pool = PostgresServer.pooled(PostgresServer.running().newSchema());
        R2dbcImportsStore.create(pool).createSchema().block();
    }

    @AfterAll
    static void close() {
        pool.dispose();
    }

    @Override
    protected ImportsStore store() {
        return R2dbcImportsStore.create(pool);
    }
}
