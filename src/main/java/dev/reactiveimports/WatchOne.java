package dev.reactiveimports;

import java.time.Duration;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.Logger;
import reactor.util.Loggers;

/**
 * One subscription of {@link PollSpec#poll}. A round waits and polls; rounds are repeated, and a gate keeps each one
 * from starting without demand. A round without news is empty, and its demand is left to the next.
 */
final class WatchOne {

    private static final Logger LOG = Loggers.getLogger(WatchOne.class);

    private final PollSpec spec;
    private final Mono<ImportOperation> describe;
    private final Predicate<? super Throwable> expected;
    private final ImportsListener listener;
    private final WatchTime time;
    private final SuppressedFailures earlierFailures = new SuppressedFailures();

    // rounds follow each other, so none of this is shared
    private @Nullable WatchPace pace;
    private @Nullable ImportOperation emitted;
    private boolean ended;
    private int failures;
    private long polledAt;
    private long wait;

    WatchOne(
            PollSpec spec,
            Mono<ImportOperation> describe,
            Predicate<? super Throwable> expected,
            ImportsListener listener) {
        this.spec = spec;
        this.describe = describe;
        this.expected = expected;
        this.listener = listener;
        this.time = new WatchTime(spec.scheduler());
        this.polledAt = time.now(); // whose origin is arbitrary: 0 may be years ahead
    }

    Flux<ImportOperation> flux() {
        return DemandGate.onDemand(Mono.defer(this::round)).repeat(() -> !ended);
    }

    private Mono<ImportOperation> round() {
        Mono<ImportOperation> poll = describe.switchIfEmpty(Mono.error(WatchOne::nothing))
                .filter(this::isNews)
                .onErrorResume(this::afterFailure);
        long left = polledAt + wait - time.now();
        return left <= 0
                ? poll
                : Mono.delay(Duration.ofMillis(left), time.scheduler()).then(poll);
    }

    private boolean isNews(ImportOperation seen) {
        polled();
        if (pace == null) {
            pace = new WatchPace(seen.createdAt(), time.wallClock(), polledAt);
        }
        wait = pace.afterPoll(spec, seen.percentComplete(), polledAt);
        failures = 0;
        earlierFailures.clear();
        ended = seen.isTerminal();
        if (seen.equals(emitted)) {
            return false;
        }
        if (listener != ImportsListener.NONE && ImportStatusChange.differ(emitted, seen)) {
            listener.onStatusChange(ImportStatusChange.between(emitted, seen));
        }
        emitted = seen;
        return true;
    }

    private void polled() {
        polledAt = time.now();
        listener.onPoll(new ImportsListener.Poll(1, 1));
    }

    private Mono<ImportOperation> afterFailure(Throwable failure) {
        polled();
        if (expected.test(failure) || isPoolExhausted(failure)) {
            wait = WatchPace.afterFailure(spec, 1);
            return Mono.empty();
        }
        if (!ImportsRetry.isTransient(failure) || ++failures >= spec.maxFailures()) {
            return Mono.error(earlierFailures.suppressedBy(failure));
        }
        earlierFailures.add(failure);
        wait = WatchPace.afterFailure(spec, failures, failure);
        LOG.debug("Poll {} in a row failed; the next one is in {} ms: {}", failures, wait, failure.toString());
        return Mono.empty();
    }

    static ImportsProtocolException nothing() {
        return new ImportsProtocolException("the response is empty");
    }

    /** Nothing was sent for want of a connection of this client: the service has not failed, and the next poll may be luckier. */
    static boolean isPoolExhausted(Throwable failure) {
        return failure instanceof ImportsTransportException broken && broken.isPoolExhausted();
    }
}
