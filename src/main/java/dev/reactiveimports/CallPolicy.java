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
 * What happens around one attempt: it passes the throttle gate, a refusal closes the gate for all, and failures go to the
 * retry policy as long as the budget lasts. Stateless but for its parts: what a call counts lives in its subscription.
 */
final class CallPolicy {

    private static final Logger LOG = Loggers.getLogger(CallPolicy.class);

    /** How long the gate closes when a throttling service does not say, or says nonsense. */
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
     * How long a call may wait at the gate: as long as the policy waits for the service, and through the pause that the
     * client makes of its own accord.
     */
    static Duration longestWait(Retry retry) {
        Duration longest = longestPause(retry);
        return longest.compareTo(OWN_PAUSE) < 0 ? OWN_PAUSE : longest;
    }

    private static Duration longestPause(Retry retry) {
        return (retry instanceof ImportsRetry ours ? ours : ImportsRetry.ofDefaults()).maxRetryAfter();
    }

    /**
     * A call that may be sent any number of times.
     *
     * @param attempt one attempt, given its number: 1 for the first
     */
    <T> Mono<T> retrying(ImportsListener.Operation operation, IntFunction<Mono<T>> attempt) {
        return retryingIf(operation, attempt, failure -> true);
    }

    /**
     * A call that must not be sent twice if the service may have taken it. Other failures never meet the retry policy, not
     * even a caller's own that would retry everything.
     *
     * @param attempt one attempt, given its number: 1 for the first
     * @param surelyNotTaken whether a failure proves that the service did not take the call
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

    /** One subscription. Its attempts follow each other, so plain fields do. */
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

        /** What follows a first failure. Most calls have none, and are spared the machinery. */
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
                            words(e));
                }
            }
        }

        /** What calls that are not sent may quote: the rejection of a listing may show its token. */
        private ImportsApiException forOthers(ImportsApiException rejection) {
            return (ImportsApiException) ListenerGuard.withoutToken(operation, rejection);
        }

        /** Of a wait too long for anyone, callers should hear from the service, not sit it out in the queue. */
        private Duration pause(@Nullable Duration asked) {
            if (asked == null || asked.isZero() || asked.compareTo(longestPause) > 0) {
                return OWN_PAUSE;
            }
            return asked;
        }

        /** The last real failure, with its attempt count and those before it; a caller's own exception stays as it is. */
        private Throwable surface(Throwable signalled) {
            if (signalled instanceof ThrottleNotSent notSent) {
                if (last != null) {
                    trail.add(last);
                }
                LOG.debug("{} fails without being sent: {}", operation, words(notSent.failure()));
                return trail.suppressedBy(notSent.failure().afterAttempts(attempts));
            }
            Throwable real = last;
            boolean isRejection = signalled instanceof RejectedExecutionException;
            if (real == null || (real != signalled && !isRejection && !Exceptions.isRetryExhausted(signalled))) {
                return signalled;
            }
            if (real != signalled && isRejection) {
                // no scheduler to wait on: not what the caller asked about
                real.addSuppressed(signalled);
            }
            if (real instanceof ImportsException e) {
                e.afterAttempts(attempts);
                String why = e.retryBudgetSpent() ? "the client's retry budget is spent" : "the retry policy says so";
                LOG.debug("{} fails after {} attempts, because {}: {}", operation, attempts, why, words(e));
            }
            return trail.suppressedBy(real);
        }

        /** What a log may show: one line, and no token. */
        private String words(Throwable failure) {
            return LOG.isDebugEnabled()
                    ? ListenerGuard.withoutToken(operation, failure).toString()
                    : "";
        }

        private void tell(Duration delay, Throwable cause) {
            LOG.debug("{} is retried in {}, because attempt {} failed: {}", operation, delay, attempts, words(cause));
            if (listener != ImportsListener.NONE) {
                listener.inContext(context)
                        .onRetry(new ImportsListener.Retrying(
                                operation, attempts, delay, ListenerGuard.withoutToken(operation, cause)));
            }
        }

        private long now() {
            return gate.scheduler().now(TimeUnit.NANOSECONDS);
        }

        /** The policy, held to its duty: one retry for one failure at most, and an error when it will not retry. */
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
                        ? ours.companion(failures, (signal, delay) -> tell(delay, signal.failure()))
                        : Flux.from(retry.generateCompanion(failures))
                                .filter(go -> answers())
                                // a policy that just ends would turn the failure into an empty success
                                .concatWith(Mono.defer(() -> Mono.error(
                                        last == null ? new IllegalStateException("the retry policy ended") : last)));
            }

            /** One value answers one failure: what a policy has left over from the one before says nothing about this one. */
            private boolean answers() {
                Throwable failure = undecided.getAndSet(null);
                if (failure != null) {
                    tell(Duration.ofNanos(Math.max(0, now() - failedAt)), failure);
                }
                return failure != null;
            }
        }
    }
}
