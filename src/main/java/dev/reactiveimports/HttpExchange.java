package dev.reactiveimports;

import reactor.core.publisher.Mono;

/** What only the network does. Everything around it, such as permits, timeouts and retries, can be tested without one. */
interface HttpExchange {

    /**
     * One request and its decoded response, over one connection. Cancel closes the connection.
     *
     * @param trace {@link CallRecorder#sending} is asked before anything goes out; then it receives this exchange's steps
     */
    <T> Mono<T> exchange(HttpCall<T> call, String key, CallRecorder trace);

    /** Prepares what the first exchange needs; no request. */
    default Mono<Void> warmup() {
        return Mono.empty();
    }
}
