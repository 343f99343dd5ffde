package dev.reactiveimports.shared;

import dev.reactiveimports.PollSpec;
import dev.reactiveimports.ReactiveImportsApi;
import dev.reactiveimports.VirtualService;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Flux;

/** Replicas on one database and one service, all in one virtual time. */
final class Cluster {

    static final Duration LEASE = Duration.ofSeconds(10);
    static final Duration POLL = Duration.ofSeconds(2);

    final VirtualService service;
    final MemoryStore database;
    final Random random;
    long databaseClockShift;
    UnaryOperator<SharedImports.Builder> settings = UnaryOperator.identity();
    private int replicas;

    Cluster(long seed) {
        service = new VirtualService(seed);
        random = new Random(seed);
        database = new MemoryStore(() -> service.scheduler().now(TimeUnit.MILLISECONDS) + databaseClockShift);
    }

    Replica replica() {
        return new Replica("r" + ++replicas);
    }

    void run(Duration time) {
        service.run(time);
    }

    void run(long seconds) {
        run(Duration.ofSeconds(seconds));
    }

    /** The whole log as {@code id:STATUS}; must not have been purged. */
    List<String> log() {
        return database.read("imports", Cursor.START, Integer.MAX_VALUE).block().changes().stream()
                .map(Cluster::text)
                .toList();
    }

    static String text(RecordedChange change) {
        return (change.snapshot() ? "=" : "") + change.change().id() + ":"
                + change.change().to();
    }

    /** Seconds since 1970 of the database's clock. */
    Instant databaseTime() {
        return Instant.ofEpochMilli(service.scheduler().now(TimeUnit.MILLISECONDS) + databaseClockShift);
    }

    /** One process. */
    final class Replica {

        final String name;
        final PausableScheduler process = new PausableScheduler(service.scheduler());
        final DatabaseLink link = new DatabaseLink(database, service, process);
        final ReactiveImportsApi imports;
        final SharedImports shared;

        Replica(String name) {
            this.name = name;
            this.imports = service.client(name, process);
            SharedBuilder builder = new SharedBuilder(imports, link).random(random::nextDouble);
            builder.lease(LEASE).pollSpec(PollSpec.fixedInterval(POLL)).scheduler(process);
            this.shared = settings.apply(builder).build();
        }

        /** Joins the election and collects what it reads. */
        Seen changes() {
            return new Seen(shared.changes());
        }

        Replica join() {
            shared.changes().subscribe(change -> {}, failure -> {});
            return this;
        }

        long requests() {
            return service.requests(request -> request.client().equals(name));
        }

        long requestsSince(long millis) {
            return service.requests(request -> request.client().equals(name) && request.millis() >= millis);
        }

        void watch(String... ids) {
            for (String id : ids) {
                shared.watch(id).subscribe();
            }
        }
    }

    /** What a subscriber received. */
    static final class Seen {

        final List<RecordedChange> changes = new ArrayList<>();
        final List<Throwable> failures = new ArrayList<>();

        Seen(Flux<RecordedChange> flux) {
            flux.subscribe(changes::add, failures::add);
        }

        List<String> text() {
            return changes.stream().map(Cluster::text).toList();
        }
    }
}
