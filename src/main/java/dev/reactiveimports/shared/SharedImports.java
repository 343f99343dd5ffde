package dev.reactiveimports.shared;

import dev.reactiveimports.ImportOperation;
import dev.reactiveimports.ImportRun;
import dev.reactiveimports.PollSpec;
import dev.reactiveimports.ReactiveImportsApi;
import dev.reactiveimports.RunImportsSpec;
import dev.reactiveimports.StartImportRequest;
import java.time.Duration;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.util.retry.Retry;

/**
 * One replica's share of a watch that many processes have in common. One of the replicas polls the service, by turns that
 * a lease in the store decides; all of them read every change from the store's log.
 *
 * <pre>{@code
 * SharedImports shared = SharedImports.builder(imports, store).build();
 * shared.consume("mail", change -> mails.send(change.change())).subscribe();
 * shared.watch(id).subscribe();
 * }</pre>
 *
 * <p><b>Promises.</b> Every change of status that the polling replica observes reaches each consumer at least once, in order
 * for each import, whichever process dies. A terminal status is never lost. Statuses between two polls may be missed. Two
 * replicas that poll at once, because one was paused and does not know it yet, waste requests and never harm the log: what
 * the one without the lease appends is rejected.
 *
 * <p><b>Joining.</b> Nothing happens before the first subscription to a publisher other than {@link #current}. Then this
 * replica takes part in the polling until it is closed, whether or not the subscription lasts. A replica without the lease
 * asks for it three times in the lease's duration, so the polling goes on within two of them after any death.
 *
 * <p><b>The database fails.</b> The polling replica stops polling at once and joins the election anew when the database is
 * back. {@link #changes()} and {@link #consume} wait for it, without an error; {@link #current} and {@link #watch} fail. An
 * {@link IllegalStateException} of the store, such as for a missing schema, is signalled everywhere.
 *
 * <p><b>An import that the service does not know</b> (404, also when described by itself) for a minute counts as gone: a change to
 * {@link dev.reactiveimports.ImportStatus#UNKNOWN} with the text {@link #NOT_FOUND} is recorded. It is asked for again
 * from time to time, at last once an hour, and recorded if it comes back.
 *
 * @since 0.1.0
 */
public interface SharedImports extends AutoCloseable {

    /** The status text of an import that the service does not know any more. */
    String NOT_FOUND = "NotFound";

    /**
     * Configures a replica.
     *
     * @param imports the client to poll with; owned by the caller
     * @param store where replicas meet; owned by the caller
     * @return a builder
     */
    static Builder builder(ReactiveImportsApi imports, ImportsStore store) {
        return new SharedBuilder(imports, store);
    }

    /**
     * The last known state of every import, flagged as snapshot, then every change. Reads begin at the subscription, a page of 256
     * at a time, and the next page is read when the last one was requested: a slow subscriber costs one page of memory and
     * delays nobody. The flagged states come again when the log does not have the place where this subscriber is, because
     * the retention removed it or the database lost commits.
     *
     * @return never completes; fails with an {@link IllegalStateException} when this replica is closed
     */
    Flux<RecordedChange> changes();

    /**
     * Every change strictly after a cursor, for callers that keep the cursor of the last change themselves, as in the transaction
     * that carries out its effect. If the log does not have its place any more, the last known states come first, flagged as
     * snapshot. {@link Cursor#START} is the beginning of the log.
     *
     * @param after the cursor of a {@link RecordedChange} of this watch, flagged as snapshot or not
     * @return as {@link #changes()}; fails with an {@link IllegalArgumentException} if the cursor is one of another watch
     */
    Flux<RecordedChange> changes(Cursor after);

    /**
     * Hands every change to a handler, at least once, in order. One subscription at a time is active for each
     * consumer name, whatever the number of replicas that subscribe; the others wait to take over. The first one of a name
     * begins with the whole log, or with the states flagged as snapshot if the retention has removed a part of it. The consumer's cursor in the store moves when the publisher of the handler completes,
     * before the next change is handled; for states flagged as snapshot it moves from time to time. What was handled and not
     * yet marked so by a cursor is handled again, by this replica or another.
     *
     * <p>A handler that fails is tried again by {@link Builder#handlerRetry}; then this flux fails with its failure, the
     * lease is given up, and the cursor remains before the change: another replica that waits will try it as well. To skip
     * a change, let the handler's publisher complete.
     *
     * @param consumer 1 to 100 characters, which do not begin with {@code run/}
     * @param handler returns what is subscribed to for each change; its items are ignored. Must not block: it is called on
     *     threads of the database's driver
     * @return each change when it was handled; at most one is handled ahead of demand. Never completes
     * @throws IllegalArgumentException if the name is empty, too long or begins with {@code run/}
     */
    Flux<RecordedChange> consume(String consumer, Function<RecordedChange, ? extends Publisher<?>> handler);

    /**
     * The state of every import as of its last change, from the store: no HTTP request. Progress within a status is not
     * recorded.
     *
     * @return the imports in the order of their last changes, read page by page on demand, then completes; fails if the
     *     database does
     */
    Flux<ImportOperation> current();

    /**
     * Registers an import with the watch; whoever asks, and however often, it is watched once. It is polled within a few
     * seconds.
     *
     * @param id 1 to 1000 characters
     * @return completes when the import is in the store; fails if the database does: then subscribe again
     * @throws IllegalArgumentException as for {@link ReactiveImportsApi#describeImport}
     */
    Mono<Void> watch(String id);

    /**
     * Runs imports as {@link ReactiveImportsApi#runImports(Publisher, RunImportsSpec)} does, with the same demand, so that a crash
     * loses none and starts none twice. Each URI is one run of the watch, whichever replicas are given it: each step is
     * recorded before the next one is taken, the sending of the request among them. So give a pipeline its whole source
     * again after a crash: what has ended is not started again, its recorded outcome is delivered, without an HTTP request;
     * what was under way goes on where it was. A source that cannot be replayed is replaced by {@link #openRuns()}.
     *
     * <p><b>A request whose sender died</b> is not sent again. When its lease has expired, and after another 40 seconds, the
     * listing is read once for all such requests: the one import with that URI that was created since a minute before the
     * request was sent is taken for the run's. If there is none, or several, the outcome is
     * {@link dev.reactiveimports.ImportRun.Outcome#UNKNOWN}. To run a URI anew, whatever its outcome was, {@link #forgetRun}.
     *
     * <p><b>Outcomes.</b> Imports are observed by the replica that polls, and their ends read from the log. A service that cannot
     * be reached, or throttles for more than an hour, makes a run {@code REFUSED} without recording it, as does a rejected
     * key (401, 402, 403), which also ends the pipeline, as in the client: it will be sent when it is given again. Runs in
     * progress are delivered as {@code UNKNOWN} if the key was rejected or the client is closed, and not recorded either.
     * Failures that another process had are {@link RecordedRunException}s. Throttled starts are paced by the client.
     *
     * <p>While the database fails, nothing is sent, and the pipeline waits for it. It must not lose what it committed: a
     * fail-over that does may have forgotten that a request was sent.
     *
     * @param requests what to import; one URI more than once is one run, whose outcome is delivered as often
     * @param spec how many at once, and so on; its {@link RunImportsSpec#pollSpec} has no effect, since polling is the watch's
     * @return the outcomes, in the order in which runs end; completes when the source has and all are delivered. On cancel nothing
     *     more is sent; what is in progress remains so in the store
     */
    Flux<ImportRun> runImports(Publisher<StartImportRequest> requests, RunImportsSpec spec);

    /**
     * The requests of runs without an outcome, whoever gave them: those to give to {@link #runImports} after a crash.
     *
     * @return the requests, from the store page by page, on demand; then completes. Fails if the database does
     */
    Flux<StartImportRequest> openRuns();

    /**
     * Forgets a run that has an outcome, so that its URI can be run anew. For one whose outcome is unknown, find out first:
     * {@link ReactiveImportsApi#findStarted}.
     *
     * @param uri the URI of its request
     * @return whether there was one with an outcome; fails if the database does
     * @throws IllegalArgumentException as for {@link StartImportRequest#of}
     */
    Mono<Boolean> forgetRun(String uri);

    /**
     * Closes this replica on subscription: it stops polling and consuming, and gives its leases back, so that other replicas
     * continue at once. Publishers fail with an {@link IllegalStateException}. Client and store stay open.
     *
     * @return completes when the leases are given back, or after 2 seconds: then they expire
     */
    Mono<Void> disposeLater();

    /** Like {@link #disposeLater()}, and does not wait on a thread that must not block. */
    @Override
    void close();

    /** Configures a replica. All replicas of a watch should have the same settings. */
    interface Builder {

        /**
         * Sets the name of the watch: replicas with the same name, on the same database, share it. Defaults to
         * {@code imports}.
         *
         * @param watch 1 to 100 characters
         * @return this
         * @throws IllegalArgumentException if it is empty or too long
         */
        Builder name(String watch);

        /**
         * Watches every import of the index, including future ones. Defaults to those that {@link SharedImports#watch}
         * registers.
         *
         * @return this
         */
        Builder wholeIndex();

        /**
         * Sets the duration of leases. Defaults to 15 seconds. Shorter: a faster take-over, more statements; three
         * renewals in each.
         *
         * @param d 100 milliseconds to 1 hour
         * @return this
         * @throws IllegalArgumentException if out of range
         */
        Builder lease(Duration d);

        /**
         * Sets how long the log keeps changes. Defaults to 7 days. States of imports are kept for good.
         *
         * @param d 1 second to 3,650 days
         * @return this
         * @throws IllegalArgumentException if out of range
         */
        Builder retention(Duration d);

        /**
         * Sets how to poll. Its scheduler is replaced by that of this builder. Defaults to {@link PollSpec#adaptive()}.
         *
         * @param s the spec
         * @return this
         */
        Builder pollSpec(PollSpec s);

        /**
         * Sets how a handler of {@link SharedImports#consume} that fails is tried again. Defaults to 3 retries with a back-off of
         * 200 ms to 10 s.
         *
         * @param retry the policy, for each change
         * @return this
         */
        Builder handlerRetry(Retry retry);

        /**
         * Sets the scheduler of all timers. Its time of day is not used. Defaults to {@code Schedulers.parallel()}.
         *
         * @param scheduler owned by the caller
         * @return this
         */
        Builder scheduler(Scheduler scheduler);

        /**
         * Sets the listener for leases, appended and consumed changes. Defaults to {@link SharedImportsListener#NONE}.
         *
         * @param listener called on the thread of each event; must not block
         * @return this
         */
        Builder listener(SharedImportsListener listener);

        /**
         * Builds the replica, without I/O.
         *
         * @return a replica, to be closed by the caller
         */
        SharedImports build();
    }
}
