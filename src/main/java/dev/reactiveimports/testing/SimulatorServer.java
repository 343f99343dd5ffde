package dev.reactiveimports.testing;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.DisposableServer;
import reactor.netty.FutureMono;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.LoopResources;

/** A bound server with its connections and its threads. */
final class SimulatorServer {

    private static final Duration BIND_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final DisposableServer server;
    private final ChannelGroup connections;
    private final LoopResources threads;
    private final AtomicBoolean closed = new AtomicBoolean();

    private SimulatorServer(DisposableServer server, ChannelGroup connections, LoopResources threads) {
        this.server = server;
        this.connections = connections;
        this.threads = threads;
    }

    /** Waits until the port is known: without it there is nothing to hand to a test. Loopback needs about a millisecond. */
    static SimulatorServer bind(HttpServer http, LoopResources threads) {
        ChannelGroup connections = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE);
        try {
            DisposableServer server = http.doOnBound(
                            bound -> bound.channel().pipeline().addFirst(new Reception(connections)))
                    .bindNow(BIND_TIMEOUT);
            return new SimulatorServer(server, connections, threads);
        } catch (RuntimeException notBound) {
            threads.disposeLater(Duration.ZERO, CLOSE_TIMEOUT).subscribe();
            throw notBound;
        }
    }

    int port() {
        return server.port();
    }

    int connections() {
        return connections.size();
    }

    void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        server.dispose();
        // in this order: a connection that an ending event loop has still to register would stay open for ever
        Mono<Void> ended = server.onDispose()
                .thenMany(Flux.fromIterable(connections))
                .flatMap(connection -> FutureMono.deferFuture(connection::close))
                .then(threads.disposeLater(Duration.ZERO, CLOSE_TIMEOUT));
        CompletableFuture<Void> done = ended.toFuture();
        if (!Schedulers.isInNonBlockingThread()) {
            await(done);
        }
    }

    private static void await(CompletableFuture<Void> done) {
        try {
            done.get(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the simulator did not close within " + CLOSE_TIMEOUT, e);
        }
    }

    /** Knows a connection from the moment it is accepted, before an event loop has registered it. */
    private static final class Reception extends ChannelInboundHandlerAdapter {

        private final ChannelGroup connections;

        Reception(ChannelGroup connections) {
            this.connections = connections;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object accepted) {
            connections.add((Channel) accepted);
            context.fireChannelRead(accepted);
        }
    }
}
