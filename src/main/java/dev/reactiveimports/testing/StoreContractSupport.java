package dev.reactiveimports.testing;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

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
import dev.reactiveimports.shared.StoredImport;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import reactor.core.publisher.Mono;

/** What the tests of a store share: a watch of its own for each test, and short words for its operations. */
abstract class StoreContractSupport {

    static final Duration LONG = Duration.ofMinutes(10);
    static final Duration SHORT = Duration.ofMillis(20);
    private static final int TIMEOUT_SECONDS = 60;

    final String watch = "watch-" + UUID.randomUUID();
    private @Nullable ImportsStore store;

    /** Such a text as a key breaks what keeps texts of a kind short by compressing them. */
    static String fourByteCharacters(int howMany) {
        StringBuilder text = new StringBuilder();
        new Random(howMany).ints(howMany, 0x10000, 0x20000).forEach(text::appendCodePoint);
        return text.toString();
    }

    /**
     * The store to test, its schema created. Tests use watches of their own: the same database will do for all.
     *
     * @return the store; called once before each test
     */
    protected abstract ImportsStore store();

    @BeforeEach
    void createStore() {
        store = store();
    }

    final ImportsStore tested() {
        return requireNonNull(store, "store");
    }

    /** What it emits, null if it completes without. */
    static <T> @Nullable T get(Mono<T> operation) {
        try {
            return operation.toFuture().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError("The store failed: " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            throw new AssertionError("The store did not complete within " + TIMEOUT_SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted", e);
        }
    }

    static <T> T require(Mono<T> operation) {
        T value = get(operation);
        assertNotNull(value, "The store completed without a value");
        return requireNonNull(value);
    }

    final StoreLease poller(String holder) {
        return require(tested().acquire(watch, ImportsStore.POLLER, holder, LONG));
    }

    final StoreLease consumer(String holder) {
        return require(tested().acquire(watch, "mail", holder, LONG));
    }

    /** As soon as it has expired. */
    final StoreLease acquireWhenFree(String name, String holder) {
        return require(Mono.defer(() -> tested().acquire(watch, name, holder, LONG))
                .repeatWhenEmpty(tries -> tries.delayElements(Duration.ofMillis(5))));
    }

    static NewChange change(long revision, String id, @Nullable ImportStatus from, ImportStatus to) {
        return new NewChange(revision, new ImportStatusChange(id, from, to, ImportOperation.of(id, to)));
    }

    static NewChange first(String id) {
        return change(0, id, null, ImportStatus.PENDING);
    }

    final Appended append(StoreLease lease, NewChange... changes) {
        return require(tested().append(lease, LONG, List.of(changes)));
    }

    /** Appends one import after the other, each by a transaction of its own; returns the lease at the head. */
    final StoreLease appendEach(StoreLease lease, String... ids) {
        StoreLease at = lease;
        for (String id : ids) {
            at = append(at, first(id)).lease();
        }
        return at;
    }

    final LogPage read(Cursor after) {
        return require(tested().read(watch, after, 1_000));
    }

    final List<RecordedChange> log() {
        LogPage page = read(Cursor.START);
        assertEquals(true, page.known(), "The beginning of the log must be known: nothing was removed");
        return page.changes();
    }

    /** Each change as {@code id:STATUS}. */
    final List<String> logged() {
        return log().stream()
                .map(row -> row.change().id() + ":" + row.change().to())
                .toList();
    }

    final @Nullable StoredImport find(String id) {
        return require(tested().find(watch, List.of(id))).stream().findFirst().orElse(null);
    }

    final List<String> open(boolean unobserved) {
        return Stream.iterate(
                        require(tested().open(watch, unobserved, "", 2)),
                        page -> !page.isEmpty(),
                        page -> require(tested().open(
                                        watch,
                                        unobserved,
                                        page.get(page.size() - 1).id(),
                                        2)))
                .flatMap(List::stream)
                .map(StoredImport::id)
                .toList();
    }
}
