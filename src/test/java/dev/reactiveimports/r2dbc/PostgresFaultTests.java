package dev.reactiveimports.r2dbc;

import static dev.reactiveimports.r2dbc.R2dbcFaultTests.LEASE;
import static dev.reactiveimports.r2dbc.R2dbcFaultTests.LONG;
import static dev.reactiveimports.r2dbc.R2dbcFaultTests.WATCH;
import static dev.reactiveimports.r2dbc.R2dbcFaultTests.first;
import static dev.reactiveimports.r2dbc.R2dbcFaultTests.logged;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reactiveimports.shared.Appended;
import dev.reactiveimports.shared.ImportsStore;
import dev.reactiveimports.shared.NewChange;
import dev.reactiveimports.shared.StoreLease;
import io.r2dbc.pool.ConnectionPool;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.util.retry.Retry;

/** What takes a server of its own process: that it dies, and that clients do. */
@Tag("shared")
class PostgresFaultTests {

    private static final Duration BRIEF = Duration.ofMillis(20);

    private final ConnectionPool pool = PostgresServer.pooled(TestDatabase.POSTGRESQL.created());

    @AfterEach
    void close() {
        pool.dispose();
    }

    /** As a process that is stopped between two statements, whose connection stays open. */
    @Test
    void aProcessThatStopsWithinItsTransactionKeepsTheLeaseNoLongerThanItLasts() {
        FaultyConnections connections = new FaultyConnections(TestDatabase.POSTGRESQL.created());
        ImportsStore store = R2dbcImportsStore.create(connections);
        Duration lease = Duration.ofSeconds(1);
        StoreLease stopped =
                store.acquire(WATCH, ImportsStore.POLLER, "stopped", lease).block(LONG);
        connections.stopBeforeCommits();
        Disposable append = store.append(stopped, lease, List.of(first("1"))).subscribe(appended -> {}, e -> {});
        R2dbcFaultTests.await(() -> connections.open() == 1);
        ImportsStore other = R2dbcImportsStore.create(connections);
        Mono<StoreLease> next = Mono.defer(() -> other.acquire(WATCH, ImportsStore.POLLER, "next", LEASE))
                .repeatWhenEmpty(tries -> tries.delayElements(Duration.ofMillis(100)));
        StoreLease acquired = next.block(LONG);
        connections.recover();
        assertThat(other.append(acquired, LEASE, List.of(first("2")))
                        .block(LONG)
                        .changes())
                .isEqualTo(1);
        assertThat(store.append(stopped, lease, List.of(first("1"))).blockOptional(LONG))
                .isEmpty();
        assertThat(logged(store)).containsExactly("2");
        append.dispose();
    }

    @Test
    void aServerThatIsRestartedMeanwhileLosesAndDoublesNothing() {
        ImportsStore store = R2dbcImportsStore.create(pool);
        AtomicInteger failures = new AtomicInteger();
        AtomicInteger written = new AtomicInteger();
        Mono<Void> restart = Mono.fromRunnable(PostgresServer.running()::restart)
                .subscribeOn(Schedulers.boundedElastic())
                .then();
        Mono<Long> writer = Flux.range(0, 200)
                .concatMap(i -> appendUntilItIsThere(store, first("" + i), failures)
                        .doOnNext(done -> written.incrementAndGet()))
                .count();
        Mono<Void> restarts = Mono.defer(() -> {
                    R2dbcFaultTests.await(() -> written.get() >= 50);
                    return restart;
                })
                .subscribeOn(Schedulers.boundedElastic());
        Mono.zip(writer, restarts.thenReturn(true)).block(LONG);
        assertThat(logged(store)).hasSize(200).doesNotHaveDuplicates();
        assertThat(failures.get()).isPositive();
    }

    /** As a poller does: after any failure it acquires the lease again, and appends what it does not know to be there. */
    private static Mono<Boolean> appendUntilItIsThere(ImportsStore store, NewChange change, AtomicInteger failures) {
        return store.acquire(WATCH, ImportsStore.POLLER, "writer", LEASE)
                .flatMap(lease -> store.append(lease, LEASE, List.of(change)))
                .doOnError(e -> failures.incrementAndGet())
                .retryWhen(Retry.fixedDelay(Long.MAX_VALUE, BRIEF))
                .thenReturn(true);
    }

    /** Two replicas, each of which believes that it polls for longer than it does. */
    @Test
    void writersThatRaceForTheLeaseLeaveADenseLog() {
        ImportsStore store = R2dbcImportsStore.create(pool);
        AtomicInteger fenced = new AtomicInteger();
        Flux.range(0, 3)
                .flatMap(writer -> writer(store, writer, fenced), 3)
                .then()
                .block(LONG);
        assertThat(logged(store)).isNotEmpty().doesNotHaveDuplicates();
        assertThat(fenced.get()).isPositive();
    }

    private static Mono<Void> writer(ImportsStore store, int number, AtomicInteger fenced) {
        return Flux.range(0, 30)
                .concatMap(i -> store.acquire(WATCH, ImportsStore.POLLER, "writer-" + number, BRIEF)
                        .delayUntil(lease -> Mono.delay(
                                Duration.ofMillis(ThreadLocalRandom.current().nextInt(40))))
                        .flatMap(lease -> store.append(lease, BRIEF, List.of(first(number + "-" + i)))
                                .map(Appended::changes)
                                .switchIfEmpty(Mono.fromCallable(fenced::incrementAndGet))))
                .then();
    }
}
