package dev.reactiveimports;

import io.netty.channel.ChannelFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.netty.Connection;

/**
 * The connection of one exchange, which is closed when that is cancelled. reactor-netty does so too, but not if the response's
 * head arrives just then: the connection would stay open, and in the pool's count, for as long as the service keeps it.
 */
final class HttpExchangeConnection {

    private enum State {
        CANCELLED,
        ENDED
    }

    /** Null, then the connection, then a {@link State}, which is final. */
    private final AtomicReference<@Nullable Object> state = new AtomicReference<>();

    /** Whether a request may be written to the connection: not after a cancellation. */
    boolean use(Connection connection) {
        Object now = state.get();
        return !(now instanceof State) && state.compareAndSet(now, connection);
    }

    /** The response was received: from now on the connection may belong to another exchange. */
    void end() {
        Object now = state.get();
        if (!(now instanceof State)) {
            state.compareAndSet(now, State.ENDED);
        }
    }

    void cancel() {
        Object now = state.get();
        while (!(now instanceof State) && !state.compareAndSet(now, State.CANCELLED)) {
            now = state.get();
        }
        if (now instanceof Connection connection) {
            ChannelFuture unused = connection.channel().close();
        }
    }
}
