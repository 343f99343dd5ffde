package dev.reactiveimports.shared;

import dev.reactiveimports.StartImportRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.publisher.Sinks.EmitResult;

/** A store in memory. Each operation holds the one lock for as long as it computes; nothing is signalled under it. */
final class MemoryStore implements ImportsStore {

    private final LongSupplier clockMillis;
    private final Map<String, Sinks.Many<Boolean>> wakeUps = new ConcurrentHashMap<>();
    private Map<String, MemoryWatch> watches = new HashMap<>();

    MemoryStore(LongSupplier clockMillis) {
        this.clockMillis = clockMillis;
    }

    /** The database as it is now; when run, it is so again, and all that was committed since is lost. */
    synchronized Runnable checkpoint() {
        Map<String, MemoryWatch> kept = copyOfWatches();
        return () -> {
            synchronized (this) {
                watches = kept;
                watches = copyOfWatches();
            }
        };
    }

    /** A lease is free from now on, as by an operator's statement: its holder keeps the row until another acquires it. */
    void expire(String watch, String name) {
        in(watch, w -> w.lease(name).extend(Instant.EPOCH, Duration.ofMillis(1)));
    }

    /** Who has a lease now; empty if it has expired or is free. */
    String holder(String watch, String name) {
        return in(watch, w -> w.lease(name).holder(now()));
    }

    private Map<String, MemoryWatch> copyOfWatches() {
        Map<String, MemoryWatch> copy = new HashMap<>();
        watches.forEach((name, watch) -> copy.put(name, new MemoryWatch(watch)));
        return copy;
    }

    private synchronized <T> T in(String watch, Function<MemoryWatch, T> operation) {
        return operation.apply(watches.computeIfAbsent(watch, name -> new MemoryWatch()));
    }

    private Instant now() {
        return Instant.ofEpochMilli(clockMillis.getAsLong());
    }

    @Override
    public Mono<StoreLease> acquire(String watch, String name, String holder, Duration duration) {
        return Mono.fromCallable(() -> in(watch, w -> {
            MemoryLease lease = w.lease(name);
            return lease.acquire(holder, now(), duration)
                    ? new StoreLease(watch, name, holder, lease.epoch, lease.position)
                    : null;
        }));
    }

    @Override
    public Mono<Boolean> renew(StoreLease lease, Duration duration) {
        return held(lease, duration, Function.identity());
    }

    @Override
    public Mono<Void> release(StoreLease lease) {
        return held(lease, Duration.ZERO, Function.identity())
                .doOnNext(released -> wakeUp(lease.watch()))
                .then();
    }

    @Override
    public Mono<Boolean> move(StoreLease lease, Cursor to, Duration duration) {
        return held(lease, duration, held -> {
            held.position = to;
            return held;
        });
    }

    private Mono<Boolean> held(StoreLease lease, Duration duration, Function<MemoryLease, MemoryLease> effect) {
        return Mono.fromCallable(() -> in(lease.watch(), w -> {
            MemoryLease current = w.lease(lease.name());
            return current.isHeldBy(lease) && effect.apply(current).extend(now(), duration);
        }));
    }

    @Override
    public Mono<Boolean> register(String watch, String id) {
        return Mono.fromCallable(() -> in(watch, w -> w.register(id))).doOnNext(added -> wakeUp(watch));
    }

    @Override
    public Mono<Appended> append(StoreLease lease, Duration duration, List<NewChange> changes) {
        return Mono.fromCallable(() -> in(lease.watch(), w -> {
                    MemoryLease current = w.lease(lease.name());
                    if (!current.isHeldBy(lease)) {
                        return null;
                    }
                    current.extend(now(), duration);
                    int appended = w.append(lease.epoch(), now(), changes);
                    current.position = w.head();
                    return new Appended(appended, lease.at(current.position));
                }))
                .doOnNext(appended -> wakeUp(lease.watch()));
    }

    @Override
    public Mono<List<StoredImport>> find(String watch, Collection<String> ids) {
        return Mono.fromCallable(() -> in(watch, w -> w.find(ids)));
    }

    @Override
    public Mono<List<StoredImport>> open(String watch, boolean unobserved, String afterId, int limit) {
        return Mono.fromCallable(() -> in(watch, w -> w.open(unobserved, afterId, limit)));
    }

    @Override
    public Mono<List<StoredImport>> states(String watch, long after, int limit) {
        return Mono.fromCallable(() -> in(watch, w -> w.states(after, limit)));
    }

    @Override
    public Mono<Cursor> head(String watch) {
        return Mono.fromCallable(() -> in(watch, MemoryWatch::head));
    }

    @Override
    public Mono<LogPage> read(String watch, Cursor after, int limit) {
        return Mono.fromCallable(() -> in(watch, w -> w.read(after, limit)));
    }

    @Override
    public Mono<Boolean> isOfAnotherWatch(String watch, Cursor cursor) {
        return Mono.fromCallable(() -> {
            synchronized (this) {
                return watches.entrySet().stream()
                        .anyMatch(other -> !other.getKey().equals(watch)
                                && other.getValue().has(cursor));
            }
        });
    }

    @Override
    public Mono<Long> purge(String watch, Duration retention) {
        return Mono.fromCallable(() -> in(watch, w -> w.purge(now().minus(retention))));
    }

    @Override
    public Mono<StoredRun> planRun(String watch, StartImportRequest request) {
        return Mono.fromCallable(() -> in(watch, w -> w.runs().plan(request)));
    }

    @Override
    public Mono<StoredRun> advanceRun(String watch, StoredRun run) {
        return Mono.fromCallable(() -> in(watch, w -> w.advance(run, now()))).doOnNext(advanced -> wakeUp(watch));
    }

    @Override
    public Mono<List<StoredRun>> openRuns(String watch, String afterUri, int limit) {
        return Mono.fromCallable(() -> in(watch, w -> w.runs().open(afterUri, limit)));
    }

    @Override
    public Mono<Boolean> forgetRun(String watch, String uri) {
        return Mono.fromCallable(() -> in(watch, w -> w.runs().forget(uri)));
    }

    @Override
    public Publisher<?> wakeUps(String watch) {
        return Flux.defer(() -> sink(watch).asFlux()).onBackpressureLatest();
    }

    private void wakeUp(String watch) {
        sink(watch).emitNext(Boolean.TRUE, (signal, result) -> result == EmitResult.FAIL_NON_SERIALIZED);
    }

    private Sinks.Many<Boolean> sink(String watch) {
        return wakeUps.computeIfAbsent(watch, name -> Sinks.many().multicast().directBestEffort());
    }
}
