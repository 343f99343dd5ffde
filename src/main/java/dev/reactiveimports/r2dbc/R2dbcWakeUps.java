package dev.reactiveimports.r2dbc;

import io.r2dbc.spi.ConnectionFactory;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.publisher.Sinks.EmitResult;

/**
 * Hints that a watch changed. PostgreSQL passes them between processes by NOTIFY, in the transaction that changes something; one
 * connection of its own LISTENs, while anybody is subscribed. An embedded H2 has one process: the store signals itself.
 */
final class R2dbcWakeUps {

    private static final String NOTIFY =
            "SELECT 1 FROM (SELECT pg_notify('" + R2dbcPostgres.CHANNEL + "', $1)) AS notified";

    private final boolean notifies;
    private final Sinks.Many<String> local = Sinks.many().multicast().directBestEffort();
    private final Flux<String> watches;

    R2dbcWakeUps(ConnectionFactory factory, R2dbcDialect dialect) {
        this.notifies = dialect == R2dbcDialect.POSTGRESQL;
        this.watches = notifies ? R2dbcPostgres.notifications(factory).share() : local.asFlux();
    }

    /** Notifies all processes, when the transaction commits. */
    Mono<Void> notify(R2dbcSession session, String watch) {
        return notifies ? session.select(NOTIFY, row -> 1, watch).then() : Mono.empty();
    }

    /** Signals this process, after the commit, where {@link #notify} does nothing. */
    void signal(String watch) {
        if (!notifies) {
            local.emitNext(watch, (signal, result) -> result == EmitResult.FAIL_NON_SERIALIZED);
        }
    }

    /** A subscriber without demand slows down no other. */
    Publisher<?> of(String watch) {
        return watches.filter(name -> name.equals(watch) || name.isEmpty()).onBackpressureLatest();
    }
}
