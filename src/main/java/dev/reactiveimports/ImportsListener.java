package dev.reactiveimports;

import java.time.Duration;
import java.util.Collection;
import org.jspecify.annotations.Nullable;
import reactor.util.context.ContextView;

/**
 * Told what a client does on the wire: for metrics, logs and dashboards. Every method does nothing by default.
 *
 * <p>Methods are called on the thread where the event happens, an event loop more often than not, so they must not block.
 * What they throw is logged and changes nothing. They never see the API key or a pagination token: of a failed listing
 * they are told the kind, the status, the code and the request id, but not the answer's words, which may quote a token.
 *
 * @since 0.1.0
 */
public interface ImportsListener {

    /** Receives everything and does nothing. */
    ImportsListener NONE = new ImportsListener() {};

    /**
     * Several as one: each is told of everything, in order, whatever the ones before it throw.
     *
     * @param listeners copied at once
     * @return a listener for {@link ReactiveImportsApi.Builder#listener}
     */
    static ImportsListener all(Collection<? extends ImportsListener> listeners) {
        return ListenerGuard.ofAll(listeners);
    }

    /**
     * Who is to be told of what happens for one subscriber, by that subscriber's Reactor Context: the place to look for a
     * span, a tenant or a correlation id. Asked before events, more than once in a call, so it must be quick. Defaults to
     * this listener. If it throws, this listener is told.
     *
     * @param context of the subscriber on whose behalf something happens
     * @return this listener, or one for this subscriber alone
     */
    default ImportsListener inContext(ContextView context) {
        return this;
    }

    /**
     * An HTTP exchange ended: answered, failed or cancelled.
     *
     * @param exchange what was tried and what came of it
     */
    default void onExchange(Exchange exchange) {}

    /**
     * An attempt failed and another one will follow.
     *
     * @param retry what failed, and how long the client waits
     */
    default void onRetry(Retrying retry) {}

    /**
     * The service asked for fewer requests, in its answer to one call; every call of this client waits.
     *
     * @param wait for how long the client's calls are held back from now on
     */
    default void onThrottle(Duration wait) {}

    /**
     * One tick of a watch ended.
     *
     * @param poll how many imports were watched and what it cost
     */
    default void onPoll(Poll poll) {}

    /**
     * A watch saw an import's status change.
     *
     * @param change from what to what
     */
    default void onStatusChange(ImportStatusChange change) {}

    /** The service's four operations. */
    enum Operation {
        /** One page of the listing. */
        LIST(true),
        /** One import. */
        DESCRIBE(false),
        /** A new import. */
        START(false),
        /** The end of an import. */
        CANCEL(false);

        private final boolean hasToken;

        Operation(boolean hasToken) {
            this.hasToken = hasToken;
        }

        /** Whether a request or a response carries a pagination token, which a listener must not see. */
        boolean hasToken() {
            return hasToken;
        }
    }

    /**
     * One HTTP exchange.
     *
     * @param operation what was asked for
     * @param attempt 1 for the first try of a call, 2 for its first retry, and so on
     * @param status the HTTP status, 0 when no answer came, or not all of it before the caller cancelled
     * @param failure why it failed; null for a success and for an exchange that the caller cancelled
     * @param duration from the first demand for this attempt to its end, the wait for a connection included
     * @param bytes bytes of the answer's body that were read
     */
    record Exchange(
            Operation operation,
            int attempt,
            int status,
            @Nullable Throwable failure,
            Duration duration,
            long bytes) {}

    /**
     * A retry to come.
     *
     * @param operation what was asked for
     * @param attempt which attempt failed, 1 for the first
     * @param delay how long the client waits before the next
     * @param cause why the attempt failed
     */
    record Retrying(Operation operation, int attempt, Duration delay, Throwable cause) {}

    /**
     * One tick of a watch.
     *
     * @param watched imports watched by it
     * @param requests list and describe calls it made, retries not counted
     */
    record Poll(int watched, int requests) {}
}
