package dev.reactiveimports;

import dev.reactiveimports.ImportsListener.Exchange;
import dev.reactiveimports.ImportsListener.Operation;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import reactor.util.context.ContextView;

/** What is known of one attempt while it runs: whether it may have reached the service, and what a listener will be told. */
final class ExchangeTrace {

    private final Operation operation;
    private final int attempt;
    private final AtomicBoolean ended = new AtomicBoolean();
    private @Nullable ImportsListener listener;
    private Instant begunAt = Instant.EPOCH;
    private volatile @Nullable Instant sentAt;
    private volatile int status;
    private volatile long bytes;

    ExchangeTrace(Operation operation, int attempt, @Nullable ImportsListener listener) {
        this.operation = operation;
        this.attempt = attempt;
        this.listener = listener;
    }

    /** Whether anyone listens to how it began and ended. */
    boolean isHeard() {
        return listener != null;
    }

    void begun(Instant now, ContextView context) {
        begunAt = now;
        listener = SafeListener.of(listener, context);
    }

    /** From here on the service may have the request. */
    void sending(Instant now) {
        sentAt = now;
    }

    void answered(int httpStatus) {
        status = httpStatus;
    }

    void received(long bodyBytes) {
        bytes = bodyBytes;
    }

    void ended(Instant now, @Nullable Throwable failure) {
        if (listener != null && ended.compareAndSet(false, true)) {
            listener.onExchange(new Exchange(
                    operation,
                    attempt,
                    status,
                    failure == null ? null : WithheldWords.of(operation, failure),
                    Duration.between(begunAt, now),
                    bytes));
        }
    }

    /** By the caller, whatever part of an answer had come: it is no success. */
    void cancelled(Instant now) {
        status = 0;
        ended(now, null);
    }

    /** When the request went out; null if it surely did not. */
    @Nullable
    Instant sentAt() {
        return sentAt;
    }
}
