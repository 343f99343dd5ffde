package dev.reactiveimports;

import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** The service's four operations, each retried by the rules of its kind and ended when the client is closed. */
final class CallOperations {

    private final HttpEndpoint endpoint;
    private final CallAttempt attempts;
    private final CallPolicy policy;
    private final CallLifecycle lifecycle;
    private final ImportsListener listener;
    private final SchedulerGuard scheduler;

    CallOperations(
            HttpEndpoint endpoint,
            CallAttempt attempts,
            CallPolicy policy,
            CallLifecycle lifecycle,
            ImportsListener listener,
            SchedulerGuard scheduler) {
        this.endpoint = endpoint;
        this.attempts = attempts;
        this.policy = policy;
        this.lifecycle = lifecycle;
        this.listener = listener;
        this.scheduler = scheduler;
    }

    Mono<ImportPage> page(int limit, @Nullable String token) {
        return repeatable(HttpCall.list(endpoint, limit, token));
    }

    /**
     * One of several pages that are fetched one after the other.
     *
     * @param timer shared by all of them, from {@link #timer}
     */
    Mono<ImportPage> page(int limit, @Nullable String token, CallTimeout timer) {
        HttpCall<ImportPage> call = HttpCall.list(endpoint, limit, token);
        return named(
                call,
                lifecycle.guard(
                        policy.retrying(call.operation(), n -> attempts.exchange(call, recorder(call, n), timer))));
    }

    CallTimeout timer() {
        return attempts.timer();
    }

    Mono<ImportOperation> describe(String id) {
        return repeatable(HttpCall.describe(endpoint, id));
    }

    /** Retried only while the service cannot have received an attempt. */
    Mono<String> start(StartImportRequest request) {
        HttpCall<String> call = HttpCall.start(endpoint, request);
        return named(call, Mono.deferContextual(context -> {
            CallStartOutcome outcome = new CallStartOutcome(request, RequestFence.of(context));
            return lifecycle
                    .guard(policy.retryingIf(
                            call.operation(), n -> startOnce(call, outcome, n), outcome::surelyNotTaken))
                    .onErrorMap(outcome::explain)
                    .doOnCancel(outcome::abandon);
        }));
    }

    private Mono<String> startOnce(HttpCall<String> call, CallStartOutcome outcome, int attempt) {
        CallRecorder recorder = new CallRecorder(call.operation(), attempt, listener, outcome);
        // never: an abandoned call has ended, which cancels this
        return outcome.begin(recorder)
                ? attempts.exchange(call, recorder).takeUntilOther(outcome.fencedOff())
                : Mono.never();
    }

    /** A 404 after an attempt without a response may be the effect of that attempt: describing the import decides. */
    Mono<Void> cancel(String id) {
        HttpCall<Integer> call = HttpCall.cancel(endpoint, id);
        return named(call, Mono.defer(() -> {
            AtomicBoolean maybeCancelled = new AtomicBoolean();
            return lifecycle
                    .guard(policy.retrying(
                            call.operation(),
                            n -> attempts.exchange(call, recorder(call, n)).doOnError(failure -> {
                                if (!(failure instanceof ImportsApiException rejection && rejection.isThrottled())
                                        && ImportsRetry.isTransient(failure)) {
                                    maybeCancelled.set(true);
                                }
                            })))
                    .then()
                    .onErrorResume(
                            failure -> maybeCancelled.get() && isNotFound(failure),
                            notFound -> describe(id)
                                    .flatMap(now -> now.isTerminal() ? Mono.empty() : Mono.error(notFound)));
        }));
    }

    /** Prepares everything but sends no request. */
    Mono<Void> warmup() {
        return named("warmup", null, SchedulerRejection.guard(lifecycle.guard(attempts.warmup()), scheduler));
    }

    private <T> Mono<T> repeatable(HttpCall<T> call) {
        return named(
                call,
                lifecycle.guard(policy.retrying(call.operation(), n -> attempts.exchange(call, recorder(call, n)))));
    }

    private CallRecorder recorder(HttpCall<?> call, int attempt) {
        return new CallRecorder(call.operation(), attempt, listener);
    }

    private <T> Mono<T> named(HttpCall<?> call, Mono<T> result) {
        return named(call.name(), call.target(), SchedulerRejection.guard(result, scheduler));
    }

    /** Outermost, so that every failure names its call. */
    static <T> Mono<T> named(String operation, @Nullable String target, Mono<T> call) {
        return call.onErrorMap(failure -> SchedulerRejection.explain(failure) instanceof ImportsException known
                ? known.during(operation, target)
                : failure);
    }

    private static boolean isNotFound(Throwable failure) {
        return failure instanceof ImportsApiException rejection && rejection.isNotFound();
    }
}
