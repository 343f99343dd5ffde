package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reactiveimports.ImportsListener.Operation;
import dev.reactiveimports.ImportsListener.Retrying;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;
import reactor.util.retry.Retry;

class CallPolicyTests {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final CountingScheduler time = new CountingScheduler();
    private final RetryBudget budget = new RetryBudget(time);
    private final ThrottleGate gate = new ThrottleGate(time, LIMIT, ImportsListener.NONE);
    private final List<Retrying> told = new ArrayList<>();
    private final ImportsListener listener = new ImportsListener() {
        @Override
        public void onRetry(Retrying retry) {
            told.add(retry);
            throw new IllegalStateException("a listener's own trouble");
        }
    };
    private final List<Long> instants = new ArrayList<>();
    private final List<Integer> numbers = new ArrayList<>();
    private final List<Object> outcomes = new ArrayList<>();

    private CallPolicy policy(Retry retry) {
        return new CallPolicy(retry, budget, gate, listener);
    }

    private CallPolicy exact() {
        return policy(ImportsRetry.ofDefaults().jitter(0));
    }

    private IntFunction<Mono<String>> failing(Throwable... failures) {
        return number -> Mono.defer(() -> {
            instants.add(time.millis());
            numbers.add(number);
            return number <= failures.length ? Mono.error(failures[number - 1]) : Mono.just("done");
        });
    }

    private Disposable start(Mono<?> call) {
        return call.subscribe(outcomes::add, outcomes::add, () -> outcomes.add("complete"));
    }

    private void run(Mono<?> call) {
        start(call);
        time.advance(Duration.ofHours(1));
    }

    /** Leaves none. */
    private void drain() {
        for (int i = 0; i < 100; i++) {
            start(policy(Retry.from(signals -> signals.concatMap(s -> Mono.never())))
                    .retrying(Operation.LIST, number -> Mono.error(Failures.reset())));
        }
        assertThat(budget.tokens()).isZero();
    }

    @Test
    void aFirstTrySuccessRefillsTheBudget() {
        drain();
        start(exact().retrying(Operation.LIST, failing()));
        assertThat(budget.tokens()).isEqualTo(1);
        start(exact().retrying(Operation.CANCEL, number -> Mono.empty()));
        assertThat(budget.tokens()).isEqualTo(2);
    }

    @Test
    void aRetryThatSucceedsCostsNothingInTheEnd() {
        start(exact().retrying(Operation.LIST, failing(Failures.timeout(), Failures.reset())));
        assertThat(budget.tokens()).isEqualTo(490);
        time.advance(Duration.ofMillis(200));
        assertThat(budget.tokens()).isEqualTo(485);
        time.advance(Duration.ofMillis(400));
        assertThat(outcomes).containsExactly("done", "complete");
        assertThat(budget.tokens()).as("but the first retry failed").isEqualTo(490);
    }

    @Test
    void anEmptySuccessStaysEmpty() {
        run(exact().retrying(Operation.CANCEL, number -> Mono.empty()));
        assertThat(outcomes).containsExactly("complete");
    }

    @Test
    void numbersItsAttemptsAndTellsTheListenerEachWait() {
        Throwable[] failures = {Failures.reset(), Failures.status(500)};
        run(exact().retrying(Operation.DESCRIBE, failing(failures)));
        assertThat(numbers).containsExactly(1, 2, 3);
        assertThat(instants).containsExactly(0L, 200L, 600L);
        assertThat(told)
                .containsExactly(
                        new Retrying(Operation.DESCRIBE, 1, Duration.ofMillis(200), failures[0]),
                        new Retrying(Operation.DESCRIBE, 2, Duration.ofMillis(400), failures[1]));
    }

    @Test
    void spendsItsRetriesAndSignalsTheLastFailure() {
        Throwable[] failures = {Failures.reset(), Failures.status(500), Failures.timeout(), Failures.status(503)};
        start(exact().retrying(Operation.LIST, failing(failures)));
        time.advance(Duration.ofMillis(1500));
        assertThat(outcomes).containsExactly(failures[3]);
        assertThat(((ImportsException) failures[3]).attempts()).isEqualTo(4);
        assertThat(failures[3].getSuppressed()).containsExactly(failures[0], failures[1], failures[2]);
        assertThat(told).hasSize(3);
        assertThat(budget.tokens()).isEqualTo(500 - 5 - 5 - 10 + 1);
    }

    @Test
    void tellsNothingWhenNothingIsRetried() {
        run(exact().retrying(Operation.LIST, failing(Failures.status(404))));
        assertThat(told).isEmpty();
        assertThat(instants).hasSize(1);
    }

    @Test
    void aThrowingAttemptIsAnErrorLikeAnyOther() {
        IllegalStateException thrown = new IllegalStateException("bug");
        run(exact().retrying(Operation.LIST, number -> {
            throw thrown;
        }));
        assertThat(outcomes).containsExactly(thrown);
    }

    @Test
    void oneThrottledCallHoldsBackTheOthers() {
        holdsBackTheOthers(3000, Failures.status(429, Duration.ofSeconds(3)));
        holdsBackTheOthers(3000, Failures.status(503, Duration.ofSeconds(3)));
    }

    @Test
    void holdsThemBackForASecondWhenTheServiceDoesNotSay() {
        holdsBackTheOthers(1000, Failures.status(429));
        holdsBackTheOthers(1000, Failures.status(429, Duration.ZERO));
        holdsBackTheOthers(1000, Failures.status(503, Duration.ZERO));
        holdsBackTheOthers(1000, Failures.status(429, Duration.ofSeconds(61)));
    }

    private void holdsBackTheOthers(long millis, Throwable refusal) {
        instants.clear();
        CallPolicy policy = policy(ImportsRetry.none());
        long from = time.millis();
        start(policy.retrying(Operation.LIST, failing(refusal)));
        start(policy.retrying(Operation.LIST, failing()));
        time.advance(Duration.ofHours(1));
        assertThat(instants).containsExactly(from, from + millis);
    }

    @Test
    void whoWasHeldBackPassesTheGateAgainAndHasNotTriedYet() {
        run(exact().retrying(Operation.LIST, failing(Failures.reset())));
        instants.clear();
        numbers.clear();
        told.clear();
        AtomicInteger heldBack = new AtomicInteger();
        long from = time.millis();
        run(exact().retrying(
                        Operation.LIST,
                        number -> failing().apply(number).flatMap(done -> {
                            if (heldBack.incrementAndGet() > 2) {
                                return Mono.just(done);
                            }
                            gate.throttled(Duration.ofSeconds(3), Failures.status(429), Context.empty());
                            return Mono.error(new ThrottleGate.HeldBack());
                        })));
        assertThat(numbers).containsExactly(1, 1, 1);
        assertThat(instants).containsExactly(from, from + 3000, from + 6000);
        assertThat(told).isEmpty();
        assertThat(outcomes).containsExactly("done", "complete", "done", "complete");
    }

    @Test
    void otherFailuresHoldBackNobody() {
        CallPolicy policy = policy(ImportsRetry.none());
        start(policy.retrying(Operation.LIST, failing(Failures.status(503))));
        start(policy.retrying(Operation.LIST, failing(Failures.status(500, Duration.ofSeconds(3)))));
        start(policy.retrying(Operation.LIST, failing(Failures.reset())));
        start(policy.retrying(Operation.LIST, failing()));
        assertThat(instants).containsExactly(0L, 0L, 0L, 0L);
    }

    @Test
    void respectsTheCallersMaxRetryAfterInTheGate() {
        Retry patient = ImportsRetry.none().maxRetryAfter(Duration.ofMinutes(5));
        ThrottleGate patientGate = new ThrottleGate(time, CallPolicy.longestWait(patient), ImportsListener.NONE);
        CallPolicy policy = new CallPolicy(patient, budget, patientGate, listener);
        start(policy.retrying(Operation.LIST, failing(Failures.status(429, Duration.ofMinutes(5)))));
        run(policy.retrying(Operation.LIST, failing()));
        assertThat(instants).containsExactly(0L, 300_000L);
    }

    @Test
    void cancelDuringTheWaitLeavesNothingBehind() {
        Disposable call = start(exact().retrying(Operation.LIST, failing(Failures.reset())));
        assertThat(time.timers()).isEqualTo(1);
        call.dispose();
        assertThat(time.timers()).isZero();
        assertThat(budget.tokens()).isEqualTo(500);
        time.advance(Duration.ofHours(1));
        assertThat(instants).hasSize(1);
        assertThat(outcomes).isEmpty();
    }

    @Test
    void cancelAtTheGateLeavesNothingBehind() {
        gate.throttled(Duration.ofSeconds(9), Failures.status(429), Context.empty());
        Disposable call = start(exact().retrying(Operation.LIST, failing()));
        assertThat(time.timers()).isEqualTo(1);
        call.dispose();
        assertThat(time.timers()).isZero();
        time.advance(Duration.ofHours(1));
        assertThat(instants).isEmpty();
    }

    @Test
    void cancelReachesTheAttempt() {
        AtomicInteger cancelled = new AtomicInteger();
        start(exact().retrying(Operation.LIST, n -> Mono.never().doOnCancel(cancelled::incrementAndGet)))
                .dispose();
        assertThat(cancelled).hasValue(1);
    }

    @Test
    void isColdAndCountsForEachSubscriptionAlone() {
        List<Throwable> made = new ArrayList<>();
        Mono<String> call = exact().retrying(Operation.LIST, number -> {
            numbers.add(number);
            made.add(Failures.reset());
            return Mono.error(made.get(made.size() - 1));
        });
        assertThat(numbers).isEmpty();
        run(call);
        run(call);
        assertThat(numbers).containsExactly(1, 2, 3, 4, 1, 2, 3, 4);
        assertThat(outcomes).containsExactly(made.get(3), made.get(7));
        assertThat(made.get(7).getSuppressed()).containsExactly(made.get(4), made.get(5), made.get(6));
    }

    @Test
    void eachAttemptSeesTheContext() {
        List<String> seen = new ArrayList<>();
        run(exact().retrying(
                        Operation.LIST,
                        number -> Mono.deferContextual(context -> {
                            seen.add(context.get("user"));
                            return Mono.<String>error(Failures.status(429));
                        }))
                .contextWrite(Context.of("user", "ada")));
        assertThat(seen).containsExactly("ada", "ada", "ada", "ada");
    }

    @Test
    void aSpentBudgetEndsCallsAtOnceAndSaysSo() {
        Mono<String> call = exact().retrying(Operation.LIST, number -> Mono.error(Failures.status(503)));
        for (int i = 0; i < 101; i++) {
            start(call);
        }
        assertThat(outcomes).hasSize(1);
        ImportsException refused = (ImportsException) outcomes.get(0);
        assertThat(refused.retryBudgetSpent()).isTrue();
        assertThat(refused.attempts()).isEqualTo(1);
        assertThat(told).hasSize(100);
    }

    @Test
    void unwrapsACallersExhaustedRetry() {
        Throwable[] failures = {Failures.reset(), Failures.status(500), Failures.status(404)};
        run(policy(Retry.max(2)).retrying(Operation.LIST, failing(failures)));
        assertThat(outcomes).containsExactly(failures[2]);
        assertThat(((ImportsException) failures[2]).attempts()).isEqualTo(3);
        assertThat(failures[2].getSuppressed()).containsExactly(failures[0], failures[1]);
        assertThat(told).extracting(Retrying::delay).containsExactly(Duration.ZERO, Duration.ZERO);
    }

    @Test
    void measuresTheWaitsOfACallersRetry() {
        Retry slow = Retry.fixedDelay(1, Duration.ofSeconds(7)).scheduler(time);
        Throwable failure = Failures.reset();
        time.advance(Duration.ofSeconds(5));
        run(policy(slow).retrying(Operation.DESCRIBE, failing(failure)));
        assertThat(instants).containsExactly(5000L, 12_000L);
        assertThat(told).containsExactly(new Retrying(Operation.DESCRIBE, 1, Duration.ofSeconds(7), failure));
    }

    @Test
    void leavesACallersOwnExceptionAlone() {
        IllegalArgumentException own = new IllegalArgumentException("mine");
        run(policy(Retry.max(1).onRetryExhaustedThrow((spec, signal) -> own))
                .retrying(Operation.LIST, failing(Failures.reset(), Failures.reset())));
        assertThat(outcomes).containsExactly(own);
        assertThat(own.getSuppressed()).isEmpty();
    }

    @Test
    void unwrapsEvenAnExhaustionWithoutACause() {
        ImportsApiException failure = Failures.status(500);
        Retry odd = Retry.from(signals -> signals.concatMap(s -> Mono.error(Exceptions.retryExhausted("gone", null))));
        run(policy(odd).retrying(Operation.LIST, failing(failure)));
        assertThat(outcomes).containsExactly(failure);
    }

    @Test
    void aRetryThatJustEndsIsNoSuccess() {
        ImportsTransportException failure = Failures.reset();
        run(policy(Retry.from(signals -> signals.next().then())).retrying(Operation.CANCEL, failing(failure)));
        assertThat(outcomes).containsExactly(failure);
        outcomes.clear();
        run(policy(Retry.from(signals -> Flux.empty())).retrying(Operation.CANCEL, failing(failure)));
        assertThat(outcomes).containsExactly(failure);
    }

    @Test
    void aRetryThatFiresUnaskedSendsNothingTwice() {
        Retry wild =
                Retry.from(signals -> Flux.interval(Duration.ofSeconds(1), time).onBackpressureDrop());
        Disposable call = start(policy(wild).retrying(Operation.START, number -> {
            numbers.add(number);
            return Mono.never();
        }));
        time.advance(Duration.ofMinutes(1));
        assertThat(numbers).containsExactly(1);
        call.dispose();
    }

    @Test
    void whatARetryHasLeftOverAnswersNoLaterFailure() {
        Retry stutter = Retry.from(signals ->
                signals.concatMap(s -> Mono.delay(Duration.ofSeconds(1), time).thenMany(Flux.just(1, 2, 3))));
        run(policy(stutter).retrying(Operation.LIST, failing(Failures.reset(), Failures.reset())));
        assertThat(instants).containsExactly(0L, 1000L, 2000L);
        assertThat(told).hasSize(2);
    }

    @Test
    void aRetryThatAnswersTwiceRetriesOnce() {
        Retry stutter = Retry.from(signals -> signals.concatMap(s -> Flux.just(1, 2, 3)));
        run(policy(stutter).retrying(Operation.LIST, failing(Failures.reset(), Failures.reset())));
        assertThat(numbers).containsExactly(1, 2, 3);
        assertThat(outcomes).containsExactly("done", "complete");
    }

    @Test
    void startIsNotRetriedUnlessSurelyNotTakenWhateverTheCallersRetrySays() {
        ImportsTransportException ambiguous = Failures.reset();
        for (Retry retry : List.of(
                Retry.indefinitely(),
                Retry.backoff(9, Duration.ofMillis(1)).scheduler(time),
                ImportsRetry.ofDefaults())) {
            instants.clear();
            outcomes.clear();
            run(policy(retry).retryingIf(Operation.START, failing(ambiguous), failure -> false));
            assertThat(outcomes).containsExactly(ambiguous);
            assertThat(instants).hasSize(1);
        }
        assertThat(told).isEmpty();
        assertThat(budget.tokens()).isEqualTo(500);
    }

    @Test
    void startIsRetriedWhileSurelyNotTaken() {
        ImportsTransportException refused = Failures.reset();
        ImportsTransportException ambiguous = Failures.timeout();
        run(exact().retryingIf(Operation.START, failing(refused, refused, ambiguous), failure -> failure == refused));
        assertThat(outcomes).containsExactly(ambiguous);
        assertThat(ambiguous.attempts()).isEqualTo(3);
        assertThat(ambiguous.getSuppressed()).containsExactly(refused);
        assertThat(instants).containsExactly(0L, 200L, 600L);
    }

    @Test
    void anAmbiguousRejectionStillClosesTheGate() {
        CallPolicy policy = exact();
        start(policy.retryingIf(Operation.START, failing(Failures.status(429)), failure -> false));
        start(policy.retrying(Operation.LIST, failing()));
        time.advance(Duration.ofHours(1));
        assertThat(instants).containsExactly(0L, 1000L);
    }

    @Test
    void aPredicateThatThrowsMeansNo() {
        ImportsTransportException failure = Failures.reset();
        IllegalStateException bug = new IllegalStateException("bug");
        run(policy(Retry.indefinitely()).retryingIf(Operation.START, failing(failure), f -> {
            throw bug;
        }));
        assertThat(outcomes).containsExactly(failure);
        assertThat(failure.getSuppressed()).containsExactly(bug);
        assertThat(instants).hasSize(1);
    }

    @Test
    void passesTheRetryContextOn() {
        List<String> seen = new ArrayList<>();
        Retry retry = Retry.max(1)
                .withRetryContext(Context.of("k", "v"))
                .doBeforeRetry(signal -> seen.add(signal.retryContextView().get("k")));
        run(policy(retry).retrying(Operation.LIST, failing(Failures.reset())));
        assertThat(seen).containsExactly("v");
    }

    @Test
    void aCallAtADisposedGateFailsInsteadOfHanging() {
        gate.throttled(Duration.ofSeconds(1), Failures.status(429), Context.empty());
        time.dispose();
        start(policy(Retry.indefinitely()).retrying(Operation.LIST, failing()));
        assertThat(outcomes).hasSize(1).first().isInstanceOf(ImportsTransportException.class);
        assertThat(numbers).isEmpty();
    }

    @Test
    void aCallThatCannotWaitForItsRetryFailsWithItsRealFailure() {
        ImportsTransportException failure = Failures.reset();
        time.dispose();
        start(exact().retrying(Operation.LIST, failing(failure)));
        assertThat(outcomes).containsExactly(failure);
        assertThat(failure.getSuppressed())
                .hasOnlyElementsOfType(java.util.concurrent.RejectedExecutionException.class);
    }

    @Test
    void aCallThatIsNotSentNeverMeetsTheRetryPolicyNorClosesTheGateAgain() {
        gate.throttled(Duration.ofSeconds(61), Failures.status(429), Context.empty());
        start(policy(Retry.indefinitely()).retrying(Operation.LIST, failing()));
        assertThat(outcomes).hasSize(1).first().isInstanceOf(ImportsApiException.class);
        ImportsApiException shed = (ImportsApiException) outcomes.get(0);
        assertThat(shed.attempts()).isZero();
        assertThat(shed.retryAfter()).isBetween(Duration.ofSeconds(61), Duration.ofMillis(61_010));
        assertThat(told).isEmpty();
        assertThat(gate.closings()).isEqualTo(1);
        assertThat(budget.tokens()).isEqualTo(500);
    }

    @Test
    void aRetryThatIsNotSentSurfacesWithWhatWentBefore() {
        ImportsApiException refusal = Failures.status(429, Duration.ofSeconds(3));
        start(exact().retrying(Operation.LIST, failing(refusal)));
        gate.throttled(Duration.ofSeconds(100), Failures.status(503), Context.empty());
        time.advance(Duration.ofSeconds(3));
        assertThat(outcomes).hasSize(1).first().isInstanceOf(ImportsApiException.class);
        ImportsApiException shed = (ImportsApiException) outcomes.get(0);
        assertThat(shed.statusCode()).isEqualTo(503);
        assertThat(shed.attempts()).isEqualTo(1);
        assertThat(shed.getSuppressed()).containsExactly(refusal);
        assertThat(shed.retryAfter()).isBetween(Duration.ofSeconds(97), Duration.ofMillis(97_010));
    }

    @Test
    void oneThatIsHeldBackForEverEndsByItsDeadline() {
        start(exact().retrying(
                        Operation.LIST,
                        number -> failing().apply(number).then(Mono.<String>defer(() -> {
                            gate.throttled(Duration.ofSeconds(7), Failures.status(429), Context.empty());
                            return Mono.error(new ThrottleGate.HeldBack());
                        }))));
        time.advance(Duration.ofSeconds(60));
        assertThat(outcomes).hasSize(1).first().isInstanceOf(ImportsApiException.class);
        assertThat(numbers).hasSize(9).containsOnly(1);
        assertThat(time.timers()).isZero();
    }

    @Test
    void waitsThroughItsOwnPauseHoweverImpatientTheCallerIs() {
        run(policy(ImportsRetry.ofDefaults().maxRetryAfter(Duration.ZERO))
                .retrying(Operation.LIST, failing(Failures.status(429), Failures.status(429))));
        assertThat(outcomes).containsExactly("done", "complete");
    }
}
