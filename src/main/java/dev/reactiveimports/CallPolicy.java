package dev.reactiveimports;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Signal;
import reactor.util.Logger;
import reactor.util.Loggers;
import reactor.util.context.ContextView;
import reactor.util.retry.Retry;

/**
 * What happens around each attempt: it passes the throttle gate, a throttling response closes the gate for all calls, and
 * failures go to the retry policy while the retry budget lasts. The state of a call lives in its subscription.
 */
final class CallPolicy {

    private static final Logger LOG = Loggers.getLogger(CallPolicy.class);

    /** How long the gate closes when a throttling response has no usable {@code Retry-After}. */
    static final Duration OWN_PAUSE = Duration.ofSeconds(1);

    private final Retry retry;
    private final RetryBudget budget;
    private final ThrottleGate gate;
    private final ImportsListener listener;
    private final Duration longestPause;

    CallPolicy(Retry retry, RetryBudget budget, ThrottleGate gate, ImportsListener listener) {
        this.retry = retry instanceof ImportsRetry ours ? ours.schedulerOr(gate.scheduler()) : retry;
        this.budget = budget;
        this.gate = gate;
        this.listener = ListenerGuard.of(listener);
        this.longestPause = longestPause(retry);
    }

    /**
     * How long a call may wait at the gate: as long as the policy waits for a {@code Retry-After}, and at least for the
     * client's own pause.
     */
    static Duration longestWait(Retry retry) {
        Duration longest = longestPause(retry);
        return longest.compareTo(OWN_PAUSE) < 0 ? OWN_PAUSE : longest;
    }

    private static Duration longestPause(Retry retry) {
        return (retry instanceof ImportsRetry ours ? ours : ImportsRetry.ofDefaults()).maxRetryAfter();
    }

    /**
     * A call that may be sent repeatedly.
     *
     * @param attempt one attempt, given its number: 1 for the first
     */
    <T> Mono<T> retrying(ImportsListener.Operation operation, IntFunction<Mono<T>> attempt) {
        return retryingIf(operation, attempt, failure -> true);
    }

    /**
     * A call that must not be sent twice if the service may have received it. Such failures never reach the retry policy,
     * not even a caller's own that would retry everything.
     *
     * @param attempt one attempt, given its number: 1 for the first
     * @param surelyNotTaken whether a failure proves that the service did not act on the call
     */
    <T> Mono<T> retryingIf(
            ImportsListener.Operation operation, IntFunction<Mono<T>> attempt, Predicate<Throwable> surelyNotTaken) {
        return Mono.deferContextual(context -> {
            Call call = new Call(operation, context);
            return call.exchange(attempt)
                    .onErrorResume(failure -> failure instanceof ThrottleNotSent
                            ? Mono.error(call.surface(failure))
                            : call.retried(failure, attempt, surelyNotTaken));
        });
    }

    private static boolean isTrue(Predicate<Throwable> surelyNotTaken, Throwable failure) {
        try {
            return surelyNotTaken.test(failure);
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
            return false;
        }
    }

    /** One subscription. Its attempts are sequential, so plain fields suffice. */
    private final class Call {

        private final ImportsListener.Operation operation;
        private final ContextView context;
        private final SuppressedFailures trail = new SuppressedFailures();
        private final AtomicReference<@Nullable Throwable> undecided = new AtomicReference<>();
        private RetryBudget.@Nullable Account account;
        private @Nullable Throwable last;
        private int attempts;
        private long failedAt;

        Call(ImportsListener.Operation operation, ContextView context) {
            this.operation = operation;
            this.context = context;
        }

        /** One attempt, at its subscription. */
        <T> Mono<T> exchange(IntFunction<Mono<T>> attempt) {
            long deadline = gate.deadline();
            return passed(gate.pass(deadline), deadline, attempt)
                    .doOnSuccess(response -> succeeded())
                    .doOnError(this::failed);
        }

        private <T> Mono<T> passed(Mono<Void> turn, long deadline, IntFunction<Mono<T>> attempt) {
            return turn.then(Mono.defer(() -> attempt.apply(++attempts)))
                    .onErrorResume(ThrottleGate.HeldBack.class, again -> {
                        attempts--;
                        LOG.debug(
                                "{} goes back to the queue: the service throttled others while it waited to be sent",
                                operation);
                        return passed(gate.again(deadline), deadline, attempt);
                    });
        }

        /** What follows a first failure: most calls have none and do not pay for the retry operators. */
        <T> Mono<T> retried(Throwable first, IntFunction<Mono<T>> attempt, Predicate<Throwable> surelyNotTaken) {
            AtomicBoolean begun = new AtomicBoolean();
            RetryBudget.Account paying = budget.account();
            account = paying;
            return Mono.defer(() -> begun.compareAndSet(false, true) ? Mono.<T>error(first) : exchange(attempt))
                    .materialize()
                    .<Signal<T>>handle((outcome, sink) -> {
                        Throwable failure = outcome.getThrowable();
                        if (failure != null
                                && !(failure instanceof ThrottleNotSent)
                                && isTrue(surelyNotTaken, failure)) {
                            sink.error(failure);
                        } else {
                            sink.next(outcome);
                        }
                    })
                    .retryWhen(paying.guard(new Observed()))
                    .<T>dematerialize()
                    .onErrorMap(this::surface);
        }

        private void succeeded() {
            gate.accepted();
            if (account != null) {
                account.succeeded();
            } else {
                budget.earn();
            }
        }

        private void failed(Throwable failure) {
            if (failure instanceof ThrottleNotSent) {
                return;
            }
            if (last != null) {
                trail.add(last);
            }
            last = failure;
            if (failure instanceof ImportsApiException e
                    && (e.isThrottled() || (e.statusCode() == 503 && e.retryAfter() != null))) {
                Duration pause = pause(e.retryAfter());
                if (gate.throttled(pause, forOthers(e), context)) {
                    LOG.debug(
                            "{} was throttled, so that all calls of this client wait for {}: {}",
                            operation,
                            pause,
                            logged(e));
                }
            }
        }

        /** What calls that are not sent may quote: the rejection of a listing may show its token. */
        private ImportsApiException forOthers(ImportsApiException rejection) {
            return (ImportsApiException) ListenerGuard.withoutToken(operation, rejection);
        }

        /** If Retry-After exceeds the limit, fail callers now instead of queueing them. */
        private Duration pause(@Nullable Duration requested) {
            if (requested == null || requested.isZero() || requested.compareTo(longestPause) > 0) {
                return OWN_PAUSE;
            }
            return requested;
        }

        /**
         * The last failure of an attempt, with its attempt count and the earlier failures as suppressed ones; an
         * exception of the retry policy's own is passed on unchanged.
         */
        private Throwable surface(Throwable signalled) {
            if (signalled instanceof ThrottleNotSent notSent) {
                if (last != null) {
                    trail.add(last);
                }
                LOG.debug("{} fails without being sent: {}", operation, logged(notSent.failure()));
                return trail.suppressedBy(notSent.failure().afterAttempts(attempts));
            }
            Throwable real = last;
            boolean isRejection = signalled instanceof RejectedExecutionException;
            if (real == null || (real != signalled && !isRejection && !Exceptions.isRetryExhausted(signalled))) {
                return signalled;
            }
            if (real != signalled && isRejection) {
                // the back-off could not be scheduled, which is secondary to the failure itself
                real.addSuppressed(signalled);
            }
            if (real instanceof ImportsException e) {
                e.afterAttempts(attempts);
                String why = e.retryBudgetSpent()
                        ? "the client's retry budget is spent"
                        : "the retry policy does not retry it";
                LOG.debug("{} fails after {} attempts, because {}: {}", operation, attempts, why, logged(e));
            }
            return trail.suppressedBy(real);
        }

        /** The failure as one log line, without token. */
        private String logged(Throwable failure) {
            return LOG.isDebugEnabled()
                    ? ListenerGuard.withoutToken(operation, failure).toString()
                    : "";
        }

        private void notifyRetry(Duration delay, Throwable cause) {
            LOG.debug("{} is retried in {}, because attempt {} failed: {}", operation, delay, attempts, logged(cause));
            if (listener != ImportsListener.NONE) {
                listener.inContext(context)
                        .onRetry(new ImportsListener.Retrying(
                                operation, attempts, delay, ListenerGuard.withoutToken(operation, cause)));
            }
        }

        private long now() {
            return gate.scheduler().now(TimeUnit.NANOSECONDS);
        }

        /** Wraps the policy so that each failure causes one retry at most, and a policy that completes causes an error. */
        private final class Observed extends Retry {

            Observed() {
                super(retry.retryContext());
            }

            @Override
            public Publisher<?> generateCompanion(Flux<RetrySignal> retrySignals) {
                Flux<RetrySignal> failures = retrySignals.doOnNext(signal -> {
                    failedAt = now();
                    undecided.set(signal.failure());
                });
                return retry instanceof ImportsRetry ours
                        ? ours.companion(failures, (signal, delay) -> notifyRetry(delay, signal.failure()))
                        : Flux.from(retry.generateCompanion(failures))
                                .filter(go -> decides())
                                // a policy that completes would turn the failure into an empty success
                                .concatWith(Mono.defer(() -> Mono.error(
                                        last == null
                                                ? new IllegalStateException(
                                                        "The retry policy completed; it must emit a value to retry, or an error to stop.")
                                                : last)));
            }

            /** Each value decides about one failure: surplus values of a policy must not apply to the next one. */
            private boolean decides() {
                Throwable failure = undecided.getAndSet(null);
                if (failure != null) {
                    notifyRetry(Duration.ofNanos(Math.max(0, now() - failedAt)), failure);
                }
                return failure != null;
            }
        }
    }
}
