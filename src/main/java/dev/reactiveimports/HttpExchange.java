package dev.reactiveimports;

import java.time.Instant;
import reactor.core.publisher.Mono;

/** What only the network does. Everything around it, such as permits, timeouts and retries, can be tested without one. */
interface HttpExchange {

    /**
     * One HTTP request and its decoded response, over one connection. Cancel closes the connection.
     *
     * @param observer {@link Observer#sending} is asked before anything is sent; then it receives this exchange's steps
     */
    <T> Mono<T> exchange(HttpCall<T> call, String key, Observer observer);

    /** Prepares what the first exchange needs; sends nothing. */
    default Mono<Void> warmup() {
        return Mono.empty();
    }

    /** The steps of one exchange. */
    interface Observer {

        /**
         * Called right before the request is written: from then on the service may have it.
         *
         * @return whether to write it; if not, the attempt was given up meanwhile, and not a byte may be sent
         */
        boolean sending(Instant now);

        void responded(int status);

        void received(long bodyBytes);
    }
}
