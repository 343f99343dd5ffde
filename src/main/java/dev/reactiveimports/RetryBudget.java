package dev.reactiveimports;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.util.retry.Retry;

/**
 * Bounds the retries of all calls of a client together, so that retries do not multiply the load of an outage. A token
 * bucket of {@value #TOKENS} tokens: a retry takes {@value #RETRY_COST}, or {@value #TIMEOUT_COST} after a timeout, and
 * returns them when it succeeds. A call that succeeds at its first attempt adds one token, and so does every second. First
 * attempts are free.
 *
 * <p>So a thousand concurrent calls during an outage cause about a hundred retries, and later calls one more every five
 * seconds: 820 in an hour, however many calls there are. If a quarter of the attempts fail, a call earns 0.75 tokens and
 * spends 0.41 on average, so the budget stays full at any rate. A client that makes at most one call every 15 seconds always
 * has its three retries, whatever fails (every 30 seconds if all failures are timeouts).
 *
 * <p>The refill is computed on access from the scheduler's clock: there is no timer.
 */
final class RetryBudget {

    static final int TOKENS = 500;
    static final int RETRY_COST = 5;

    /** A timeout occupied a connection for its whole length, and its retry may do so again. */
    static final int TIMEOUT_COST = 10;

    /** The time in which one token is refilled. */
    private static final long NANOS_PER_TOKEN = TimeUnit.SECONDS.toNanos(1);

    private static final long FULL = TOKENS * NANOS_PER_TOKEN;

    private final Scheduler scheduler;

    /**
     * When the budget was, or would have been, empty: the tokens refilled since are those available. A single number, so
     * that an update is one CAS.
     */
    private final AtomicLong emptyAt;

    /** Creates a full budget. */
    RetryBudget(Scheduler scheduler) {
        this.scheduler = scheduler;
        this.emptyAt = new AtomicLong(now() - FULL);
    }

    /** Records a call that succeeded at its first attempt. */
    void earn() {
        giveBack(1);
    }

    int tokens() {
        return (int) (Math.max(0, refilled(emptyAt.get(), now())) / NANOS_PER_TOKEN);
    }

    Account account() {
        return new Account();
    }

    boolean take(int cost) {
        long price = cost * NANOS_PER_TOKEN;
        while (true) {
            long now = now();
            long since = emptyAt.get();
            long left = refilled(since, now) - price;
            if (left < 0) {
                return false;
            }
            if (emptyAt.compareAndSet(since, now - left)) {
                return true;
            }
        }
    }

    void giveBack(int cost) {
        while (true) {
            long now = now();
            long since = emptyAt.get();
            long before = refilled(since, now);
            long after = Math.min(FULL, before + cost * NANOS_PER_TOKEN);
            // full is full: most calls have nothing to write
            if (after == before || emptyAt.compareAndSet(since, now - after)) {
                return;
            }
        }
    }

    private static long refilled(long since, long now) {
        return Math.min(FULL, now - since);
    }

    private long now() {
        return scheduler.now(TimeUnit.NANOSECONDS);
    }

    private static int cost(Throwable failure) {
        if (failure instanceof ImportsTransportException local && local.isPoolExhausted()) {
            // never sent, so no load on the service
            return 0;
        }
        boolean timeout = failure instanceof TimeoutException || failure.getCause() instanceof TimeoutException;
        return timeout ? TIMEOUT_COST : RETRY_COST;
    }

    private static Throwable spent(Throwable failure) {
        if (failure instanceof ImportsException e) {
            e.markRetryBudgetSpent();
        }
        return failure;
    }

    /** The share of one call. */
    final class Account {

        private final AtomicInteger reserved = new AtomicInteger();
        private final AtomicInteger paid = new AtomicInteger();
        private final Sinks.One<Object> rejection = Sinks.one();
        private volatile int price;
        private volatile Throwable failure = new IllegalStateException("no failure yet");

        private Account() {}

        /**
         * A policy that decides like the delegate while there are tokens. They are reserved when a transient failure
         * arrives, not after the wait, so that a thousand calls cannot all wait for the same tokens; calls without tokens
         * fail at once with that failure. Tokens that the delegate does not use are returned.
         *
         * @param delegate of one subscription
         */
        Retry guard(Retry delegate) {
            return new Retry(delegate.retryContext()) {
                @Override
                public Publisher<?> generateCompanion(Flux<RetrySignal> retrySignals) {
                    return companion(delegate, retrySignals);
                }
            };
        }

        /** Returns the tokens of a retry that succeeded. */
        void succeeded() {
            giveBack(paid.getAndSet(0));
        }

        private Flux<?> companion(Retry delegate, Flux<Retry.RetrySignal> signals) {
            Flux<Retry.RetrySignal> affordable = signals.filter(signal -> reserve(signal.failure()));
            return Flux.from(delegate.generateCompanion(affordable))
                    .<Object>handle((go, sink) -> {
                        if (spend()) {
                            sink.next(go);
                        } else {
                            sink.error(spent(failure));
                        }
                    })
                    // beside the delegate, not through it, since it might swallow the error
                    .takeUntilOther(rejection.asMono())
                    .doFinally(end -> giveBack(reserved.getAndSet(0)));
        }

        private boolean reserve(Throwable signalled) {
            failure = signalled;
            price = cost(signalled);
            if (!ImportsRetry.isTransient(signalled)) {
                // most likely final, so no tokens are reserved; if the delegate retries it nevertheless, spend() takes
                // them
                return true;
            }
            if (take(price)) {
                reserved.set(price);
                return true;
            }
            rejection.tryEmitError(spent(signalled));
            return false;
        }

        private boolean spend() {
            int before = reserved.getAndSet(0);
            if (before == 0 && !take(price)) {
                return false;
            }
            paid.set(price);
            return true;
        }
    }
}
