package dev.reactiveimports.r2dbc;

import static java.util.Objects.requireNonNull;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryMetadata;
import io.r2dbc.spi.R2dbcTransientResourceException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Connections of another factory, with faults; counts those that are open. */
final class FaultyConnections implements ConnectionFactory {

    private final ConnectionFactory factory;
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger onEventLoops = new AtomicInteger();
    private final AtomicInteger rollbacks = new AtomicInteger();
    private volatile Function<Publisher<Void>, Publisher<Void>> commit = Function.identity();

    FaultyConnections(ConnectionFactory factory) {
        this.factory = factory;
    }

    /** From now on a commit is carried out, and its response lost. */
    void loseResponsesOfCommits() {
        commit = real ->
                Flux.from(real).concatWith(Mono.error(new R2dbcTransientResourceException("The response was lost")));
    }

    /** From now on the process stops before it commits, for good. */
    void stopBeforeCommits() {
        commit = real -> Mono.never();
    }

    void recover() {
        commit = Function.identity();
    }

    int open() {
        return open.get();
    }

    /** How many transactions were rolled back, after a failure as a rule. */
    int rollbacks() {
        return rollbacks.get();
    }

    /** How often something was asked of a connection on a thread that must not block. */
    int onEventLoops() {
        return onEventLoops.get();
    }

    @Override
    public Publisher<? extends Connection> create() {
        return Mono.from(factory.create()).map(this::faulty);
    }

    private Connection faulty(Connection connection) {
        open.incrementAndGet();
        return (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    if (Schedulers.isInNonBlockingThread()) {
                        onEventLoops.incrementAndGet();
                    }
                    Object result = invoke(connection, method, arguments);
                    return switch (method.getName()) {
                        case "commitTransaction" -> commit.apply(publisher(result));
                        case "rollbackTransaction" ->
                            Flux.from(publisher(result)).doOnSubscribe(back -> rollbacks.incrementAndGet());
                        case "close" -> Flux.from(publisher(result)).doOnSubscribe(closing -> open.decrementAndGet());
                        default -> result;
                    };
                });
    }

    private static Object invoke(Connection connection, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(connection, arguments);
        } catch (InvocationTargetException e) {
            throw requireNonNull(e.getCause());
        }
    }

    @SuppressWarnings("unchecked")
    private static Publisher<Void> publisher(Object result) {
        return (Publisher<Void>) result;
    }

    @Override
    public ConnectionFactoryMetadata getMetadata() {
        return factory.getMetadata();
    }
}
