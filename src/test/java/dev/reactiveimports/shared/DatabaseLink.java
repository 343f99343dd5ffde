package dev.reactiveimports.shared;

import dev.reactiveimports.StartImportRequest;
import dev.reactiveimports.VirtualService;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** One process's way to the database: operations take time, may fail before or after they were carried out, or hang. */
final class DatabaseLink implements ImportsStore {

    /** What becomes of an operation. */
    enum Fate {
        DONE,
        FAILS_BEFORE,
        FAILS_AFTER,
        HANGS
    }

    private final ImportsStore database;
    private final VirtualService world;
    private final Scheduler process;
    Supplier<Fate> fate = () -> Fate.DONE;
    BooleanSupplier down = () -> false;
    Supplier<Duration> latency = () -> Duration.ofMillis(2);
    boolean notifies = true;
    boolean listeningFails;

    @org.jspecify.annotations.Nullable
    RuntimeException unusable;

    long listened;
    long rowsRead;
    long operations;
    long appends;
    long renewals;

    DatabaseLink(ImportsStore database, VirtualService world, Scheduler process) {
        this.database = database;
        this.world = world;
        this.process = process;
    }

    private <T> Mono<T> link(Mono<T> operation) {
        Scheduler time = world.scheduler();
        return Mono.defer(() -> {
            operations++;
            if (unusable != null) {
                return Mono.error(unusable);
            }
            Fate is = down.getAsBoolean() ? Fate.FAILS_BEFORE : fate.get();
            Mono<T> there = Mono.delay(latency.get(), time).then(Mono.defer(() -> switch (is) {
                case DONE -> operation;
                case FAILS_BEFORE -> Mono.error(new IllegalArgumentException("connection lost before"));
                case FAILS_AFTER -> operation.then(Mono.error(new IllegalArgumentException("connection lost after")));
                case HANGS -> Mono.never();
            }));
            // what was sent to the database is carried out there though the process died meanwhile
            Mono<T> sent = there.cache();
            sent.subscribe(value -> {}, failure -> {});
            return sent.delayUntil(value -> Mono.delay(latency.get(), time)).publishOn(process);
        });
    }

    @Override
    public Mono<StoreLease> acquire(String watch, String name, String holder, Duration duration) {
        return link(database.acquire(watch, name, holder, duration));
    }

    @Override
    public Mono<Boolean> renew(StoreLease lease, Duration duration) {
        return Mono.defer(() -> {
            renewals++;
            return link(database.renew(lease, duration));
        });
    }

    @Override
    public Mono<Void> release(StoreLease lease) {
        return link(database.release(lease));
    }

    @Override
    public Mono<Boolean> move(StoreLease lease, Cursor to, Duration duration) {
        return link(database.move(lease, to, duration));
    }

    @Override
    public Mono<Boolean> register(String watch, String id) {
        return link(database.register(watch, id));
    }

    @Override
    public Mono<Appended> append(StoreLease lease, Duration duration, List<NewChange> changes) {
        return Mono.defer(() -> {
            appends++;
            return link(database.append(lease, duration, changes));
        });
    }

    @Override
    public Mono<List<StoredImport>> find(String watch, Collection<String> ids) {
        return link(database.find(watch, ids));
    }

    @Override
    public Mono<List<StoredImport>> open(String watch, boolean unobserved, String afterId, int limit) {
        return link(database.open(watch, unobserved, afterId, limit));
    }

    @Override
    public Mono<List<StoredImport>> states(String watch, long after, int limit) {
        return link(database.states(watch, after, limit));
    }

    @Override
    public Mono<Cursor> head(String watch) {
        return link(database.head(watch));
    }

    @Override
    public Mono<LogPage> read(String watch, Cursor after, int limit) {
        return link(database.read(watch, after, limit))
                .doOnNext(page -> rowsRead += page.changes().size());
    }

    @Override
    public Mono<Boolean> isOfAnotherWatch(String watch, Cursor cursor) {
        return link(database.isOfAnotherWatch(watch, cursor));
    }

    @Override
    public Mono<Long> purge(String watch, Duration retention) {
        return link(database.purge(watch, retention));
    }

    @Override
    public Mono<StoredRun> planRun(String watch, StartImportRequest request) {
        return link(database.planRun(watch, request));
    }

    @Override
    public Mono<StoredRun> advanceRun(String watch, StoredRun run) {
        return link(database.advanceRun(watch, run));
    }

    @Override
    public Mono<List<StoredRun>> openRuns(String watch, String afterUri, int limit) {
        return link(database.openRuns(watch, afterUri, limit));
    }

    @Override
    public Mono<Boolean> forgetRun(String watch, String uri) {
        return link(database.forgetRun(watch, uri));
    }

    @Override
    public Publisher<?> wakeUps(String watch) {
        return Flux.defer(() -> {
                    listened++;
                    return listeningFails
                            ? Mono.delay(Duration.ofSeconds(2), process)
                                    .then(Mono.error(new IllegalArgumentException("the backend was killed")))
                            : notifies ? Flux.from(database.wakeUps(watch)) : Flux.never();
                })
                .map(hint -> true);
    }
}
