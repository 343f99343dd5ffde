package dev.reactiveimports;

import java.time.Instant;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Whether one call to start an import may have been sent. Starting is not idempotent, so writing the request and giving the call
 * up exclude each other: both are steps of one atomic state, and whoever comes second reports what the first one did.
 */
final class CallStartOutcome {

    /** Rejections outside 3xx and 4xx that say the request was not, and never will be, acted on. */
    private static final Set<Integer> DEFINITE_5XX = Set.of(501, 505, 511);

    private static final Object IDLE = "no attempt under way";
    private static final Object GIVEN_UP = "given up: nothing is sent any more";

    private final StartImportRequest request;

    /** {@link #IDLE}; the trace of an attempt that may send; {@link Sent}; {@link #GIVEN_UP}. The last of them is final. */
    private final AtomicReference<Object> state = new AtomicReference<>(IDLE);

    CallStartOutcome(StartImportRequest request) {
        this.request = request;
    }

    /**
     * To be asked before an attempt begins.
     *
     * @param attempt asks {@link #claim} before it sends
     * @return whether it may begin; if not, the call has ended, and nobody waits for the attempt
     */
    boolean begin(CallRecorder attempt) {
        Object now = state.get();
        // one that was held back before it sent anything is followed by another without having failed
        return (now == IDLE || now instanceof CallRecorder) && state.compareAndSet(now, attempt);
    }

    /**
     * To be asked right before the request is written.
     *
     * @return whether to write it; if not, the attempt was given up
     */
    boolean claim(CallRecorder attempt, Instant now) {
        return state.compareAndSet(attempt, new Sent(attempt, now)) || isSentBy(attempt);
    }

    /** Then it may go on: an HTTP client with authentication of its own writes again after a 401. */
    private boolean isSentBy(CallRecorder attempt) {
        return state.get() instanceof Sent sent && sent.by() == attempt;
    }

    /** To be asked once of every failed attempt, before another may begin. */
    boolean surelyNotTaken(Throwable failure) {
        Object now = state.get();
        boolean settled = now instanceof CallRecorder || (now instanceof Sent && isDefinite(failure));
        return settled && state.compareAndSet(now, IDLE);
    }

    /** Nothing is sent from now on; what was, stays sent. */
    void giveUp() {
        Object now = state.get();
        while (!(now instanceof Sent) && !state.compareAndSet(now, GIVEN_UP)) {
            now = state.get();
        }
    }

    /** The failure that ends the call, as its caller is to see it. */
    Throwable explain(Throwable failure) {
        giveUp();
        if (!(state.get() instanceof Sent sent) || failure instanceof ImportOutcomeUnknownException) {
            return failure;
        }
        int attempts = failure instanceof ImportsException known ? known.attempts() : 1;
        return new ImportOutcomeUnknownException(request, sent.at(), failure).afterAttempts(attempts);
    }

    private static boolean isDefinite(Throwable failure) {
        if (failure instanceof ImportsTransportException broken) {
            return broken.isUnsent();
        }
        return failure instanceof ImportsApiException rejection && isDefinite(rejection);
    }

    private static boolean isDefinite(ImportsApiException rejection) {
        int status = rejection.statusCode();
        return status == 503
                ? rejection.retryAfter() != null
                : status < 500 ? status != 408 : DEFINITE_5XX.contains(status);
    }

    private record Sent(CallRecorder by, Instant at) {}
}
