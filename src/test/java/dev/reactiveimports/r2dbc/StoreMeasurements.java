package dev.reactiveimports.r2dbc;

import static dev.reactiveimports.r2dbc.R2dbcFaultTests.LEASE;
import static dev.reactiveimports.r2dbc.R2dbcFaultTests.LONG;
import static dev.reactiveimports.r2dbc.R2dbcFaultTests.WATCH;
import static dev.reactiveimports.r2dbc.R2dbcFaultTests.first;
import static dev.reactiveimports.r2dbc.R2dbcFaultTests.poller;

import dev.reactiveimports.ReactiveImportsApi;
import dev.reactiveimports.shared.ImportsStore;
import dev.reactiveimports.shared.NewChange;
import dev.reactiveimports.shared.SharedImports;
import dev.reactiveimports.shared.StoreLease;
import io.r2dbc.h2.H2ConnectionConfiguration;
import io.r2dbc.h2.H2ConnectionFactory;
import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.spi.ConnectionFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/**
 * Measures appends, and the delay until a consumer has them:
 * {@code mvn -q test-compile exec:java -Ddemo.mainClass=dev.reactiveimports.r2dbc.StoreMeasurements -Dpostgres.fsync=on}.
 */
public final class StoreMeasurements {

    private StoreMeasurements() {}

    /** Prints one line for each database and size. */
    public static void main(String[] arguments) throws InterruptedException {
        Map<String, ConnectionFactory> databases = new LinkedHashMap<>();
        databases.put("H2, memory", TestDatabase.H2.empty());
        databases.put(
                "H2, file",
                new H2ConnectionFactory(H2ConnectionConfiguration.builder()
                        .file("./target/measured-" + ProcessHandle.current().pid())
                        .build()));
        databases.put("PostgreSQL", TestDatabase.POSTGRESQL.empty());
        for (Map.Entry<String, ConnectionFactory> database : databases.entrySet()) {
            ConnectionPool pool = PostgresServer.pooled(database.getValue());
            R2dbcImportsStore store = R2dbcImportsStore.create(pool);
            store.createSchema().block(LONG);
            StoreLease lease = poller(store, "a");
            measureDelay(database.getKey(), store, lease, 400);
            measureAppends(database.getKey(), store, lease, 1, 600);
            measureAppends(database.getKey(), store, lease, 100, 120);
            measureAppends(database.getKey(), store, lease, 1_000, 30);
            pool.dispose();
        }
        System.exit(0);
    }

    private static void measureAppends(String database, ImportsStore store, StoreLease lease, int size, int times) {
        List<Double> millis = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            String prefix = size + "-" + i + "-";
            List<NewChange> changes =
                    IntStream.range(0, size).mapToObj(n -> first(prefix + n)).toList();
            long start = System.nanoTime();
            store.append(lease, LEASE, changes).block(LONG);
            millis.add((System.nanoTime() - start) / 1e6);
        }
        print(database + ", append of " + size, millis);
    }

    /** From the begin of an append until a consumer's handler has the change; the replica polls nothing. */
    private static void measureDelay(String database, ImportsStore store, StoreLease lease, int times)
            throws InterruptedException {
        BlockingQueue<Long> seen = new LinkedBlockingQueue<>();
        ReactiveImportsApi nothing =
                ReactiveImportsApi.builder("http://127.0.0.1:1", "key").build();
        SharedImports shared = SharedImports.builder(nothing, store).name(WATCH).build();
        Disposable consumer = shared.consume("measured", change -> Mono.fromRunnable(() -> seen.add(System.nanoTime())))
                .subscribe();
        StoreLease at =
                store.append(lease, LEASE, List.of(first("delay"))).block(LONG).lease();
        while (seen.poll(3, TimeUnit.SECONDS) != null) {
            // what the appends before have left
        }
        List<Double> millis = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            long start = System.nanoTime();
            store.append(at, LEASE, List.of(first("delay-" + i))).block(LONG);
            millis.add((seen.poll(LONG.toSeconds(), TimeUnit.SECONDS) - start) / 1e6);
            TimeUnit.MILLISECONDS.sleep(20);
        }
        consumer.dispose();
        shared.close();
        nothing.close();
        print(database + ", append to consumer", millis);
    }

    /** Of the second half: the first warms up. */
    private static void print(String what, List<Double> millis) {
        List<Double> sorted = millis.subList(millis.size() / 2, millis.size()).stream()
                .sorted()
                .toList();
        System.out.printf(
                "%-55s median %7.2f ms   99 %% %7.2f ms   (%d)%n",
                what, sorted.get(sorted.size() / 2), sorted.get(sorted.size() * 99 / 100), sorted.size());
    }
}
