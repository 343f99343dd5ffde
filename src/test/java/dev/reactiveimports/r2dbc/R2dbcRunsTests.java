package dev.reactiveimports.r2dbc;

import static dev.reactiveimports.r2dbc.R2dbcFaultTests.LONG;
import static dev.reactiveimports.r2dbc.R2dbcFaultTests.WATCH;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reactiveimports.StartImportRequest;
import dev.reactiveimports.shared.ImportsStore;
import dev.reactiveimports.shared.StoredRun;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.Disposable;

/** What the contract does not ask of runs on a database. */
class R2dbcRunsTests {

    private static StoredRun sending(ImportsStore store, String uri) {
        return store.planRun(WATCH, StartImportRequest.of(uri))
                .flatMap(run -> store.advanceRun(WATCH, run.sending("claim")))
                .block(LONG);
    }

    @ParameterizedTest
    @EnumSource
    void whatNoDatabaseKeepsOfAFailureIsReplaced(TestDatabase database) {
        ImportsStore store = R2dbcImportsStore.create(database.created());
        StoredRun sending = sending(store, "s3://bucket/a");
        StoredRun refused = store.advanceRun(WATCH, sending.refused("a NUL \u0000, half a pair \uD83D, \u00fc"))
                .block(LONG);
        assertThat(refused.failure()).isEqualTo("a NUL \uFFFD, half a pair ?, \u00fc");
        assertThat(store.planRun(WATCH, sending.request()).block(LONG)).isEqualTo(refused);
    }

    @ParameterizedTest
    @EnumSource
    void aStartAndItsRegistrationAreCommittedTogether(TestDatabase database) {
        FaultyConnections connections = new FaultyConnections(database.created());
        ImportsStore store = R2dbcImportsStore.create(connections);
        StoredRun sending = sending(store, "s3://bucket/a");
        connections.stopBeforeCommits();
        Disposable stopped = store.advanceRun(WATCH, sending.started("1")).subscribe();
        R2dbcFaultTests.await(() -> connections.open() == 1);
        stopped.dispose();
        R2dbcFaultTests.await(() -> connections.open() == 0);
        connections.recover();
        assertThat(store.find(WATCH, List.of("1")).block(LONG)).isEmpty();
        assertThat(store.planRun(WATCH, sending.request()).block(LONG)).isEqualTo(sending);
        store.advanceRun(WATCH, sending.started("1")).block(LONG);
        assertThat(store.find(WATCH, List.of("1")).block(LONG)).hasSize(1);
    }
}
