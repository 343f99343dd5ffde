package dev.reactiveimports;

import dev.reactiveimports.ImportsListener.Operation;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** The service's four operations, each tried again by the rules of its kind and ended when the client closes. */
final class CallOperations {

    private final HttpEndpoint host;
    private final CallAttempt http;
    private final CallPolicy policy;
    private final CallLifecycle closing;
    private final @Nullable ImportsListener listener;

    CallOperations(
            HttpEndpoint host,
            CallAttempt http,
            CallPolicy policy,
            CallLifecycle closing,
            @Nullable ImportsListener listener) {
        this.host = host;
        this.http = http;
        this.policy = policy;
        this.closing = closing;
        this.listener = listener;
    }

    Mono<ImportPage> page(int limit, @Nullable String token) {
        return named("list", null, repeatable(Operation.LIST, HttpCall.list(host, limit, token)));
    }

    /**
     * One of several pages, asked for one after the other.
     *
     * @param timer of all of them, from {@link #timer}
     */
    Mono<ImportPage> page(int limit, @Nullable String token, CallTimeout timer) {
        HttpCall<ImportPage> call = HttpCall.list(host, limit, token);
        return named(
                "list",
                null,
                closing.guard(policy.retrying(
                        Operation.LIST, n -> http.exchange(call, trace(Operation.LIST, n), timer))));
    }

    CallTimeout timer() {
        return http.timer();
    }

    Mono<ImportOperation> describe(String id) {
        return named("describe", CallTarget.ofId(id), repeatable(Operation.DESCRIBE, HttpCall.describe(host, id)));
    }

    /** Sent again only while no attempt may have been taken. */
    Mono<String> start(StartImportRequest request) {
        HttpCall<String> call = HttpCall.start(host, request);
        return named("start", CallTarget.ofUri(request.uri()), Mono.defer(() -> {
            CallStartOutcome attempts = new CallStartOutcome(request);
            return closing.guard(policy.retryingIf(
                            Operation.START, n -> startOnce(call, attempts, n), attempts::surelyNotTaken))
                    .onErrorMap(attempts::explain)
                    .doOnCancel(attempts::giveUp);
        }));
    }

    private Mono<String> startOnce(HttpCall<String> call, CallStartOutcome attempts, int attempt) {
        CallRecorder trace = new CallRecorder(Operation.START, attempt, listener, attempts);
        // never: given up means that the call has ended, which cancels this
        return attempts.begin(trace) ? http.exchange(call, trace) : Mono.never();
    }

    /** A 404 after a try without an answer may be that try's own doing: the import itself settles it. */
    Mono<Void> cancel(String id) {
        HttpCall<Integer> call = HttpCall.cancel(host, id);
        return named("cancel", CallTarget.ofId(id), Mono.defer(() -> {
            AtomicBoolean unanswered = new AtomicBoolean();
            return closing.guard(policy.retrying(
                            Operation.CANCEL,
                            n -> http.exchange(call, trace(Operation.CANCEL, n)).doOnError(failure -> {
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
        return named("warmup", null, closing.guard(http.warmup()));
    }

    private <T> Mono<T> repeatable(Operation operation, HttpCall<T> call) {
        return closing.guard(policy.retrying(operation, n -> http.exchange(call, trace(operation, n))));
    }

    private CallRecorder trace(Operation operation, int attempt) {
        return new CallRecorder(operation, attempt, listener);
    }

    /** Outermost, so that a failure of whatever kind knows its call. */
    static <T> Mono<T> named(String operation, @Nullable String target, Mono<T> call) {
        return call.onErrorMap(ImportsException.class, failure -> failure.during(operation, target));
    }

    private static boolean isNotFound(Throwable failure) {
        return failure instanceof ImportsApiException refusal && refusal.isNotFound();
    }
}
