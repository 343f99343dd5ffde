package dev.reactiveimports;

import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.util.retry.Retry;

/**
 * What all calls of a client together may spend on retries, so that an outage is not multiplied: a retry takes tokens,
 * and only calls that succeed at the first try bring them back. First attempts are free.
 */
final class RetryBudget {

    static final int TOKENS = 500;
    static final int RETRY_COST = 5;

    /** A timeout held a connection for its whole length, and its retry may do so again. */
    static final int TIMEOUT_COST = 10;

    private final AtomicInteger tokens = new AtomicInteger(TOKENS);

    /** A call succeeded at its first try. */
    void earn() {
        giveBack(1);
    }

    int tokens() {
        return tokens.get();
    }

    /**
     * A policy that decides as the delegate does, as long as there are tokens. They are taken when a transient failure
     * arrives, not after the wait, so that a thousand calls cannot all be waiting for the same tokens; those refused fail
     * at once with that very failure. What the delegate does not use is given back.
     */
    Retry guard(Retry delegate) {
        return new Guarded(delegate);
    }

    private boolean take(int cost) {
        int left = tokens.get();
        while (left >= cost) {
            if (tokens.compareAndSet(left, left - cost)) {
                return true;
            }
            left = tokens.get();
        }
        return false;
    }

    private void giveBack(int cost) {
        tokens.accumulateAndGet(cost, (left, more) -> Math.min(TOKENS, left + more));
    }

    private static int cost(Throwable failure) {
        boolean timeout = failure instanceof TimeoutException || failure.getCause() instanceof TimeoutException;
        return timeout ? TIMEOUT_COST : RETRY_COST;
    }

    private static Throwable spent(Throwable failure) {
        if (failure instanceof ImportsException e) {
            e.markRetryBudgetSpent();
        }
        return failure;
    }

    private final class Guarded extends Retry {

        private final Retry delegate;

        Guarded(Retry delegate) {
            super(delegate.retryContext());
            this.delegate = delegate;
        }

        @Override
        public Publisher<?> generateCompanion(Flux<RetrySignal> retrySignals) {
            return new Account().companion(delegate, retrySignals);
        }
    }

    /** One subscription's dealings. */
    private final class Account {

        private final AtomicInteger reserved = new AtomicInteger();
        private final Sinks.One<Object> refusal = Sinks.one();
        private volatile int price;
        private volatile Throwable failure = new IllegalStateException("no failure yet");

        Flux<?> companion(Retry delegate, Flux<Retry.RetrySignal> signals) {
            Flux<Retry.RetrySignal> affordable = signals.filter(signal -> reserve(signal.failure()));
            return Flux.from(delegate.generateCompanion(affordable))
                    .<Object>handle((go, sink) -> {
                        if (spend()) {
                            sink.next(go);
                        } else {
                            sink.error(spent(failure));
                        }
                    })
                    // beside the delegate, not through it: it might swallow the error
                    .takeUntilOther(refusal.asMono())
                    .doFinally(end -> giveBack(reserved.getAndSet(0)));
        }

        private boolean reserve(Throwable signalled) {
            failure = signalled;
            price = cost(signalled);
            if (!ImportsRetry.isTransient(signalled)) {
                // most likely final, so nothing to refuse; if the delegate retries it all the same, spend() takes them
                return true;
            }
            if (take(price)) {
                reserved.set(price);
                return true;
            }
            refusal.tryEmitError(spent(signalled));
            return false;
        }

        private boolean spend() {
            return reserved.getAndSet(0) > 0 || take(price);
        }
    }
}
