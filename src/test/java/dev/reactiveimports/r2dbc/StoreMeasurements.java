package dev.reactiveimports.r2dbc;

import static dev.reactiveimports.r2dbc.R2dbcFaultTests.LEASE;
import static dev.reactiveimports.r2dbc.R2dbcFaultTests.LONG;
import static dev.reactiveimports.r2dbc.R2dbcFaultTests.WATCH;
import static dev.reactiveimports.r2dbc.R2dbcFaultTests.first;
import static dev.reactiveimports.r2dbc.R2dbcFaultTests.poller;

import dev.reactiveimports.shared.Cursor;
import dev.reactiveimports.shared.ImportsStore;
import dev.reactiveimports.shared.LogPage;
import dev.reactiveimports.shared.NewChange;
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
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Measures appends, and the delay until another reader has them:
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
            measureAppends(database.getKey(), store, lease, 1, 600);
            measureAppends(database.getKey(), store, lease, 100, 120);
            measureAppends(database.getKey(), store, lease, 1_000, 30);
            measureDelay(database.getKey(), store, lease, 300);
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

    private static void measureDelay(String database, R2dbcImportsStore store, StoreLease lease, int times)
            throws InterruptedException {
        BlockingQueue<Long> seen = new LinkedBlockingQueue<>();
        Cursor[] at = {store.head(WATCH).block(LONG)};
        Disposable reader = Flux.from(store.wakeUps(WATCH))
                .onBackpressureLatest()
                .concatMap(hint -> Mono.defer(() -> store.read(WATCH, at[0], 100)), 1)
                .concatMapIterable(LogPage::changes)
                .subscribe(change -> {
                    at[0] = change.cursor();
                    seen.add(System.nanoTime());
                });
        TimeUnit.MILLISECONDS.sleep(500);
        List<Double> fromStart = new ArrayList<>();
        List<Double> fromEnd = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            long start = System.nanoTime();
            store.append(lease, LEASE, List.of(first("delay-" + i))).block(LONG);
            long end = System.nanoTime();
            Long at1 = seen.poll(LONG.toSeconds(), TimeUnit.SECONDS);
            fromStart.add((at1 - start) / 1e6);
            fromEnd.add((at1 - end) / 1e6);
        }
        reader.dispose();
        print(database + ", append to reader, from its begin", fromStart);
        print(database + ", append to reader, from its response", fromEnd);
    }

    /** Of the second half: the first warms up. */
    private static void print(String what, List<Double> millis) {
        List<Double> sorted = millis.subList(millis.size() / 2, millis.size()).stream()
                .sorted()
                .toList();
        System.out.printf(
                "%-55s median %7.2f ms   95 %% %7.2f ms   (%d)%n",
                what, sorted.get(sorted.size() / 2), sorted.get(sorted.size() * 95 / 100), sorted.size());
    }
}
