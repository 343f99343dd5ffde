package dev.reactiveimports;

import dev.reactiveimports.ImportsListener.Exchange;
import dev.reactiveimports.ImportsListener.Operation;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import reactor.util.context.ContextView;

/** Records one attempt for the listener, and decides whether its request may be written. Times are monotonic. */
final class CallRecorder implements HttpExchange.Observer {

    private final Operation operation;
    private final int attempt;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final @Nullable CallStartOutcome starts;
    private ImportsListener listener;
    private long begunAt;
    private volatile int status;
    private volatile long bytes;

    /** Records an attempt that may always be sent. */
    CallRecorder(Operation operation, int attempt, ImportsListener listener) {
        this(operation, attempt, listener, null);
    }

    /**
     * Records an attempt that is sent at most once.
     *
     * @param starts decides whether it is sent; null if it always may be
     */
    CallRecorder(Operation operation, int attempt, ImportsListener listener, @Nullable CallStartOutcome starts) {
        this.operation = operation;
        this.attempt = attempt;
        this.listener = listener;
        this.starts = starts;
    }

    boolean hasListener() {
        return listener != ImportsListener.NONE;
    }

    void begun(long nanos, ContextView context) {
        begunAt = nanos;
        listener = listener.inContext(context);
    }

    @Override
    public boolean sending(Instant now) {
        return starts == null || starts.claim(this, now);
    }

    @Override
    public void responded(int httpStatus) {
        status = httpStatus;
    }

    @Override
    public void received(long bodyBytes) {
        bytes = bodyBytes;
    }

    void ended(long nanos, @Nullable Throwable failure) {
        if (listener != ImportsListener.NONE && ended.compareAndSet(false, true)) {
            listener.onExchange(new Exchange(
                    operation,
                    attempt,
                    status,
                    failure == null ? null : ListenerGuard.withoutToken(operation, failure),
                    Duration.ofNanos(nanos - begunAt),
                    bytes));
        }
    }

    /** Cancelled by the caller: not a success, whatever part of the response had arrived. */
    void cancelled(long nanos) {
        status = 0;
        ended(nanos, null);
    }
}
