package dev.reactiveimports.shared;

import dev.reactiveimports.ImportStatus;
import dev.reactiveimports.VirtualService.Request;
import dev.reactiveimports.shared.Cluster.Replica;
import dev.reactiveimports.shared.DatabaseLink.Fate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import reactor.core.publisher.Mono;

/**
 * A cluster of one seed: three replicas that are stopped, killed and replaced, connections and commits that fail, leases
 * that are forced to expire, a database that forgets its last commits. Then all is well again, and the promises are checked.
 */
final class SharedWorld {

    private static final int REPLICAS = 3;
    private static final long TROUBLE_SECONDS = 300;
    private static final long RECOVERY_SECONDS = 400;

    final List<String> violations = new ArrayList<>();
    final List<String> events = new ArrayList<>();
    private final Cluster cluster;
    private final Random random;
    private final boolean forgets;
    private final boolean steps;
    private final List<Replica> replicas = new ArrayList<>();
    private final List<Replica> all = new ArrayList<>();
    private final Map<String, Reader> readers = new HashMap<>();
    private final Set<String> imports = new TreeSet<>();
    private final Set<Cursor> handled = new HashSet<>();
    private final Set<String> handledTexts = new HashSet<>();
    private double troubled = 0.02;
    private boolean forcedExpiry;
    private boolean over;

    SharedWorld(long seed) {
        cluster = new Cluster(seed);
        random = cluster.random;
        forgets = random.nextInt(4) == 0;
        steps = random.nextInt(4) == 0;
        boolean wholeIndex = random.nextInt(4) == 0;
        if (wholeIndex) {
            cluster.settings = SharedImports.Builder::wholeIndex;
        }
        cluster.service.onRequest(request -> requireLease(request));
    }

    SharedWorld run() {
        for (int i = 0; i < REPLICAS; i++) {
            replicas.add(start());
        }
        int imports = 8 + random.nextInt(20);
        for (int i = 0; i < imports; i++) {
            int number = i;
            cluster.service.after(seconds(TROUBLE_SECONDS - 50), () -> importBegins("i" + number));
        }
        if (random.nextBoolean()) {
            cluster.service.disturb(Duration.ofSeconds(TROUBLE_SECONDS), 0.2 * random.nextDouble());
        }
        for (int i = 0; i < 12; i++) {
            cluster.service.after(seconds(TROUBLE_SECONDS), this::trouble);
        }
        cluster.run(TROUBLE_SECONDS);
        clearUp();
        cluster.run(RECOVERY_SECONDS);
        check();
        over = true;
        all.forEach(replica -> {
            replica.shared.disposeLater().subscribe();
            replica.imports.disposeLater().subscribe();
        });
        return this;
    }

    private Duration seconds(long upTo) {
        return Duration.ofMillis(random.nextInt((int) upTo * 1000));
    }

    private void event(String what) {
        events.add(cluster.service.millis() + " " + what);
    }

    private Replica start() {
        Replica replica = cluster.replica();
        all.add(replica);
        replica.link.fate = () -> random.nextDouble() < troubled ? Fate.values()[1 + random.nextInt(3)] : Fate.DONE;
        replica.link.latency = () -> Duration.ofMillis(1 + random.nextInt(random.nextInt(50) == 0 ? 3_000 : 20));
        Reader reader = new Reader(replica.name);
        readers.put(replica.name, reader);
        replica.shared.changes().subscribe(reader::accept, failure -> reader.failures.add(failure));
        replica.shared
                .consume(
                        "mail",
                        change -> Mono.delay(Duration.ofMillis(random.nextInt(200)), replica.process)
                                .doOnNext(done -> {
                                    handled.add(change.cursor());
                                    handledTexts.add(change.change().id() + ":"
                                            + change.change().to());
                                }))
                .subscribe(change -> {}, failure -> {
                    if (!over) {
                        violate(replica.name + " consumer failed: " + failure);
                    }
                });
        event(replica.name + " starts");
        return replica;
    }

    private void importBegins(String id) {
        ImportStatus end = random.nextInt(3) == 0 ? ImportStatus.FAILED : ImportStatus.COMPLETED;
        cluster.service.add(id, seconds(20), Duration.ofSeconds(20).plus(seconds(200)), end);
        imports.add(id);
        register(id);
    }

    /** As a caller does: until it succeeds. */
    private void register(String id) {
        Replica by = replicas.get(random.nextInt(replicas.size()));
        boolean[] registered = new boolean[1];
        by.shared.watch(id).subscribe(nothing -> {}, failure -> {}, () -> registered[0] = true);
        cluster.service.after(Duration.ofSeconds(5), () -> {
            if (!registered[0]) {
                register(id);
            }
        });
    }

    private void trouble() {
        int which = random.nextInt(REPLICAS);
        Replica one = replicas.get(which);
        switch (random.nextInt(6)) {
            case 0, 1 -> {
                if (one.process.isRunning()) {
                    event(one.name + " stops");
                    one.process.pause();
                    cluster.service.after(seconds(60), () -> {
                        event(one.name + " goes on");
                        one.process.resume(random);
                    });
                }
            }
            case 2 -> {
                event(one.name + " is killed");
                one.process.kill();
                replicas.set(which, start());
            }
            case 3 -> {
                event(one.name + " loses the database");
                long until = cluster.service.millis() + random.nextInt(60_000);
                one.link.down = () -> cluster.service.millis() < until;
            }
            case 4 -> {
                event("the lease is forced to expire");
                forcedExpiry = true;
                cluster.expireLease();
            }
            default -> database();
        }
    }

    private void database() {
        if (forgets) {
            Runnable failOver = cluster.database.checkpoint();
            cluster.service.after(seconds(60), () -> {
                event("the database forgets");
                failOver.run();
            });
        } else if (steps) {
            cluster.databaseClockShift = (random.nextInt(40) - 20) * 1_000L;
            event("the database's clock is off by " + cluster.databaseClockShift);
        } else {
            troubled = 0.2 * random.nextDouble();
            event("a part of " + troubled + " of all statements fails");
        }
    }

    private void clearUp() {
        event("all is well");
        troubled = 0;
        cluster.databaseClockShift = 0;
        replicas.forEach(replica -> {
            replica.link.down = () -> false;
            replica.process.resume(random);
        });
        // a registration may be among what the database forgot: callers keep what they registered
        imports.forEach(this::register);
    }

    /** As long as the database's clock and its rows are left alone, only the holder of the lease polls. */
    private void requireLease(Request request) {
        String client = request.client();
        if (forgets || steps || forcedExpiry) {
            return;
        }
        String holder = cluster.database.holder("imports", ImportsStore.POLLER);
        Replica replica = replicas.stream()
                .filter(one -> one.name.equals(client))
                .findFirst()
                .orElse(null);
        if (replica == null || !((SharedReplica) replica.shared).holder.equals(holder)) {
            violate(client + " polls without the lease, which is with " + holder);
        }
    }

    private void violate(String what) {
        event("VIOLATION " + what);
        violations.add(cluster.service.millis() + " " + what);
    }

    private void check() {
        List<RecordedChange> log = cluster.database
                .read("imports", Cursor.START, Integer.MAX_VALUE)
                .block()
                .changes();
        Map<String, ImportStatus> last = new HashMap<>();
        for (RecordedChange row : log) {
            ImportStatus before = last.put(row.change().id(), row.change().to());
            if (before != row.change().from() || (before != null && before.isTerminal())) {
                violate("the log goes from " + before + " by " + row.change());
            }
        }
        for (String id : imports) {
            ImportStatus end = last.get(id);
            if (end == null || !end.isTerminal()) {
                violate("the end of " + id + " is not in the log: " + end);
            } else if (!handledTexts.contains(id + ":" + end)) {
                violate("the end of " + id + " was not handled");
            }
        }
        replicas.forEach(replica -> readers.get(replica.name).check(last));
        if (!forgets) {
            log.stream().filter(row -> !handled.contains(row.cursor())).forEach(row -> violate("not handled: " + row));
        }
    }

    /** A subscriber of one replica. */
    private final class Reader {

        private final String name;
        private final Map<String, ImportStatus> last = new HashMap<>();
        private final List<Throwable> failures = new ArrayList<>();
        private long sequence;

        Reader(String name) {
            this.name = name;
        }

        void accept(RecordedChange change) {
            boolean anew = change.snapshot() && change.cursor().sequence() <= sequence;
            if (!anew && change.cursor().sequence() <= sequence) {
                violate(name + " reads back: " + change.cursor() + " after " + sequence);
            }
            sequence = change.cursor().sequence();
            ImportStatus before = last.put(change.change().id(), change.change().to());
            // an import that changes while its state is about to be read is read by its change only
            // what a database forgot altogether begins anew
            boolean forgotten = forgets && change.change().from() == null;
            if (!change.snapshot()
                    && before != null
                    && !forgotten
                    && before != change.change().from()) {
                violate(name + " reads " + change.change() + " after " + before);
            }
        }

        void check(Map<String, ImportStatus> log) {
            failures.forEach(failure -> violate(name + " fails: " + failure));
            if (!log.equals(last)) {
                violate(name + " read " + last + " and not " + log);
            }
        }
    }
}
