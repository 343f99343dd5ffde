package dev.reactiveimports.shared;

import dev.reactiveimports.ImportsApiException;
import dev.reactiveimports.ImportsException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** What concerns all runs of a pipeline, once there is such a failure: nothing is sent after it. */
final class RunStop {

    private static final int UNAUTHORIZED = 401;
    private static final int PAYMENT_REQUIRED = 402;
    private static final int FORBIDDEN = 403;

    private final RunDemand<?> demand;
    private final Sinks.One<Throwable> blind = Sinks.one();
    private volatile @Nullable Throwable reason;

    RunStop(RunDemand<?> demand) {
        this.demand = demand;
    }

    /** What is not the service's word on one request is a word on all of them: the key cannot be had, say. */
    static boolean concernsAll(Throwable failure) {
        return failure instanceof ImportsApiException rejection
                ? rejection.statusCode() == PAYMENT_REQUIRED || isBlind(failure)
                : !(failure instanceof ImportsException);
    }

    /** Whether the client cannot observe imports either. */
    private static boolean isBlind(Throwable failure) {
        return !(failure instanceof ImportsApiException rejection)
                || rejection.statusCode() == UNAUTHORIZED
                || rejection.statusCode() == FORBIDDEN;
    }

    void because(Throwable failure) {
        reason = failure;
        demand.stop(failure);
        if (isBlind(failure)) {
            blind.tryEmitValue(failure);
        }
    }

    @Nullable
    Throwable reason() {
        return reason;
    }

    /** Emits the failure after which this replica cannot observe what runs. */
    Mono<Throwable> blind() {
        return blind.asMono();
    }
}
