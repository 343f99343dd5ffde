package dev.reactiveimports.r2dbc;

import static java.util.Objects.requireNonNull;

import dev.reactiveimports.StartImportRequest;
import dev.reactiveimports.shared.Appended;
import dev.reactiveimports.shared.Cursor;
import dev.reactiveimports.shared.ImportsStore;
import dev.reactiveimports.shared.LogPage;
import dev.reactiveimports.shared.NewChange;
import dev.reactiveimports.shared.StoreLease;
import dev.reactiveimports.shared.StoredImport;
import dev.reactiveimports.shared.StoredRun;
import io.r2dbc.spi.ConnectionFactory;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/**
 * A store on PostgreSQL or H2 over R2DBC: {@code R2dbcImportsStore.create(connectionFactory)}. All replicas of a service create
 * one each, on the same database and schema, in tables {@code ri_*}.
 *
 * <p>The tables have to exist: {@link #createSchema()} creates them, or the statements of
 * {@code dev/reactiveimports/r2dbc/schema-1.sql} in the library's jar, which a tool such as Flyway or Liquibase can run. Every
 * operation of a store without them, or with those of a newer version of the library, fails with an
 * {@link IllegalStateException}.
 *
 * <p>Every operation takes one connection of the factory, pooled or not, and closes it on completion, error and cancel; it
 * commits what belongs together in one transaction of isolation level READ COMMITTED, and locks the lease's row first.
 * The factory remains the caller's to close.
 *
 * <p><b>PostgreSQL</b>: an append, a registration, a step of a run and the release of a lease NOTIFY the other replicas; while
 * anybody is subscribed to {@link #wakeUps}, one more connection LISTENs, which is not taken from a pool. If a proxy such as
 * PgBouncer does not pass notifications on, replicas find changes when they next read. A replica that falls silent within a
 * transaction loses its connection after the duration of its lease, and with it the locks.
 *
 * <p><b>H2</b>: its driver blocks, so its statements are run on threads of their own; replicas in other processes, connected by
 * H2's server, are not notified. H2 keeps at most 1,048,576 characters of an operation.
 *
 * @since 0.1.0
 */
public final class R2dbcImportsStore implements ImportsStore {

    private final R2dbcSchema schema;
    private final R2dbcLeases leases;
    private final R2dbcImports imports;
    private final R2dbcAppend appends;
    private final R2dbcRuns runs;
    private final R2dbcLog log;
    private final R2dbcWakeUps wakeUps;

    private R2dbcImportsStore(ConnectionFactory factory) {
        R2dbcDialect dialect = R2dbcDialect.of(factory);
        R2dbcConnections connections = new R2dbcConnections(factory, dialect);
        wakeUps = new R2dbcWakeUps(factory, dialect);
        schema = new R2dbcSchema(connections, dialect);
        leases = new R2dbcLeases(connections, dialect, wakeUps);
        imports = new R2dbcImports(connections, dialect, wakeUps);
        appends = new R2dbcAppend(connections, dialect, wakeUps);
        runs = new R2dbcRuns(connections, dialect, wakeUps);
        log = new R2dbcLog(connections);
    }

    /**
     * Creates a store; connects to nothing yet.
     *
     * @param factory opens connections to PostgreSQL or H2
     * @return a store, to be shared by all uses in this process
     * @throws IllegalArgumentException if it is a factory for another database
     */
    public static R2dbcImportsStore create(ConnectionFactory factory) {
        return new R2dbcImportsStore(requireNonNull(factory, "factory"));
    }

    /**
     * Creates the tables, or brings those of an earlier version up to date. Does nothing if they are there; any number of
     * replicas may do so at once.
     *
     * @return completes when the tables are there; fails with an {@link IllegalStateException} if they are of a newer version of
     *     the library, with the database's exception if it does not permit it
     */
    public Mono<Void> createSchema() {
        return schema.create();
    }

    @Override
    public Mono<StoreLease> acquire(String watch, String name, String holder, Duration duration) {
        return verified(leases.acquire(watch, name, holder, duration));
    }

    @Override
    public Mono<Boolean> renew(StoreLease lease, Duration duration) {
        return verified(leases.renew(lease, duration));
    }

    @Override
    public Mono<Void> release(StoreLease lease) {
        return verified(leases.release(lease)).doOnSuccess(done -> wakeUps.signal(lease.watch()));
    }

    @Override
    public Mono<Boolean> move(StoreLease lease, Cursor to, Duration duration) {
        return verified(leases.move(lease, to, duration));
    }

    @Override
    public Mono<Boolean> register(String watch, String id) {
        return verified(imports.register(watch, id)).doOnNext(added -> {
            if (added) {
                wakeUps.signal(watch);
            }
        });
    }

    @Override
    public Mono<Appended> append(StoreLease lease, Duration duration, List<NewChange> changes) {
        return verified(appends.append(lease, duration, changes)).doOnNext(appended -> {
            if (appended.changes() > 0) {
                wakeUps.signal(lease.watch());
            }
        });
    }

    @Override
    public Mono<List<StoredImport>> find(String watch, Collection<String> ids) {
        return verified(imports.find(watch, ids));
    }

    @Override
    public Mono<List<StoredImport>> open(String watch, boolean unobserved, String afterId, int limit) {
        return verified(imports.open(watch, unobserved, afterId, limit));
    }

    @Override
    public Mono<List<StoredImport>> states(String watch, long after, int limit) {
        return verified(imports.states(watch, after, limit));
    }

    @Override
    public Mono<Cursor> head(String watch) {
        return verified(log.head(watch));
    }

    @Override
    public Mono<LogPage> read(String watch, Cursor after, int limit) {
        return verified(log.read(watch, after, limit));
    }

    @Override
    public Mono<Boolean> isOfAnotherWatch(String watch, Cursor cursor) {
        return verified(log.isOfAnotherWatch(watch, cursor));
    }

    @Override
    public Mono<Long> purge(String watch, Duration retention) {
        return verified(log.purge(watch, retention));
    }

    @Override
    public Mono<StoredRun> planRun(String watch, StartImportRequest request) {
        return verified(runs.plan(watch, request));
    }

    @Override
    public Mono<StoredRun> advanceRun(String watch, StoredRun run) {
        return verified(runs.advance(watch, run)).doOnNext(advanced -> wakeUps.signal(watch));
    }

    @Override
    public Mono<List<StoredRun>> openRuns(String watch, String afterUri, int limit) {
        return verified(runs.open(watch, afterUri, limit));
    }

    @Override
    public Mono<Boolean> forgetRun(String watch, String uri) {
        return verified(runs.forget(watch, uri));
    }

    @Override
    public Publisher<?> wakeUps(String watch) {
        return wakeUps.of(watch);
    }

    private <T> Mono<T> verified(Mono<T> operation) {
        return schema.verify().then(operation);
    }
}
