package dev.reactiveimports;

import java.time.Instant;
import reactor.core.publisher.Mono;

/**
 * The part of a call that needs the network. Everything around it, such as permits, timeouts and retries, can be tested
 * without.
 */
interface HttpExchange {

    /**
     * One HTTP request and its decoded response, over one connection. Cancel closes the connection.
     *
     * @param observer {@link Observer#sending} decides before anything is sent; the other methods then receive the steps
     *     of this exchange
     */
    <T> Mono<T> exchange(HttpCall<T> call, String key, Observer observer);

    /** Prepares what the first exchange needs, without sending a request. */
    default Mono<Void> warmup() {
        return Mono.empty();
    }

    /** The steps of one exchange. */
    interface Observer {

        /**
         * Called right before the request is written: from then on the service may have received it.
         *
         * @return whether to write it; if not, the call has been abandoned meanwhile, and not a byte may be sent
         */
        boolean sending(Instant now);

        void responded(int status);

        void received(long bodyBytes);
    }
}
