package dev.reactiveimports.shared;

import java.time.Duration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.Logger;
import reactor.util.Loggers;
import reactor.util.retry.Retry;

/** Reads the store again for as long as that may help. */
final class SharedRetry {

    private static final Logger LOG = Loggers.getLogger(SharedImports.class);
    private static final long MIN_MILLIS = 100;
    private static final long MAX_MILLIS = 5_000;

    private SharedRetry() {}

    /** Whether the failure of a store is one that passes. */
    static boolean passes(Throwable failure) {
        return !(failure instanceof IllegalStateException);
    }

    /** An operation of the store, until it succeeds or says that it never will. */
    static <T> Mono<T> untilDone(SharedSettings settings, String what, Mono<T> operation) {
        return settings.bounded(operation).retryWhen(forEver(settings, what));
    }

    static <T> Flux<T> untilCancelled(SharedSettings settings, String what, Flux<T> source) {
        return source.retryWhen(forEver(settings, what));
    }

    private static Retry forEver(SharedSettings settings, String what) {
        return Retry.from(signals -> signals.concatMap(signal -> {
            Throwable failure = signal.failure();
            if (!passes(failure)) {
                return Mono.error(failure);
            }
            Duration wait = backoff(settings, signal.totalRetriesInARow());
            LOG.debug("watch {}: {} failed, again in {}", settings.watch(), what, wait, failure);
            return settings.delay(wait);
        }));
    }

    /** Half of it is random. */
    static Duration backoff(SharedSettings settings, long retries) {
        long longest = Math.min(MAX_MILLIS, MIN_MILLIS << Math.min(retries, 10));
        return Duration.ofMillis(
                Math.round(longest * (0.5 + 0.5 * settings.random().getAsDouble())));
    }
}
