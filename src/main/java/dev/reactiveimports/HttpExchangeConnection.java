package dev.reactiveimports;

import io.netty.channel.ChannelFuture;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
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
    private volatile @Nullable Object state;

    // without an object for each exchange
    private static final AtomicReferenceFieldUpdater<HttpExchangeConnection, @Nullable Object> STATE =
            AtomicReferenceFieldUpdater.newUpdater(HttpExchangeConnection.class, Object.class, "state");

    void use(Connection connection) {
        Object now = state;
        if (!(now instanceof State)) {
            STATE.compareAndSet(this, now, connection);
        }
    }

    /** Whether a request may be written to the connection: not after a cancellation. */
    boolean isUsed() {
        return state instanceof Connection;
    }

    /** The response was received: from now on the connection may belong to another exchange. */
    void end() {
        Object now = state;
        if (!(now instanceof State)) {
            STATE.compareAndSet(this, now, State.ENDED);
        }
    }

    void cancel() {
        Object now = state;
        while (!(now instanceof State) && !STATE.compareAndSet(this, now, State.CANCELLED)) {
            now = state;
        }
        if (now instanceof Connection connection) {
            ChannelFuture unused = connection.channel().close();
        }
    }
}
