package dev.reactiveimports.r2dbc;

import static dev.reactiveimports.r2dbc.R2dbcFaultTests.LONG;

import dev.reactiveimports.shared.ImportsStore;
import dev.reactiveimports.shared.StoreLease;
import dev.reactiveimports.testing.ImportsSimulator;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;

/**
 * Kills the replica that polls a hundred times, and measures how long nobody polls, on PostgreSQL:
 * {@code mvn -q test-compile exec:java -Ddemo.mainClass=dev.reactiveimports.r2dbc.TakeOverMeasurements}.
 */
public final class TakeOverMeasurements {

    private static final Duration LEASE = Duration.ofMillis(Integer.getInteger("lease.millis", 500));
    private static final int KILLS = Integer.getInteger("kills", 100);

    private final ImportsSimulator service = ImportsSimulator.start();
    private final String schema = PostgresServer.running().newSchemaName();
    private final BlockingQueue<Acquired> acquired = new LinkedBlockingQueue<>();
    private final List<KillableReplica> alive = new ArrayList<>();
    private int started;

    private record Acquired(String replica, long nanos) {}

    private TakeOverMeasurements() {}

    /** Prints the distribution in units of the lease. */
    public static void main(String[] arguments) throws InterruptedException {
        new TakeOverMeasurements().run();
        System.exit(0);
    }

    private void run() throws InterruptedException {
        R2dbcImportsStore.create(PostgresServer.running().connections(schema, "schema"))
                .createSchema()
                .block(LONG);
        for (int i = 0; i < 3; i++) {
            start();
        }
        List<Double> leases = new ArrayList<>();
        Acquired poller = acquired.take();
        for (int i = 0; i < KILLS; i++) {
            // at any time between two renewals
            TimeUnit.MILLISECONDS.sleep(
                    LEASE.toMillis() + ThreadLocalRandom.current().nextLong(LEASE.toMillis()));
            for (Acquired later = acquired.poll(); later != null; later = acquired.poll()) {
                poller = later;
            }
            String name = poller.replica;
            KillableReplica victim = alive.stream()
                    .filter(one -> one.name.equals(name))
                    .findFirst()
                    .orElseThrow();
            long killed = System.nanoTime();
            victim.kill();
            poller = acquired.take();
            leases.add((poller.nanos - killed) / (double) LEASE.toNanos());
            alive.remove(victim);
            victim.close();
            start();
        }
        List<Double> sorted = leases.stream().sorted().toList();
        System.out.printf("%d take-overs of a lease of %d ms, in leases:", KILLS, LEASE.toMillis());
        for (int percent : new int[] {0, 10, 25, 50, 75, 90, 95, 99}) {
            System.out.printf("  %d %% %.2f", percent, sorted.get(sorted.size() * percent / 100));
        }
        System.out.printf("  max %.2f%n", sorted.get(sorted.size() - 1));
    }

    private void start() {
        String name = "measured-" + started++;
        KillableReplica replica = new KillableReplica(name, schema, service, LEASE, store -> observed(store, name));
        alive.add(replica);
        replica.shared.changes().subscribe(change -> {}, failure -> {});
    }

    /** The store, which reports when this replica acquires the lease of the poller. */
    private ImportsStore observed(ImportsStore store, String name) {
        return (ImportsStore) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {ImportsStore.class}, (proxy, method, arguments) -> {
                    Object result = method.invoke(store, arguments);
                    return method.getName().equals("acquire") && arguments[1].equals(ImportsStore.POLLER)
                            ? ((Mono<?>) result)
                                    .cast(StoreLease.class)
                                    .doOnNext(lease -> acquired.add(new Acquired(name, System.nanoTime())))
                            : result;
                });
    }
}
