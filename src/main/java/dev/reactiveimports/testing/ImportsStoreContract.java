package dev.reactiveimports.testing;

import static dev.reactiveimports.ImportStatus.CANCELLED;
import static dev.reactiveimports.ImportStatus.COMPLETED;
import static dev.reactiveimports.ImportStatus.IN_PROGRESS;
import static dev.reactiveimports.ImportStatus.PENDING;
import static dev.reactiveimports.ImportStatus.UNKNOWN;
import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reactiveimports.ImportOperation;
import dev.reactiveimports.ImportOperation.ValidationResult;
import dev.reactiveimports.ImportStatusChange;
import dev.reactiveimports.shared.Appended;
import dev.reactiveimports.shared.Cursor;
import dev.reactiveimports.shared.ImportsStore;
import dev.reactiveimports.shared.LogPage;
import dev.reactiveimports.shared.NewChange;
import dev.reactiveimports.shared.RecordedChange;
import dev.reactiveimports.shared.StoreLease;
import dev.reactiveimports.shared.StoredImport;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * What an {@link ImportsStore} has to do, as a suite of JUnit 5 tests. JUnit's API is an optional dependency of this library:
 * users of this class have to add it.
 *
 * <pre>{@code
 * class MyStoreTests extends ImportsStoreContract {
 *     @Override
 *     protected ImportsStore store() {
 *         return new MyStore(connectionFactory);
 *     }
 * }
 * }</pre>
 *
 * @since 0.1.0
 */
public abstract class ImportsStoreContract extends StoreRunContract {

    /** With one more character as long as the service documents, of four bytes each in UTF-8, which no database compresses. */
    private static final String LONGEST_ID = fourByteCharacters(999);

    /** For subclasses. */
    protected ImportsStoreContract() {}

    @Override
    protected abstract ImportsStore store();

    @Test
    void anImportIsRegisteredOnceWhoeverAsks() {
        List<Boolean> added = require(Flux.range(0, 20)
                .flatMap(i -> tested().register(watch, "1"), 20)
                .collectList());
        assertEquals(1, added.stream().filter(one -> one).count());
        assertEquals(List.of("1"), open(true));
        assertEquals(new StoredImport("1", 0, Cursor.START, null, null), find("1"));
        assertEquals(List.of(), require(tested().states(watch, 0, 10)));
    }

    @Test
    void aKnownImportIsNotRegistered() {
        append(poller("a"), change(0, "1", null, COMPLETED));
        assertEquals(false, get(tested().register(watch, "1")));
        assertEquals(1, requireNonNull(find("1")).revision());
    }

    @Test
    void anAppendedChangeIsInTheLogAndIsTheState() {
        get(tested().register(watch, "1"));
        StoreLease lease = poller("a");
        Appended appended = append(lease, first("1"), change(0, "2", null, COMPLETED));
        assertEquals(new Appended(2, lease.at(new Cursor(lease.epoch(), 2))), appended);
        List<RecordedChange> log = log();
        assertEquals(
                List.of(new Cursor(lease.epoch(), 1), new Cursor(lease.epoch(), 2)),
                log.stream().map(RecordedChange::cursor).toList());
        assertEquals(first("1").change(), log.get(0).change());
        assertFalse(log.get(0).snapshot());
        assertEquals(
                new StoredImport(
                        "1",
                        1,
                        log.get(0).cursor(),
                        first("1").change().operation(),
                        log.get(0).recordedAt()),
                find("1"));
        assertTrue(requireNonNull(find("2")).ended());
        assertEquals(log.get(1).cursor(), require(tested().head(watch)));
        assertEquals(List.of("1"), open(false));
        assertEquals(List.of(), open(true));
    }

    @Test
    void nothingIsAppendedByAnEmptyList() {
        StoreLease lease = poller("a");
        assertEquals(new Appended(0, lease), append(lease));
        assertEquals(List.of(), logged());
    }

    @Test
    void aChangeOfAnotherRevisionIsLeftOut() {
        StoreLease lease = append(poller("a"), first("1"), first("2")).lease();
        Appended appended = append(
                lease,
                first("1"),
                change(1, "2", PENDING, IN_PROGRESS),
                change(3, "3", PENDING, IN_PROGRESS),
                first("4"));
        assertEquals(2, appended.changes());
        assertEquals(List.of("1:PENDING", "2:PENDING", "2:IN_PROGRESS", "4:PENDING"), logged());
        assertEquals(1, requireNonNull(find("1")).revision());
        assertEquals(2, requireNonNull(find("2")).revision());
        assertNull(find("3"));
    }

    @Test
    void whatWasAppendedIsNotAppendedAgain() {
        List<NewChange> changes = List.of(first("1"), first("2"));
        StoreLease lease = poller("a");
        assertEquals(2, require(tested().append(lease, LONG, changes)).changes());
        Appended again = require(tested().append(lease, LONG, changes));
        assertEquals(0, again.changes());
        assertEquals(require(tested().head(watch)), again.lease().position());
        assertEquals(List.of("1:PENDING", "2:PENDING"), logged());
    }

    @Test
    void nothingIsAppendedAfterTheEnd() {
        StoreLease lease = append(poller("a"), change(0, "1", null, COMPLETED)).lease();
        assertEquals(0, append(lease, change(1, "1", COMPLETED, IN_PROGRESS)).changes());
        assertEquals(List.of("1:COMPLETED"), logged());
        assertEquals(List.of(), open(false));
    }

    @Test
    void aLogIsReadPageByPage() {
        StoreLease lease = appendEach(poller("a"), "1", "2", "3", "4", "5");
        LogPage page = require(tested().read(watch, new Cursor(lease.epoch(), 2), 2));
        assertTrue(page.known());
        assertEquals(
                List.of("3", "4"),
                page.changes().stream().map(row -> row.change().id()).toList());
        assertEquals(new LogPage(true, List.of()), read(lease.position()));
    }

    @Test
    void aCursorOfLostCommitsIsUnknown() {
        StoreLease lease = appendEach(poller("a"), "1", "2");
        assertEquals(LogPage.UNKNOWN, read(new Cursor(lease.epoch(), 3)));
        assertEquals(LogPage.UNKNOWN, read(new Cursor(lease.epoch() - 1, 1)));
        assertEquals(LogPage.UNKNOWN, require(tested().read(watch + "-empty", new Cursor(1, 1), 10)));
    }

    @Test
    void anEmptyLogIsKnownFromItsStart() {
        assertEquals(new LogPage(true, List.of()), read(Cursor.START));
        assertEquals(Cursor.START, require(tested().head(watch)));
    }

    @Test
    void aCursorOfAnotherWatchIsRecognized() {
        StoreLease lease = appendEach(poller("a"), "1");
        Cursor foreign = lease.position();
        assertEquals(true, get(tested().isOfAnotherWatch(watch + "-2", foreign)));
        assertEquals(false, get(tested().isOfAnotherWatch(watch, foreign)));
        assertEquals(false, get(tested().isOfAnotherWatch(watch + "-2", new Cursor(foreign.epoch(), 2))));
    }

    @Test
    void statesAreReadInTheOrderOfTheirLastChanges() {
        get(tested().register(watch, "0"));
        StoreLease lease = appendEach(poller("a"), "1", "2", "3");
        append(lease, change(1, "1", PENDING, CANCELLED));
        List<StoredImport> page = require(tested().states(watch, 0, 2));
        assertEquals(List.of("2", "3"), page.stream().map(StoredImport::id).toList());
        List<StoredImport> last =
                require(tested().states(watch, page.get(1).cursor().sequence(), 2));
        assertEquals(List.of("1"), last.stream().map(StoredImport::id).toList());
        assertEquals(new Cursor(lease.epoch(), 4), last.get(0).cursor());
    }

    @Test
    void openImportsAreReadPageByPage() {
        Flux.range(1, 7).concatMap(i -> tested().register(watch, "import-" + i)).as(all -> get(all.then()));
        append(poller("a"), first("import-2"), change(0, "import-5", null, COMPLETED));
        Set<String> unobserved = Set.of("import-1", "import-3", "import-4", "import-6", "import-7");
        assertEquals(5, open(true).size());
        assertEquals(unobserved, Set.copyOf(open(true)));
        assertEquals(6, open(false).size());
        assertTrue(open(false).contains("import-2"));
    }

    @Test
    void changesOlderThanTheRetentionAreRemovedButForTheLastOfThem() {
        StoreLease lease = appendEach(poller("a"), "1", "2", "3");
        assertEquals(0L, get(tested().purge(watch, LONG)));
        get(Mono.delay(Duration.ofMillis(20)));
        assertEquals(2L, get(tested().purge(watch, Duration.ofMillis(1))));
        assertEquals(LogPage.UNKNOWN, read(Cursor.START));
        assertEquals(LogPage.UNKNOWN, read(new Cursor(lease.epoch(), 2)));
        assertEquals(new LogPage(true, List.of()), read(lease.position()));
        assertEquals(lease.position(), require(tested().head(watch)));
        assertEquals(3, require(tested().states(watch, 0, 10)).size());
        StoreLease next = appendEach(lease, "4");
        assertEquals(4, next.position().sequence());
        assertEquals(
                List.of("4"),
                read(lease.position()).changes().stream()
                        .map(row -> row.change().id())
                        .toList());
    }

    @Test
    void idsAreComparedExactly() {
        List<String> ids = List.of(LONGEST_ID + "a", LONGEST_ID + "b", "x", "X", "x ", "\u00E9", "e\u0301", "%", "'");
        StoreLease lease = poller("a");
        append(lease, ids.stream().map(id -> first(id)).toArray(NewChange[]::new));
        assertEquals(ids, log().stream().map(row -> row.change().id()).toList());
        assertEquals(
                ids.stream().collect(Collectors.toSet()),
                require(tested().find(watch, ids)).stream()
                        .map(StoredImport::id)
                        .collect(Collectors.toSet()));
        assertEquals(Set.copyOf(ids), Set.copyOf(open(false)));
        assertNull(find("y"));
    }

    @Test
    void operationsAreKeptAsTheyAre() {
        ImportOperation full = new ImportOperation(
                LONGEST_ID + "a",
                "s3://bucket/\u00FC?a=1",
                UNKNOWN,
                "Paused \uD83D\uDE80",
                Instant.parse("2026-01-02T03:04:05.678901234Z"),
                Instant.parse("1969-12-31T23:59:59Z"),
                12.345678901234567,
                Long.MAX_VALUE,
                "line\nbreak, NUL \u0000 and an unpaired \uD83D",
                new ValidationResult(Long.MAX_VALUE, -1));
        ImportOperation bare = new ImportOperation("1", null, UNKNOWN, "", null, null, -0.0, 0, null, null);
        append(
                poller("a"),
                new NewChange(0, new ImportStatusChange(full.id(), null, UNKNOWN, full)),
                new NewChange(0, new ImportStatusChange("1", UNKNOWN, UNKNOWN, bare)));
        assertEquals(
                List.of(full, bare),
                log().stream().map(row -> row.change().operation()).toList());
        assertEquals(UNKNOWN, log().get(1).change().from());
        assertEquals(full, requireNonNull(find(full.id())).operation());
    }

    @Test
    void nothingHappensBeforeTheSubscription() {
        StoreLease lease = poller("a");
        Mono<Boolean> register = tested().register(watch, "1");
        Mono<Appended> append = tested().append(lease, LONG, List.of(first("2")));
        assertNull(find("1"));
        assertNull(find("2"));
        assertEquals(true, get(register));
        assertEquals(false, get(register));
        assertEquals(1, require(append).changes());
        assertEquals(0, require(append).changes());
        assertNotNull(tested().wakeUps(watch));
    }

    /** Holders that take the lease from each other, while one reader follows the log by its cursor. */
    @Test
    void aReaderMissesNothingOfConcurrentWriters() {
        List<RecordedChange> seen = new ArrayList<>();
        Mono<Long> writers = Flux.range(0, 4).flatMap(this::writer, 4).reduce(0L, Long::sum);
        Flux<LogPage> reader = tested().read(watch, Cursor.START, 7)
                .expand(page -> tested().read(watch, last(seen), 7))
                .takeUntilOther(writers.doOnNext(total -> assertTrue(total > 0)))
                .doOnNext(page -> seen.addAll(page.changes()));
        get(reader.then());
        seen.addAll(read(last(seen)).changes());
        List<Long> all = log().stream().map(row -> row.cursor().sequence()).toList();
        assertEquals(all, seen.stream().map(row -> row.cursor().sequence()).toList());
        assertEquals(LongStream.rangeClosed(1, all.size()).boxed().toList(), all);
    }

    private static Cursor last(List<RecordedChange> seen) {
        return seen.isEmpty() ? Cursor.START : seen.get(seen.size() - 1).cursor();
    }

    private Mono<Long> writer(int number) {
        return Flux.range(0, 25)
                .concatMap(i -> tested().acquire(watch, ImportsStore.POLLER, "w" + number, Duration.ofMillis(1))
                        .flatMap(lease ->
                                tested().append(lease, Duration.ofMillis(1), List.of(first(number + "-" + i)))))
                .reduce(0L, (sum, appended) -> sum + appended.changes())
                .subscribeOn(Schedulers.boundedElastic());
    }
}
