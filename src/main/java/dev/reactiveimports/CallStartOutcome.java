package dev.reactiveimports;

import java.time.Instant;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Whether the request of one start call may have been sent. Starting is not idempotent, so writing the request and
 * abandoning the call exclude each other: both are transitions of one atomic state, and the second one sees the first.
 */
final class CallStartOutcome {

    /** The 5xx statuses which state that the request was not, and never will be, acted on. */
    private static final Set<Integer> DEFINITE_5XX = Set.of(501, 505, 511);

    private static final Object IDLE = "no attempt under way";
    private static final Object ABANDONED = "abandoned: nothing is sent any more";

    private final StartImportRequest request;

    /**
     * {@link #IDLE}; the recorder of an attempt that may be sent; {@link Sent}; {@link #ABANDONED}. The last of them is
     * final.
     */
    private final AtomicReference<Object> state = new AtomicReference<>(IDLE);

    private final BooleanSupplier fence;
    private final Sinks.Empty<Void> fencedOff = Sinks.empty();

    CallStartOutcome(StartImportRequest request) {
        this(request, () -> true);
    }

    /**
     * Of one call.
     *
     * @param fence whether anything may be sent; asked right before
     */
    CallStartOutcome(StartImportRequest request, BooleanSupplier fence) {
        this.request = request;
        this.fence = fence;
    }

    /** Fails when an attempt was not sent because its fence was closed. */
    Mono<Void> fencedOff() {
        return fencedOff.asMono();
    }

    /**
     * Registers an attempt before it begins.
     *
     * @param attempt calls {@link #claim} before it is sent
     * @return whether it may begin; if not, the call has ended already
     */
    boolean begin(CallRecorder attempt) {
        Object now = state.get();
        // an attempt that was held back before it was sent is followed by another without a failure
        return (now == IDLE || now instanceof CallRecorder) && state.compareAndSet(now, attempt);
    }

    /**
     * Marks the request as sent, right before it is written.
     *
     * @return whether to write it; if not, the call was abandoned, or its fence is closed
     */
    boolean claim(CallRecorder attempt, Instant now) {
        if (!fence.getAsBoolean()) {
            fencedOff.tryEmitError(new RequestFence.Closed());
            return false;
        }
        return state.compareAndSet(attempt, new Sent(attempt, now)) || isSentBy(attempt);
    }

    /** An attempt may write again: an HTTP client with its own authentication does so after a 401. */
    private boolean isSentBy(CallRecorder attempt) {
        return state.get() instanceof Sent sent && sent.by() == attempt;
    }

    /** To be called once for every failed attempt, before another may begin. */
    boolean surelyNotTaken(Throwable failure) {
        Object now = state.get();
        boolean settled = now instanceof CallRecorder || (now instanceof Sent && isDefinite(failure));
        return settled && state.compareAndSet(now, IDLE);
    }

    /** Prevents any further sending; a request that was sent stays sent. */
    void abandon() {
        Object now = state.get();
        while (!(now instanceof Sent) && !state.compareAndSet(now, ABANDONED)) {
            now = state.get();
        }
    }

    /** The failure that ends the call, as the caller receives it. */
    Throwable explain(Throwable failure) {
        abandon();
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
