package dev.reactiveimports.r2dbc;

import static dev.reactiveimports.r2dbc.R2dbcFaultTests.LEASE;
import static dev.reactiveimports.r2dbc.R2dbcFaultTests.LONG;
import static dev.reactiveimports.r2dbc.R2dbcFaultTests.WATCH;
import static dev.reactiveimports.r2dbc.R2dbcFaultTests.first;
import static dev.reactiveimports.r2dbc.R2dbcFaultTests.poller;
import static dev.reactiveimports.r2dbc.R2dbcFaultTests.read;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reactiveimports.StartImportRequest;
import dev.reactiveimports.shared.Cursor;
import dev.reactiveimports.shared.ImportsStore;
import dev.reactiveimports.shared.StoreLease;
import dev.reactiveimports.shared.StoredRun;
import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.ConnectionPoolConfiguration;
import io.r2dbc.spi.ConnectionFactory;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reactivestreams.Subscription;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;

/** Hints that something changed: one for each append, registration and release. */
class WakeUpTests {

    private static final String KILL_LISTENERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            + " WHERE query LIKE 'LISTEN%' AND pid <> pg_backend_pid()";

    private final BlockingQueue<Object> hints = new LinkedBlockingQueue<>();
    private final Disposable.Composite readers = Disposables.composite();

    @AfterEach
    void unsubscribe() {
        readers.dispose();
    }

    private void listen(ImportsStore store) {
        readers.add(Flux.from(store.wakeUps(WATCH)).subscribe(hints::add, hints::add));
    }

    private Object hint() throws InterruptedException {
        return hints.poll(LONG.toSeconds(), TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @EnumSource
    void aChangeWakesUpTheReadersOfItsWatchOnce(TestDatabase database) throws InterruptedException {
        ConnectionFactory factory = database.created();
        ImportsStore store = R2dbcImportsStore.create(factory);
        StoreLease lease = poller(store, "a");
        if (database == TestDatabase.H2) {
            listen(store);
        } else {
            listen(R2dbcImportsStore.create(factory));
            assertThat(hint()).as("the beginning").isNotNull();
        }
        store.append(lease, LEASE, List.of()).block(LONG);
        store.register(WATCH + "-2", "1").block(LONG);
        store.register(WATCH, "1").block(LONG);
        assertThat(hint()).as("the registration").isNotNull();
        store.register(WATCH, "1").block(LONG);
        store.append(lease, LEASE, List.of(first("2"), first("3"))).block(LONG);
        assertThat(hint()).as("the append").isNotNull();
        StoredRun run =
                store.planRun(WATCH, StartImportRequest.of("s3://bucket/a")).block(LONG);
        store.advanceRun(WATCH, run.sending("claim")).block(LONG);
        assertThat(hint()).as("the step of a run").isNotNull();
        store.advanceRun(WATCH, run.sending("claim")).block(LONG);
        store.release(lease).block(LONG);
        assertThat(hint()).as("the release").isNotNull();
        assertThat(hints).isEmpty();
    }

    @Test
    void whatIsAppendedWhileTheListenerIsDeadIsFound() throws InterruptedException {
        ConnectionFactory factory = TestDatabase.POSTGRESQL.created();
        ImportsStore store = R2dbcImportsStore.create(factory);
        ImportsStore reader = R2dbcImportsStore.create(factory);
        StoreLease lease = poller(store, "a");
        listen(reader);
        assertThat(hint()).isNotInstanceOf(Throwable.class);
        PostgresServer.running().execute(KILL_LISTENERS);
        assertThat(hint()).isInstanceOf(Exception.class);
        store.append(lease, LEASE, List.of(first("1"))).block(LONG);
        listen(reader);
        assertThat(hint()).as("the new beginning").isNotInstanceOf(Throwable.class);
        assertThat(read(reader, Cursor.START)).hasSize(1);
        store.append(lease, LEASE, List.of(first("2"))).block(LONG);
        assertThat(hint()).isNotInstanceOf(Throwable.class);
    }

    @Test
    void listeningTakesNoConnectionOfAPool() throws InterruptedException {
        ConnectionPool pool = poolOfOne();
        readers.add(pool);
        ImportsStore store = R2dbcImportsStore.create(pool);
        listen(store);
        assertThat(hint()).isNotNull();
        store.append(poller(store, "a"), LEASE, List.of(first("1"))).block(LONG);
        assertThat(hint()).isNotNull();
        assertThat(pool.getMetrics().orElseThrow().acquiredSize()).isZero();
    }

    private static ConnectionPool poolOfOne() {
        return new ConnectionPool(ConnectionPoolConfiguration.builder(TestDatabase.POSTGRESQL.created())
                .initialSize(1)
                .maxSize(1)
                .build());
    }

    @Test
    void aReaderWithoutDemandDelaysNoOther() throws InterruptedException {
        ImportsStore store = R2dbcImportsStore.create(TestDatabase.POSTGRESQL.created());
        BaseSubscriber<Object> slow = new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {}
        };
        readers.add(slow);
        Flux.from(store.wakeUps(WATCH)).cast(Object.class).subscribe(slow);
        listen(store);
        StoreLease lease = poller(store, "a");
        for (int i = 0; i < 30; i++) {
            store.append(lease, LEASE, List.of(first("" + i))).block(LONG);
            assertThat(hint()).isNotNull();
        }
    }

    @Test
    void theConnectionIsClosedAfterTheLastReader() throws InterruptedException {
        FaultyConnections connections = new FaultyConnections(TestDatabase.POSTGRESQL.created());
        ImportsStore store = R2dbcImportsStore.create(connections);
        listen(store);
        listen(store);
        R2dbcFaultTests.await(() -> connections.open() == 1);
        readers.dispose();
        R2dbcFaultTests.await(() -> connections.open() == 0);
    }
}
