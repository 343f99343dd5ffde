package dev.reactiveimports.r2dbc;

import dev.reactiveimports.shared.ImportsStore;
import dev.reactiveimports.testing.ImportsStoreContract;
import io.r2dbc.h2.H2ConnectionFactory;
import io.r2dbc.spi.ConnectionFactory;
import org.junit.jupiter.api.BeforeAll;

/** The contract on H2, in memory. */
class H2ContractTests extends ImportsStoreContract {

    private static final ConnectionFactory FACTORY = H2ConnectionFactory.inMemory("contract");

    @BeforeAll
    static void createSchema() {
        R2dbcImportsStore.create(FACTORY).createSchema().block();
    }

    @Override
    protected ImportsStore store() {
        return R2dbcImportsStore.create(FACTORY);
    }
}
