package dev.reactiveimports.samples;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryMetadata;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/** Connections of which one commit fails: before it has taken effect, or afterwards. */
final class CrashingCommits {

    private final ConnectionFactory factory;
    private final AtomicInteger commitsLeft;
    private final boolean committed;

    CrashingCommits(ConnectionFactory factory, int whichCommit, boolean committed) {
        this.factory = factory;
        this.commitsLeft = new AtomicInteger(whichCommit);
        this.committed = committed;
    }

    ConnectionFactory factory() {
        return new ConnectionFactory() {
            @Override
            public Publisher<? extends Connection> create() {
                return Mono.from(factory.create()).map(CrashingCommits.this::crashing);
            }

            @Override
            public ConnectionFactoryMetadata getMetadata() {
                return factory.getMetadata();
            }
        };
    }

    private Connection crashing(Connection connection) {
        return (Connection) Proxy.newProxyInstance(
                Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    try {
                        return method.getName().equals("commitTransaction")
                                ? commit(connection)
                                : method.invoke(connection, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private Mono<Void> commit(Connection connection) {
        return Mono.defer(() -> {
            if (commitsLeft.decrementAndGet() != 0) {
                return Mono.from(connection.commitTransaction());
            }
            Mono<Void> crash = Mono.error(new IllegalStateException("crashed"));
            return committed ? Mono.from(connection.commitTransaction()).then(crash) : crash;
        });
    }
}
