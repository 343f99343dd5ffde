package dev.reactiveimports.shared;

import dev.reactiveimports.ImportRun;
import dev.reactiveimports.ImportRun.Outcome;
import dev.reactiveimports.RunImportsSpec;
import dev.reactiveimports.StartImportRequest;
import dev.reactiveimports.shared.Cluster.Replica;
import dev.reactiveimports.shared.DatabaseLink.Fate;
import dev.reactiveimports.shared.StoredRun.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import reactor.core.publisher.Flux;

/**
 * A cluster of one seed whose replicas are all given the same requests: they are stopped, killed and replaced, connections,
 * commits and the service fail. Then all is well again, and the promises are checked: each URI is started once at most, and
 * each replica hears of each outcome.
 */
final class SharedRunsWorld {

    private static final int REPLICAS = 3;
    private static final long TROUBLE_SECONDS = 300;
    private static final long RECOVERY_SECONDS = 1_500;

    final List<String> violations = new ArrayList<>();
    final List<String> events = new ArrayList<>();
    private final Cluster cluster;
    private final Random random;
    private final List<StartImportRequest> requests;
    private final List<Replica> replicas = new ArrayList<>();
    private final List<Replica> all = new ArrayList<>();
    private final Map<String, Pipeline> pipelines = new HashMap<>();
    private double troubled = 0.02;
    private boolean over;
    long unknown;

    SharedRunsWorld(long seed) {
        cluster = new Cluster(seed);
        random = cluster.random;
        requests = IntStream.range(0, 5 + random.nextInt(25))
                .mapToObj(i -> StartImportRequest.of("s3://bucket/" + i))
                .toList();
    }

    SharedRunsWorld run() {
        for (int i = 0; i < REPLICAS; i++) {
            replicas.add(start());
        }
        if (random.nextBoolean()) {
            cluster.service.disturb(Duration.ofSeconds(TROUBLE_SECONDS), 0.3 * random.nextDouble());
        }
        for (int i = 0; i < 12; i++) {
            cluster.service.after(Duration.ofMillis(random.nextInt((int) TROUBLE_SECONDS * 1_000)), this::trouble);
        }
        cluster.run(TROUBLE_SECONDS);
        event("all is well");
        troubled = 0;
        cluster.databaseClockShift = 0;
        replicas.forEach(replica -> {
            replica.link.down = () -> false;
            replica.process.resume(random);
        });
        cluster.run(RECOVERY_SECONDS);
        check();
        over = true;
        all.forEach(replica -> {
            replica.shared.disposeLater().subscribe();
            replica.imports.disposeLater().subscribe();
        });
        return this;
    }

    private void event(String what) {
        events.add(cluster.service.millis() + " " + what);
    }

    private void violate(String what) {
        event("VIOLATION " + what);
        violations.add(cluster.service.millis() + " " + what);
    }

    private Replica start() {
        Replica replica = cluster.replica();
        all.add(replica);
        replica.link.fate = () -> random.nextDouble() < troubled ? Fate.values()[1 + random.nextInt(3)] : Fate.DONE;
        replica.link.latency = () -> Duration.ofMillis(1 + random.nextInt(random.nextInt(50) == 0 ? 3_000 : 20));
        event(replica.name + " starts");
        pipelines.put(replica.name, new Pipeline(replica));
        return replica;
    }

    private void trouble() {
        int which = random.nextInt(REPLICAS);
        Replica one = replicas.get(which);
        switch (random.nextInt(6)) {
            case 0, 1 -> {
                if (one.process.isRunning()) {
                    event(one.name + " stops");
                    one.process.pause();
                    cluster.service.after(Duration.ofMillis(random.nextInt(120_000)), () -> {
                        event(one.name + " goes on");
                        one.process.resume(random);
                    });
                }
            }
            case 2, 3 -> {
                event(one.name + " is killed");
                one.process.kill();
                replicas.set(which, start());
            }
            case 4 -> {
                event(one.name + " loses the database");
                long until = cluster.service.millis() + random.nextInt(60_000);
                one.link.down = () -> cluster.service.millis() < until;
            }
            default -> {
                troubled = 0.2 * random.nextDouble();
                event("a part of " + troubled + " of all statements fails");
            }
        }
    }

    private void check() {
        for (StartImportRequest request : requests) {
            int started = cluster.service.accepted(request.uri());
            StoredRun run = cluster.database.planRun("imports", request).block();
            if (started > 1) {
                violate(request.uri() + " was started " + started + " times");
            }
            if (!run.state().isFinal()) {
                violate(request.uri() + " has no outcome: " + run);
            }
            if (run.state() == State.ENDED && started != 1) {
                violate(request.uri() + " has ended and was never started");
            }
            if (run.state() == State.UNKNOWN) {
                unknown++;
                if (started == 1) {
                    violate(request.uri() + " was started and not found: " + run.failure());
                }
            }
        }
        replicas.forEach(replica -> pipelines.get(replica.name).check());
    }

    /** What one replica received. */
    private final class Pipeline {

        private final String name;
        private final Map<String, ImportRun> delivered = new HashMap<>();
        private boolean completed;

        Pipeline(Replica replica) {
            this.name = replica.name;
            // a run that was refused and not recorded is given again, as a queue would
            Flux.defer(() -> replica.shared.runImports(
                            Flux.fromIterable(requests).filter(request -> !delivered.containsKey(request.uri())),
                            RunImportsSpec.maxInProgress(1 + random.nextInt(20))))
                    .repeat(1_000, () -> delivered.size() < requests.size())
                    .subscribe(this::accept, failure -> ended(failure), () -> completed = true);
        }

        private void accept(ImportRun run) {
            event(name + " hears of " + run.request().uri() + " " + run.outcome());
            if (run.outcome() != Outcome.REFUSED && delivered.put(run.request().uri(), run) != null) {
                violate(name + " hears twice of " + run.request().uri());
            }
        }

        private void ended(Throwable failure) {
            if (!over) {
                violate(name + " failed: " + failure);
            }
        }

        void check() {
            if (!completed) {
                violate(name + " heard only of " + delivered.size() + " of " + requests.size());
            }
            delivered.values().forEach(run -> {
                StoredRun stored =
                        cluster.database.planRun("imports", run.request()).block();
                boolean same = run.outcome() == Outcome.UNKNOWN
                        || (stored.operation() != null
                                && run.operation() != null
                                && stored.operation().status()
                                        == run.operation().status());
                if (!same) {
                    violate(name + " heard of " + run + ", and not of " + stored);
                }
            });
        }
    }
}
