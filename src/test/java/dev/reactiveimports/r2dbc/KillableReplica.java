package dev.reactiveimports.r2dbc;

import dev.reactiveimports.ImportsRetry;
import dev.reactiveimports.PollSpec;
import dev.reactiveimports.ReactiveImportsApi;
import dev.reactiveimports.shared.ImportsStore;
import dev.reactiveimports.shared.SharedImports;
import dev.reactiveimports.testing.ImportsSimulator;
import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryMetadata;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** One replica with all that a process has of its own: connections, a client, threads. It can be abandoned as by SIGKILL. */
final class KillableReplica {

    final String name;
    final SharedImports shared;
    private final ReactiveImportsApi imports;
    private final Scheduler threads;
    private final ConnectionPool pool;
    private volatile boolean killed;

    KillableReplica(String name, String schema, ImportsSimulator service, Duration lease) {
        this(name, schema, service, lease, store -> store);
    }

    KillableReplica(
            String name,
            String schema,
            ImportsSimulator service,
            Duration lease,
            UnaryOperator<ImportsStore> observed) {
        this.name = name;
        this.threads = Schedulers.newParallel(name, 1, true);
        this.pool = PostgresServer.pooled(new Cable(PostgresServer.running().connections(schema, name)));
        this.imports = ReactiveImportsApi.builder(service.indexHost(), service.apiKey())
                .retry(ImportsRetry.none())
                .scheduler(threads)
                .build();
        this.shared = SharedImports.builder(imports, observed.apply(R2dbcImportsStore.create(pool)))
                .lease(lease)
                .pollSpec(PollSpec.fixedInterval(Duration.ofMillis(500)))
                .scheduler(threads)
                .build();
    }

    boolean isKilled() {
        return killed;
    }

    /** Nothing is closed, given back or said. */
    void kill() {
        killed = true;
        threads.dispose();
        PostgresServer.running().terminate(name);
        imports.disposeLater().subscribe();
    }

    /** At the end of a test; not before the last one of a service. */
    void close() {
        if (!killed) {
            shared.close();
            imports.close();
            threads.dispose();
        }
        pool.disposeLater().onErrorComplete().subscribe();
    }

    /** What connects this process to the database, until it is dead. */
    private final class Cable implements ConnectionFactory {

        private final ConnectionFactory factory;

        Cable(ConnectionFactory factory) {
            this.factory = factory;
        }

        @Override
        public Publisher<? extends Connection> create() {
            return Mono.defer(() -> killed ? Mono.never() : Mono.from(factory.create()))
                    .flatMap(connection -> killed
                            ? Flux.from(connection.close()).then(Mono.<Connection>never())
                            : Mono.just(connection));
        }

        @Override
        public ConnectionFactoryMetadata getMetadata() {
            return factory.getMetadata();
        }
    }
}
