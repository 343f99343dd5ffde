package dev.reactiveimports.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reactiveimports.ImportStatus;
import dev.reactiveimports.ReactiveImportsApi;
import dev.reactiveimports.StartImportRequest;
import dev.reactiveimports.shared.Cursor;
import dev.reactiveimports.shared.ImportsStore;
import dev.reactiveimports.shared.LogPage;
import dev.reactiveimports.shared.RecordedChange;
import dev.reactiveimports.testing.ImportsSimulator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.util.retry.Retry;

/**
 * Three replicas on PostgreSQL that are killed at random and replaced, while imports start and end. A minute long; for ten:
 * {@code mvn -Pshared test -Dkills.seconds=600}.
 */
@Tag("shared")
@Timeout(value = 20, unit = java.util.concurrent.TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
class ReplicaKillTests {

    private static final Duration TIME = Duration.ofSeconds(Integer.getInteger("kills.seconds", 60));
    private static final Duration LONG = Duration.ofMinutes(2);
    private static final Duration LEASE = Duration.ofSeconds(1);
    private static final String WATCH = "imports";

    private final ImportsSimulator service =
            ImportsSimulator.builder().importDuration(Duration.ofSeconds(4)).build();
    private final ReactiveImportsApi starter =
            ReactiveImportsApi.builder(service.indexHost(), service.apiKey()).build();
    private final String schema = PostgresServer.running().newSchemaName();
    private final ImportsStore store =
            R2dbcImportsStore.create(PostgresServer.running().connections(schema, "test"));
    private final List<KillableReplica> all = new ArrayList<>();
    private final List<KillableReplica> alive = new CopyOnWriteArrayList<>();
    private final Map<String, Reader> readers = new ConcurrentHashMap<>();
    private final Queue<RecordedChange> handled = new ConcurrentLinkedQueue<>();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final Set<String> registered = ConcurrentHashMap.newKeySet();
    private int kills;

    private void start() {
        KillableReplica replica = new KillableReplica("replica-" + all.size(), schema, service, LEASE);
        Reader reader = new Reader();
        all.add(replica);
        readers.put(replica.name, reader);
        replica.shared.changes().subscribe(reader::accept, failure -> failed(replica, failure));
        replica.shared
                .consume("mail", change -> effect(replica, change))
                .subscribe(change -> {}, failure -> failed(replica, failure));
        alive.add(replica);
    }

    /** Takes a while, in which its process may die. */
    private Mono<Long> effect(KillableReplica replica, RecordedChange change) {
        Duration takes = Duration.ofMillis(ThreadLocalRandom.current().nextInt(30));
        return Mono.delay(takes, Schedulers.boundedElastic()).doOnNext(tick -> {
            if (!replica.isKilled()) {
                handled.add(change);
            }
        });
    }

    private void failed(KillableReplica replica, Throwable failure) {
        if (alive.contains(replica)) {
            failures.add(failure);
        }
    }

    private void killOne() {
        KillableReplica victim = alive.get(ThreadLocalRandom.current().nextInt(alive.size()));
        alive.remove(victim);
        victim.kill();
        kills++;
        start();
    }

    /** As callers do: until some replica has it. */
    private Mono<String> startAndRegister(long number) {
        return starter.startImport(StartImportRequest.of("s3://bucket/" + number))
                .delayUntil(id -> Mono.defer(
                                () -> alive.get(ThreadLocalRandom.current().nextInt(alive.size()))
                                        .shared
                                        .watch(id))
                        .timeout(Duration.ofSeconds(5))
                        .retryWhen(Retry.fixedDelay(Long.MAX_VALUE, Duration.ofMillis(100))))
                .doOnNext(registered::add);
    }

    @Test
    void nothingIsLostAndTheOrderIsKept() {
        R2dbcImportsStore.create(PostgresServer.running().connections(schema, "test"))
                .createSchema()
                .block(LONG);
        for (int i = 0; i < 3; i++) {
            start();
        }
        Disposable killer = Mono.defer(() -> Mono.delay(
                                Duration.ofMillis(ThreadLocalRandom.current().nextInt(500, 4_000)),
                                Schedulers.boundedElastic())
                        .doOnNext(tick -> killOne()))
                .repeat()
                .subscribe(tick -> {}, failures::add);
        Flux.interval(Duration.ofMillis(200))
                .onBackpressureDrop()
                .take(TIME)
                .flatMap(this::startAndRegister, 256)
                .then()
                .block(TIME.plus(LONG));
        killer.dispose();
        Map<String, ImportStatus> ends =
                registered.stream().collect(Collectors.toMap(id -> id, id -> ImportStatus.COMPLETED));
        R2dbcFaultTests.await(() -> states(log()).equals(ends));
        List<RecordedChange> log = log();
        R2dbcFaultTests.await(() -> handledOnce().equals(cursors(log)));
        alive.forEach(replica ->
                R2dbcFaultTests.await(() -> readers.get(replica.name).last.equals(ends)));
        System.out.printf(
                "%d kills, %d imports, %d changes, %d handled, %d requests%n",
                kills, ends.size(), log.size(), handled.size(), service.requestCount());
        alive.clear();
        all.forEach(KillableReplica::close);
        starter.close();
        service.close();
        checkLog(log);
        checkHandled();
        readers.values().forEach(reader -> assertThat(reader.violations).isEmpty());
        assertThat(failures).isEmpty();
        assertThat(kills).isGreaterThan((int) TIME.toSeconds() / 10);
    }

    private List<RecordedChange> log() {
        List<RecordedChange> log = new ArrayList<>();
        LogPage page;
        do {
            Cursor at = log.isEmpty() ? Cursor.START : log.get(log.size() - 1).cursor();
            page = store.read(WATCH, at, 1_000).block(LONG);
            assertThat(page.known()).isTrue();
            log.addAll(page.changes());
        } while (!page.changes().isEmpty());
        return log;
    }

    private static Map<String, ImportStatus> states(List<RecordedChange> log) {
        Map<String, ImportStatus> states = new HashMap<>();
        log.forEach(row -> states.put(row.change().id(), row.change().to()));
        return states;
    }

    private static List<Cursor> cursors(List<RecordedChange> log) {
        return log.stream().map(RecordedChange::cursor).toList();
    }

    /** The places that were handled, each where it was handled first. */
    private List<Cursor> handledOnce() {
        return handled.stream().map(RecordedChange::cursor).distinct().toList();
    }

    private static void checkLog(List<RecordedChange> log) {
        Map<String, ImportStatus> last = new HashMap<>();
        long sequence = 0;
        for (RecordedChange row : log) {
            assertThat(row.cursor().sequence()).isEqualTo(++sequence);
            ImportStatus before = last.put(row.change().id(), row.change().to());
            assertThat(row.change().from()).isEqualTo(before);
            assertThat(before != null && before.isTerminal())
                    .as("after the end: " + row)
                    .isFalse();
        }
    }

    /** Whoever takes over begins with the change after the cursor: again what was in hand, never an earlier or a later one. */
    private void checkHandled() {
        long sequence = 0;
        for (RecordedChange row : handled) {
            assertThat(row.snapshot()).isFalse();
            assertThat(row.cursor().sequence()).isBetween(sequence, sequence + 1);
            sequence = row.cursor().sequence();
        }
    }

    /** What one replica's subscriber reads: states, then changes, in their order. */
    private static final class Reader {

        private final Map<String, ImportStatus> last = new ConcurrentHashMap<>();
        private final Queue<String> violations = new ConcurrentLinkedQueue<>();
        private long sequence;

        synchronized void accept(RecordedChange change) {
            if (change.cursor().sequence() <= sequence) {
                violations.add("after " + sequence + " comes " + change);
            }
            sequence = change.cursor().sequence();
            ImportStatus before = last.put(change.change().id(), change.change().to());
            if (!change.snapshot() && before != change.change().from() && before != null) {
                violations.add("after " + before + " comes " + change);
            }
        }
    }
}
