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
 * What all calls of a client together may spend on retries, so that an outage is not multiplied. There are at most
 * {@value #TOKENS} tokens. A retry takes {@value #RETRY_COST}, {@value #TIMEOUT_COST} after a timeout, and gets them back
 * when it succeeds. A call that succeeds at its first try brings one, and so does every second. First attempts are free.
 *
 * <p>So a thousand calls that meet a dead service at once cost it about a hundred retries, and those that follow one more
 * every five seconds: 820 in an hour, however many calls there are. Where a quarter of the attempts fails, a call wins 0.75
 * tokens and loses 0.41 on average, and the budget stays full at any rate. A client that makes no more than one call every
 * 15 seconds is never without its three retries, whatever fails (30 seconds if all of it are timeouts).
 *
 * <p>The refill is computed when somebody asks, from the scheduler's clock: there is no timer.
 */
final class RetryBudget {

    static final int TOKENS = 500;
    static final int RETRY_COST = 5;

    /** A timeout held a connection for its whole length, and its retry may do so again. */
    static final int TIMEOUT_COST = 10;

    /** The time in which one token comes back by itself. */
    private static final long NANOS_PER_TOKEN = TimeUnit.SECONDS.toNanos(1);

    private static final long FULL = TOKENS * NANOS_PER_TOKEN;

    private final Scheduler scheduler;

    /** When the budget was, or would have been, empty: what was refilled since is what there is. One number, so one CAS. */
    private final AtomicLong emptyAt;

    /** A full one. */
    RetryBudget(Scheduler scheduler) {
        this.scheduler = scheduler;
        this.emptyAt = new AtomicLong(now() - FULL);
    }

    /** A call succeeded at its first try. */
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
            // no burden on the service
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

    /** One call's dealings. */
    final class Account {

        private final AtomicInteger reserved = new AtomicInteger();
        private final AtomicInteger paid = new AtomicInteger();
        private final Sinks.One<Object> refusal = Sinks.one();
        private volatile int price;
        private volatile Throwable failure = new IllegalStateException("no failure yet");

        private Account() {}

        /**
         * A policy that decides as the delegate does, as long as there are tokens. They are taken when a transient failure
         * arrives, not after the wait, so that a thousand calls cannot all be waiting for the same tokens; those refused
         * fail at once with that very failure. What the delegate does not use is given back.
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

        /** The last retry did what it was for. */
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
            int before = reserved.getAndSet(0);
            if (before == 0 && !take(price)) {
                return false;
            }
            paid.set(price);
            return true;
        }
    }
}
