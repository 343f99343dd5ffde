package dev.reactiveimports.shared;

import static java.util.Objects.requireNonNull;

import dev.reactiveimports.StartImportRequest;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Where {@link SharedImports} keeps leases, states and the log of changes: the interface to implement for another database.
 * {@code dev.reactiveimports.testing.ImportsStoreContract} is the suite of tests that an implementation has to pass.
 *
 * <p><b>A watch</b> is a name; nothing of one watch is visible in another. It has leases, one for the poller and one for each
 * consumer; at most one row for each import, with its state; and a log, whose sequences rise in the order in which changes
 * become visible: a reader that has seen sequence {@code n} never misses one below it. Take the sequences from the row of
 * the poller's lease, in the transaction that appends; those of an identity column become visible out of order.
 *
 * <p><b>Time</b> is the database's: when a lease expires, when a change was recorded, how old it is. Never use the clock of
 * the process.
 *
 * <p><b>Runs</b> belong to {@link SharedImports#runImports}: at most one row for each URI of a watch, whose steps are compared
 * and set by their versions, and which stays when it has ended, until it is forgotten.
 *
 * <p><b>Publishers are cold.</b> Each subscription is one operation, which is atomic: its effects are visible together or
 * not at all, and it sees those of every operation that completed before it was subscribed to. Cancelling may or may not
 * undo it. If it fails, it may have been carried out nevertheless, as after a commit whose response was lost; no operation
 * does harm when it is repeated.
 *
 * <p><b>Errors.</b> An {@link IllegalStateException} says that retrying is useless, as with a schema that is missing or of a
 * newer version; its message says what to do, and it is signalled to callers. Any other error counts as passing: the operation
 * is tried again later.
 *
 * <p>Ids have up to 1,000 characters (Unicode code points), of four bytes each in UTF-8, which is too long for most indexes:
 * use a hash as the key; likewise URIs, of up to 1,500 characters. They are compared exactly: case and trailing spaces matter.
 * {@link OperationJson} makes text of an operation, {@link RequestJson} of a request.
 *
 * @since 0.1.0
 */
public interface ImportsStore {

    /** The name of the poller's lease. No consumer has it. */
    String POLLER = "";

    /** How the names of leases of pipelines of runs begin. No consumer's does. */
    String RUN = "run/";

    /**
     * A store in this process's memory, lost with it: for tests, and for a service of one replica. Its clock is the
     * system's.
     *
     * @return an empty store, to be shared by all that are to meet in it
     */
    static ImportsStore inMemory() {
        return inMemory(Schedulers.parallel());
    }

    /**
     * A store in memory whose clock is that of a scheduler, such as a {@code VirtualTimeScheduler}.
     *
     * @param clock only asked for its time in milliseconds
     * @return an empty store, to be shared by all that are to meet in it
     */
    static ImportsStore inMemory(Scheduler clock) {
        requireNonNull(clock, "clock");
        return new MemoryStore(() -> clock.now(TimeUnit.MILLISECONDS));
    }

    /**
     * Acquires a lease that is free, has expired or is held by the same holder: then it is the holder's until
     * {@code duration} from now, with a new epoch. The epoch is the greater of the last one of this watch and name plus 1,
     * and the microseconds since 1970, so that it was never used before, even if the database forgot the last ones.
     *
     * @param watch 1 to 100 characters
     * @param name the consumer, 1 to 100 characters, or {@link #POLLER}
     * @param holder who wants it, 1 to 100 characters; unique to one attempt to hold it
     * @param duration for how long, 1 ms or more
     * @return the lease; empty if another holder has it
     */
    Mono<StoreLease> acquire(String watch, String name, String holder, Duration duration);

    /**
     * Extends a lease until {@code duration} from now if it is held, also if it had expired and nobody acquired it. It is held if
     * the row has its holder and epoch, and a position whose sequence is not below that of the lease.
     *
     * @param lease which
     * @param duration for how long, 1 ms or more
     * @return whether it is held
     */
    Mono<Boolean> renew(StoreLease lease, Duration duration);

    /**
     * Makes a lease free at once, if it is held. Epoch and position are kept for the next holder.
     *
     * @param lease which
     * @return completes when it is free, or another's
     */
    Mono<Void> release(StoreLease lease);

    /**
     * Moves the cursor of a consumer, in any direction, and extends its lease, if it is held.
     *
     * @param lease the consumer's
     * @param to its new position
     * @param duration for how long to extend, 1 ms or more
     * @return whether it was moved; false means that the lease is lost
     */
    Mono<Boolean> move(StoreLease lease, Cursor to, Duration duration);

    /**
     * Adds an import at revision 0, unless the watch has it. However many register it at the same time, one adds it.
     *
     * @param watch the watch
     * @param id the import
     * @return whether this call added it
     */
    Mono<Boolean> register(String watch, String id);

    /**
     * Appends changes under the poller's lease, and extends it, in one transaction. If the lease is not held, nothing is
     * done. A change is left out if its import has another revision than it names, or has
     * ended; an import that the watch does not have is added, as one of revision 0. Every other change gets the next sequence
     * and the lease's epoch, raises the revision of its import by 1, and becomes its last known state. Sequences begin with 1;
     * those of a transaction that fails may be used again.
     *
     * @param lease the poller's
     * @param duration for how long to extend, 1 ms or more
     * @param changes in the order of the log; may be empty; no two of one import
     * @return how many were appended, and the lease at the new head; empty if the lease is lost
     */
    Mono<Appended> append(StoreLease lease, Duration duration, List<NewChange> changes);

    /**
     * Reads the states of given imports.
     *
     * @param watch the watch
     * @param ids at most 256
     * @return those that the watch has, in any order
     */
    Mono<List<StoredImport>> find(String watch, Collection<String> ids);

    /**
     * Reads imports that have not ended, in an order of the store's choosing that does not change, such as that of its key.
     *
     * @param watch the watch
     * @param unobserved whether only those of revision 0
     * @param afterId the last one of the page before; empty for the first page. It need not exist any more
     * @param limit how many at most, 1 to 1,000
     * @return a page; the last one has fewer than {@code limit}
     */
    Mono<List<StoredImport>> open(String watch, boolean unobserved, String afterId, int limit);

    /**
     * Reads imports in the order of their last changes. Those of revision 0 are left out.
     *
     * @param watch the watch
     * @param after a sequence: only imports whose last change has a higher one
     * @param limit how many at most, 1 to 1,000
     * @return a page; the last one has fewer than {@code limit}
     */
    Mono<List<StoredImport>> states(String watch, long after, int limit);

    /**
     * Reads the place of the newest change.
     *
     * @param watch the watch
     * @return its cursor; {@link Cursor#START} if there never was one
     */
    Mono<Cursor> head(String watch);

    /**
     * Reads changes strictly after a cursor, and checks in the same view of the database that the log has the change that
     * the cursor names: its sequence with its epoch. {@link Cursor#START} is known until the first change was removed.
     *
     * @param watch the watch
     * @param after where to go on
     * @param limit how many at most, 1 to 1,000
     * @return the next changes; {@link LogPage#UNKNOWN} if the log does not have the cursor's place
     */
    Mono<LogPage> read(String watch, Cursor after, int limit);

    /**
     * Whether a cursor that is unknown in a watch names a change of another watch.
     *
     * @param watch the watch in which it is unknown
     * @param cursor the cursor
     * @return true if another watch's log has that sequence with that epoch
     */
    Mono<Boolean> isOfAnotherWatch(String watch, Cursor cursor);

    /**
     * Removes changes that are older than the retention, but for the newest of them, whose place remains that of a reader that
     * has read all that was removed. States of imports stay. Also removes leases whose names begin with {@link #RUN} and that
     * expired longer ago than the retention: each pipeline has a new one.
     *
     * @param watch the watch
     * @param retention the age by the database's clock
     * @return how many changes were removed
     */
    Mono<Long> purge(String watch, Duration retention);

    /**
     * Adds a run, unless the watch has one of the same URI. However many plan it at the same time, one adds it.
     *
     * @param watch the watch
     * @param request what to import
     * @return the run that the watch has now: {@link StoredRun#planned} if this call added it, or as it was
     */
    Mono<StoredRun> planRun(String watch, StartImportRequest request);

    /**
     * Puts a run in the place of the version before, if the watch has that. Sets {@link StoredRun#sentAt} to the store's time if
     * the state is {@link StoredRun.State#SENDING}, and keeps it otherwise. A run that is {@link StoredRun.State#STARTED} has its
     * import registered, as by {@link #register}, in the same transaction.
     *
     * @param watch the watch
     * @param run its next version
     * @return the run as it is now; empty if the watch has another version, and nothing was done
     */
    Mono<StoredRun> advanceRun(String watch, StoredRun run);

    /**
     * Reads runs whose state is not final, in an order of the store's choosing that does not change, such as that of its key.
     *
     * @param watch the watch
     * @param afterUri the URI of the last one of the page before; empty for the first page. It need not exist any more
     * @param limit how many at most, 1 to 1,000
     * @return a page; the last one has fewer than {@code limit}
     */
    Mono<List<StoredRun>> openRuns(String watch, String afterUri, int limit);

    /**
     * Removes a run whose state is final.
     *
     * @param watch the watch
     * @param uri the URI of its request
     * @return whether there was one
     */
    Mono<Boolean> forgetRun(String watch, String uri);

    /**
     * Emits something when a watch may have changed: a change was appended, an import was registered, a lease was released, a
     * run made a step.
     * Only a hint: readers ask the store from time to time in any case, and ask once after each subscription. Never completes;
     * may fail, and is then subscribed to again later.
     *
     * @param watch the watch
     * @return the hints, dropped where there is no demand; {@link Flux#never()} where the database cannot notify
     */
    Publisher<?> wakeUps(String watch);
}
