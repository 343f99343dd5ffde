package dev.reactiveimports;

import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** The service's four operations, each tried again by the rules of its kind and ended when the client closes. */
final class CallOperations {

    private final HttpEndpoint endpoint;
    private final CallAttempt attempts;
    private final CallPolicy policy;
    private final CallLifecycle lifecycle;
    private final ImportsListener listener;

    CallOperations(
            HttpEndpoint endpoint,
            CallAttempt attempts,
            CallPolicy policy,
            CallLifecycle lifecycle,
            ImportsListener listener) {
        this.endpoint = endpoint;
        this.attempts = attempts;
        this.policy = policy;
        this.lifecycle = lifecycle;
        this.listener = listener;
    }

    Mono<ImportPage> page(int limit, @Nullable String token) {
        return repeatable(HttpCall.list(endpoint, limit, token));
    }

    /**
     * One of several pages, asked for one after the other.
     *
     * @param timer of all of them, from {@link #timer}
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

    /** Sent again only while no attempt may have been taken. */
    Mono<String> start(StartImportRequest request) {
        HttpCall<String> call = HttpCall.start(endpoint, request);
        return named(call, Mono.defer(() -> {
            CallStartOutcome outcome = new CallStartOutcome(request);
            return lifecycle
                    .guard(policy.retryingIf(
                            call.operation(), n -> startOnce(call, outcome, n), outcome::surelyNotTaken))
                    .onErrorMap(outcome::explain)
                    .doOnCancel(outcome::giveUp);
        }));
    }

    private Mono<String> startOnce(HttpCall<String> call, CallStartOutcome outcome, int attempt) {
        CallRecorder recorder = new CallRecorder(call.operation(), attempt, listener, outcome);
        // never: given up means that the call has ended, which cancels this
        return outcome.begin(recorder) ? attempts.exchange(call, recorder) : Mono.never();
    }

    /** A 404 after a try without an answer may be that try's own doing: the import itself settles it. */
    Mono<Void> cancel(String id) {
        HttpCall<Integer> call = HttpCall.cancel(endpoint, id);
        return named(call, Mono.defer(() -> {
            AtomicBoolean unanswered = new AtomicBoolean();
            return lifecycle
                    .guard(policy.retrying(
                            call.operation(),
                            n -> attempts.exchange(call, recorder(call, n)).doOnError(failure -> {
                                if (!(failure instanceof ImportsApiException refusal && refusal.isThrottled())
                                        && ImportsRetry.isTransient(failure)) {
                                    unanswered.set(true);
                                }
                            })))
                    .then()
                    .onErrorResume(
                            failure -> unanswered.get() && isNotFound(failure),
                            notFound -> describe(id)
                                    .flatMap(now -> now.isTerminal() ? Mono.empty() : Mono.error(notFound)));
        }));
    }

    /** All but a request. */
    Mono<Void> warmup() {
        return named("warmup", null, lifecycle.guard(attempts.warmup()));
    }

    private <T> Mono<T> repeatable(HttpCall<T> call) {
        return named(
                call,
                lifecycle.guard(policy.retrying(call.operation(), n -> attempts.exchange(call, recorder(call, n)))));
    }

    private CallRecorder recorder(HttpCall<?> call, int attempt) {
        return new CallRecorder(call.operation(), attempt, listener);
    }

    private static <T> Mono<T> named(HttpCall<?> call, Mono<T> made) {
        return named(call.name(), call.target(), made);
    }

    /** Outermost, so that a failure of whatever kind knows its call. */
    static <T> Mono<T> named(String operation, @Nullable String target, Mono<T> call) {
        return call.onErrorMap(ImportsException.class, failure -> failure.during(operation, target));
    }

    private static boolean isNotFound(Throwable failure) {
        return failure instanceof ImportsApiException refusal && refusal.isNotFound();
    }
}
