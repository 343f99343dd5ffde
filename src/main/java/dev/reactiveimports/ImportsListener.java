package dev.reactiveimports;

import java.time.Duration;
import java.util.Collection;
import org.jspecify.annotations.Nullable;
import reactor.util.context.ContextView;

/**
 * Receives the events of a client, for metrics, logs and dashboards. Every method does nothing by default.
 *
 * <p>Methods are called on the thread of the event, usually an event loop, so they must not block. Their exceptions are
 * logged and have no effect on the call. They never receive the API key or a pagination token: the failure of a listing has
 * its type, status, code and request id, but not the response's message, which may quote a token.
 *
 * @since 0.1.0
 */
public interface ImportsListener {

    /** Receives everything and does nothing. */
    ImportsListener NONE = new ImportsListener() {};

    /**
     * Combines listeners: each receives every event, in order, even if an earlier one throws.
     *
     * @param listeners copied at once
     * @return a listener for {@link ReactiveImportsApi.Builder#listener}
     */
    static ImportsListener all(Collection<? extends ImportsListener> listeners) {
        return ListenerGuard.ofAll(listeners);
    }

    /**
     * Returns the listener for one subscriber, by that subscriber's Reactor {@link ContextView}. It may look up a span, a
     * tenant or a correlation id there. Called before events, several times in a call, so it must be fast. Defaults to this
     * listener, which also receives the events if the method throws.
     *
     * @param context the Context of the subscriber that the events belong to
     * @return this listener, or one for this subscriber alone
     */
    default ImportsListener inContext(ContextView context) {
        return this;
    }

    /**
     * An HTTP exchange ended: with a response, a failure or a cancellation.
     *
     * @param exchange the attempt and its outcome
     */
    default void onExchange(Exchange exchange) {}

    /**
     * An attempt failed and will be retried.
     *
     * @param retry what failed, and how long the client waits
     */
    default void onRetry(Retrying retry) {}

    /**
     * The service throttled a call, so that every call of this client waits.
     *
     * @param wait how long the client's calls are held back from now on
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

    /**
     * A pipeline of {@link ReactiveImportsApi#runImports} changed how many imports it keeps in progress: fewer under throttling
     * that its starts could not wait out, more when starts succeed again.
     *
     * @param slots how many from now on
     */
    default void onSlots(Slots slots) {}

    /** The service's four operations. */
    enum Operation {
        /** One page of the listing. */
        LIST(true),
        /** One import. */
        DESCRIBE(false),
        /** The start of an import. */
        START(false),
        /** The cancellation of an import. */
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
     * @param operation the operation
     * @param attempt 1 for the first attempt of a call, 2 for its first retry, and so on
     * @param status the HTTP status; 0 without a response, or if the caller cancelled before its end
     * @param failure why it failed; null for a success and for an exchange that the caller cancelled
     * @param duration from the first demand for this attempt to its end, the wait for a connection included
     * @param bytes the bytes of the response body that were read
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
     * @param operation the operation
     * @param attempt which attempt failed, 1 for the first
     * @param delay how long the client waits before the next
     * @param cause why the attempt failed
     */
    record Retrying(Operation operation, int attempt, Duration delay, Throwable cause) {}

    /**
     * How many imports a pipeline keeps in progress.
     *
     * @param now at most so many from now on
     * @param maxInProgress what its spec allows
     */
    record Slots(int now, int maxInProgress) {}

    /**
     * One tick of a watch.
     *
     * @param watched imports watched by it
     * @param requests list and describe calls it made, retries not counted
     */
    record Poll(int watched, int requests) {}
}
