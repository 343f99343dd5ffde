package dev.reactiveimports;

import dev.reactiveimports.ImportsListener.Exchange;
import dev.reactiveimports.ImportsListener.Operation;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import reactor.util.context.ContextView;

/** One attempt while it runs: whether its request may be written, and what a listener will receive. Times are monotonic. */
final class CallRecorder {

    private final Operation operation;
    private final int attempt;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final @Nullable CallStartOutcome starts;
    private @Nullable ImportsListener listener;
    private long begunAt;
    private volatile int status;
    private volatile long bytes;

    /** Of an attempt that nothing keeps from being sent. */
    CallRecorder(Operation operation, int attempt, @Nullable ImportsListener listener) {
        this(operation, attempt, listener, null);
    }

    /**
     * Of an attempt that is sent once, or not at all.
     *
     * @param starts decides which; null if it may always be sent
     */
    CallRecorder(
            Operation operation, int attempt, @Nullable ImportsListener listener, @Nullable CallStartOutcome starts) {
        this.operation = operation;
        this.attempt = attempt;
        this.listener = listener;
        this.starts = starts;
    }

    /** Whether anyone listens to how it began and ended. */
    boolean isHeard() {
        return listener != null;
    }

    void begun(long nanos, ContextView context) {
        begunAt = nanos;
        listener = ListenerGuard.of(listener, context);
    }

    /**
     * To be asked right before the request is written: from then on the service may have it.
     *
     * @return whether to write it; if not, the attempt was given up meanwhile, and not a byte may go out
     */
    boolean sending(Instant now) {
        return starts == null || starts.claim(this, now);
    }

    void answered(int httpStatus) {
        status = httpStatus;
    }

    void received(long bodyBytes) {
        bytes = bodyBytes;
    }

    void ended(long nanos, @Nullable Throwable failure) {
        if (listener != null && ended.compareAndSet(false, true)) {
            listener.onExchange(new Exchange(
                    operation,
                    attempt,
                    status,
                    failure == null ? null : WithheldWords.of(operation, failure),
                    Duration.ofNanos(nanos - begunAt),
                    bytes));
        }
    }

    /** By the caller, whatever part of an answer had come: it is no success. */
    void cancelled(long nanos) {
        status = 0;
        ended(nanos, null);
    }
}
