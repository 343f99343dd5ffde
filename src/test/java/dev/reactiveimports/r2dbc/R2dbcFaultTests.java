package dev.reactiveimports.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reactiveimports.ImportOperation;
import dev.reactiveimports.ImportStatus;
import dev.reactiveimports.ImportStatusChange;
import dev.reactiveimports.shared.Appended;
import dev.reactiveimports.shared.Cursor;
import dev.reactiveimports.shared.ImportsStore;
import dev.reactiveimports.shared.LogPage;
import dev.reactiveimports.shared.NewChange;
import dev.reactiveimports.shared.RecordedChange;
import dev.reactiveimports.shared.StoreLease;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.R2dbcTransientResourceException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** What goes wrong between the store and either database. */
class R2dbcFaultTests {

    static final Duration LONG = Duration.ofSeconds(60);
    static final Duration LEASE = Duration.ofMinutes(10);
    static final String WATCH = "w";

    static NewChange first(String id) {
        return new NewChange(
                0,
                new ImportStatusChange(id, null, ImportStatus.PENDING, ImportOperation.of(id, ImportStatus.PENDING)));
    }

    static StoreLease poller(ImportsStore store, String holder) {
        return store.acquire(WATCH, ImportsStore.POLLER, holder, LEASE).block(LONG);
    }

    static List<String> logged(ImportsStore store) {
        LogPage page = store.read(WATCH, Cursor.START, 1_000).block(LONG);
        assertThat(page.changes())
                .extracting(row -> row.cursor().sequence())
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, page.changes().size())
                                .mapToObj(i -> (long) i)
                                .toList());
        return page.changes().stream().map(row -> row.change().id()).toList();
    }

    @ParameterizedTest
    @EnumSource
    void aCommitWhoseResponseIsLostIsNotDoubled(TestDatabase database) {
        FaultyConnections connections = new FaultyConnections(database.created());
        ImportsStore store = R2dbcImportsStore.create(connections);
        List<NewChange> changes = List.of(first("1"), first("2"));
        StoreLease lease = poller(store, "a");
        connections.loseResponsesOfCommits();
        store.append(lease, LEASE, changes)
                .as(StepVerifier::create)
                .expectError(R2dbcTransientResourceException.class)
                .verify(LONG);
        connections.recover();
        StoreLease next = poller(store, "a");
        Appended again = store.append(next, LEASE, changes).block(LONG);
        assertThat(again.changes()).isZero();
        assertThat(again.lease().position()).isEqualTo(new Cursor(lease.epoch(), 2));
        assertThat(logged(store)).containsExactly("1", "2");
        assertThat(connections.open()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void aCancelledAppendLeavesNoConnectionAndNoLock(TestDatabase database) {
        FaultyConnections connections = new FaultyConnections(database.created());
        ImportsStore store = R2dbcImportsStore.create(connections);
        StoreLease lease = poller(store, "a");
        connections.stopBeforeCommits();
        Disposable stopped = store.append(lease, LEASE, List.of(first("1"))).subscribe();
        await(() -> connections.open() == 1);
        stopped.dispose();
        await(() -> connections.open() == 0);
        connections.recover();
        Random random = new Random(1);
        for (int i = 0; i < 30; i++) {
            Disposable append =
                    store.append(lease, LEASE, List.of(first("x" + i))).subscribe();
            LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(8_000)));
            append.dispose();
        }
        await(() -> connections.open() == 0);
        Appended appended = store.append(lease, LEASE, List.of(first("last"))).block(LONG);
        assertThat(appended.changes()).isEqualTo(1);
        assertThat(logged(store)).doesNotContain("1").endsWith("last").doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @EnumSource
    void registrationsThatMeetAppendsOfTheSameImportsFailNeither(TestDatabase database) {
        ImportsStore store = R2dbcImportsStore.create(database.created());
        Set<String> ids = new TreeSet<>();
        IntStream.range(0, 12).forEach(i -> ids.add("import-" + i));
        StoreLease lease = poller(store, "a");
        Mono<Long> registered = Flux.fromIterable(ids)
                .flatMap(id -> store.register(WATCH, id), 4)
                .filter(added -> added)
                .count();
        Mono<Integer> appended = Flux.fromIterable(ids)
                .concatMap(id -> store.append(lease, LEASE, List.of(first(id))))
                .map(Appended::changes)
                .reduce(0, Integer::sum);
        Mono.zip(registered, appended)
                .as(StepVerifier::create)
                .assertNext(counts -> assertThat(counts.getT2()).isEqualTo(12))
                .expectComplete()
                .verify(LONG);
        assertThat(new TreeSet<>(logged(store))).isEqualTo(ids);
    }

    @ParameterizedTest
    @EnumSource
    void ofManyThatRaceForAnExpiredLeaseOneGetsIt(TestDatabase database) {
        ImportsStore store = R2dbcImportsStore.create(database.created());
        store.acquire(WATCH, "mail", "nobody", Duration.ofMillis(1)).block(LONG);
        long last = 0;
        for (int round = 0; round < 5; round++) {
            List<StoreLease> acquired = Flux.range(0, 8)
                    .flatMap(i ->
                            store.acquire(WATCH, "mail", "holder-" + i, LEASE).subscribeOn(Schedulers.boundedElastic()))
                    .collectList()
                    .block(LONG);
            assertThat(acquired).hasSize(1);
            assertThat(acquired.get(0).epoch()).isGreaterThan(last);
            last = acquired.get(0).epoch();
            store.renew(acquired.get(0), Duration.ofMillis(1)).block(LONG);
            await(() -> Boolean.TRUE.equals(store.acquire(WATCH, "mail", "nobody", Duration.ofMillis(1))
                    .hasElement()
                    .block(LONG)));
        }
    }

    /** As after a fail-over to a server whose clock is years behind. */
    @ParameterizedTest
    @EnumSource
    void anEpochGrowsThoughTheDatabasesClockWentBack(TestDatabase database) {
        ConnectionFactory factory = database.created();
        ImportsStore store = R2dbcImportsStore.create(factory);
        poller(store, "a");
        R2dbcSchemaTests.execute(factory, "UPDATE ri_lease SET epoch = 4000000000000000");
        assertThat(poller(store, "a").epoch()).isEqualTo(4_000_000_000_000_001L);
    }

    @ParameterizedTest
    @EnumSource
    void theDatabaseIsNotAskedOnAnEventLoopIfItsDriverBlocks(TestDatabase database) {
        FaultyConnections connections = new FaultyConnections(database.created());
        ImportsStore store = R2dbcImportsStore.create(connections);
        Mono.defer(() -> store.register(WATCH, "1"))
                .subscribeOn(Schedulers.parallel())
                .as(StepVerifier::create)
                .expectNext(true)
                .expectComplete()
                .verify(LONG);
        assertThat(connections.onEventLoops() > 0).isEqualTo(database == TestDatabase.POSTGRESQL);
    }

    static List<RecordedChange> read(ImportsStore store, Cursor after) {
        return store.read(WATCH, after, 1_000).block(LONG).changes();
    }

    static void await(BooleanSupplier condition) {
        Flux.interval(Duration.ofMillis(10))
                .onBackpressureDrop()
                .publishOn(Schedulers.boundedElastic(), 1)
                .filter(tick -> condition.getAsBoolean())
                .blockFirst(LONG);
    }
}
