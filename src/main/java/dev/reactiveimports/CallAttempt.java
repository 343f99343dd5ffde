package dev.reactiveimports;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** One attempt of a call: an HTTP exchange with the key, a permit and a timeout. Retries are the caller's. */
final class CallAttempt {

    private final HttpExchange network;
    private final CallPermits permits;
    private final Mono<String> apiKey;
    private final Duration attemptTimeout;
    private final Scheduler scheduler;

    CallAttempt(HttpExchange network, CallPermits permits, Mono<String> apiKey, Duration attemptTimeout) {
        this.network = network;
        this.permits = permits;
        this.apiKey = apiKey.switchIfEmpty(Mono.error(() -> new IllegalStateException(
                "The API key's publisher completed without a key; it must emit one for each request.")));
        this.attemptTimeout = attemptTimeout;
        this.scheduler = permits.scheduler();
    }

    /** Prepares what the first exchange needs, without sending a request. */
    Mono<Void> warmup() {
        return network.warmup();
    }

    /**
     * Sends one request and decodes its response. Cancel closes the connection, or ends the wait for one, which counts
     * towards the timeout.
     *
     * @param recorder receives the steps of this attempt
     */
    <T> Mono<T> exchange(HttpCall<T> call, CallRecorder recorder) {
        return recorded(bare(call, recorder).timeout(attemptTimeout, timedOut(), scheduler), recorder);
    }

    /**
     * The same for one of several consecutive attempts.
     *
     * @param timer shared by all of them
     */
    <T> Mono<T> exchange(HttpCall<T> call, CallRecorder recorder, CallTimeout timer) {
        return recorded(bare(call, recorder).timeout(timer.signal(), timedOut()), recorder);
    }

    CallTimeout timer() {
        return new CallTimeout(scheduler, attemptTimeout);
    }

    private <T> Mono<T> timedOut() {
        return Mono.error(
                () -> SchedulerRejection.unlessDisposed(scheduler, () -> HttpFailures.timedOut(attemptTimeout)));
    }

    private <T> Mono<T> bare(HttpCall<T> call, CallRecorder recorder) {
        return Mono.defer(() -> {
            int passedAt = permits.closings();
            return apiKey.flatMap(key -> permits.holding(
                            fenced(network.exchange(call, Checks.requireApiKey(key), recorder)), passedAt)
                    .onErrorMap(CallAttempt::isFailure, HttpFailures::broken));
        });
    }

    private static <T> Mono<T> fenced(Mono<T> exchange) {
        return Mono.deferContextual(
                context -> RequestFence.of(context).getAsBoolean() ? exchange : Mono.error(RequestFence.Closed::new));
    }

    private <T> Mono<T> recorded(Mono<T> exchange, CallRecorder recorder) {
        if (!recorder.hasListener()) {
            return exchange;
        }
        return Mono.deferContextual(context -> {
            recorder.begun(now(), context);
            return exchange.doOnError(CallAttempt::isFailure, failure -> recorder.ended(now(), failure))
                    .doOnSuccess(value -> recorder.ended(now(), null))
                    .doOnCancel(() -> recorder.cancelled(now()));
        });
    }

    /** Not one: a call that has to pass the throttle gate again, or is fenced off, since there was no exchange. */
    private static boolean isFailure(Throwable signalled) {
        return !(signalled instanceof ThrottleGate.HeldBack || signalled instanceof RequestFence.Closed);
    }

    private long now() {
        return scheduler.now(TimeUnit.NANOSECONDS);
    }
}
