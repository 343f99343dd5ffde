package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.Context;
import reactor.util.retry.Retry;

class RetryBudgetTests {

    private final CountingScheduler time = new CountingScheduler();
    private final RetryBudget budget = new RetryBudget(time);
    private final ImportsRetry exact = ImportsRetry.ofDefaults().jitter(0).scheduler(time);
    private final AtomicInteger attempts = new AtomicInteger();
    private final List<Throwable> failures = new ArrayList<>();

    private Mono<String> failing(Supplier<? extends Throwable> failure) {
        return Mono.defer(() -> {
            attempts.incrementAndGet();
            return Mono.error(failure.get());
        });
    }

    private Disposable start(Mono<?> call) {
        return call.subscribe(v -> {}, failures::add);
    }

    /** Leaves this many tokens. */
    private void drainTo(int left) {
        List<Disposable> waiting = new ArrayList<>();
        for (int i = 0; i < (RetryBudget.TOKENS - left + 4) / 5; i++) {
            waiting.add(start(failing(Failures::reset)
                    .retryWhen(budget.account().guard(Retry.from(signals -> signals.concatMap(s -> Mono.never()))))));
        }
        while (budget.tokens() < left) {
            budget.earn();
        }
        assertThat(budget.tokens()).isEqualTo(left);
        attempts.set(0);
    }

    @Test
    void aThousandCallsAgainstADeadServiceCostAHundredRetries() {
        for (int i = 0; i < 1000; i++) {
            start(failing(() -> Failures.status(503)).retryWhen(budget.account().guard(exact)));
        }
        // those refused were told at once: no virtual time has passed
        assertThat(failures).hasSize(900).allMatch(e -> ((ImportsException) e).retryBudgetSpent());
        assertThat(attempts).hasValue(1000);
        time.advance(Duration.ofHours(1));
        assertThat(failures).hasSize(1000);
        assertThat(attempts).hasValue(1100);
        assertThat(failures.get(0).toString()).contains("retry budget is spent");
        assertThat(time.timers()).isZero();
    }

    @Test
    void timeoutsCostTwice() {
        for (int i = 0; i < 1000; i++) {
            start(failing(Failures::timeout).retryWhen(budget.account().guard(exact)));
        }
        time.advance(Duration.ofHours(1));
        assertThat(attempts).hasValue(1050);
        assertThat(failures).hasSize(1000);
    }

    @Test
    void aBareTimeoutCostsTwiceToo() {
        start(failing(TimeoutException::new).retryWhen(budget.account().guard(exact.maxRetries(1))));
        assertThat(budget.tokens()).isEqualTo(490);
        start(failing(IOException::new).retryWhen(budget.account().guard(exact.maxRetries(1))));
        assertThat(budget.tokens()).isEqualTo(485);
    }

    @Test
    void takesTheTokensBeforeTheWaitAndKeepsThemAfterTheRetry() {
        start(failing(Failures::reset).retryWhen(budget.account().guard(exact.maxRetries(1))));
        assertThat(budget.tokens()).isEqualTo(495);
        time.advance(Duration.ofMillis(300));
        assertThat(attempts).hasValue(2);
        // the second failure's were given back: the policy did not use them
        assertThat(budget.tokens()).isEqualTo(495);
    }

    @Test
    void cancelDuringTheWaitGivesThemBack() {
        Disposable call =
                start(failing(Failures::reset).retryWhen(budget.account().guard(exact)));
        assertThat(budget.tokens()).isEqualTo(495);
        call.dispose();
        assertThat(budget.tokens()).isEqualTo(500);
        assertThat(time.timers()).isZero();
    }

    @Test
    void aDelegateThatEndsGivesThemBack() {
        start(failing(Failures::reset)
                .retryWhen(budget.account()
                        .guard(Retry.from(signals -> signals.next().then()))));
        start(failing(Failures::reset)
                .retryWhen(budget.account()
                        .guard(Retry.from(signals -> signals.flatMap(s -> Mono.error(s.failure()))))));
        assertThat(budget.tokens()).isEqualTo(500);
        assertThat(attempts).hasValue(2);
    }

    @Test
    void firstTrySuccessesRefillUpToTheBrim() {
        budget.earn();
        assertThat(budget.tokens()).isEqualTo(500);
        drainTo(3);
        budget.earn();
        assertThat(budget.tokens()).isEqualTo(4);
        start(failing(Failures::reset).retryWhen(budget.account().guard(exact)));
        assertThat(failures).hasSize(1);
        budget.earn();
        start(failing(Failures::reset).retryWhen(budget.account().guard(exact)));
        assertThat(failures).hasSize(1);
        assertThat(budget.tokens()).isZero();
    }

    @Test
    void oneTokenComesBackEverySecondUpToTheBrim() {
        drainTo(0);
        time.advance(Duration.ofMillis(999));
        assertThat(budget.tokens()).isZero();
        time.advance(Duration.ofMillis(1));
        assertThat(budget.tokens()).isEqualTo(1);
        time.advance(Duration.ofMillis(3_999));
        start(failing(Failures::reset).retryWhen(budget.account().guard(exact)));
        assertThat(failures).hasSize(1);
        time.advance(Duration.ofMillis(1));
        start(failing(Failures::reset).retryWhen(budget.account().guard(exact.maxRetries(1))));
        assertThat(failures).hasSize(1);
        assertThat(budget.tokens()).isZero();
        time.advance(Duration.ofSeconds(499));
        assertThat(budget.tokens()).isEqualTo(499);
        time.advance(Duration.ofDays(9));
        assertThat(budget.tokens()).isEqualTo(500);
        assertThat(time.timers()).isZero();
    }

    @Test
    void aRetryThatSucceedsGetsItsTokensBackAndThoseBeforeItDoNot() {
        RetryBudget.Account account = budget.account();
        start(failing(attempts.get() == 0 ? Failures::reset : Failures::timeout)
                .onErrorResume(failure -> attempts.get() > 2
                        ? Mono.just("done").doOnNext(done -> account.succeeded())
                        : Mono.error(attempts.get() == 1 ? failure : Failures.timeout()))
                .retryWhen(account.guard(exact.minBackoff(Duration.ofMillis(1)))));
        assertThat(budget.tokens()).isEqualTo(495);
        time.advance(Duration.ofMillis(1));
        assertThat(budget.tokens()).isEqualTo(485);
        time.advance(Duration.ofMillis(2));
        assertThat(attempts).hasValue(3);
        assertThat(failures).isEmpty();
        assertThat(budget.tokens()).isEqualTo(495);
        account.succeeded();
        assertThat(budget.tokens()).isEqualTo(495);
    }

    @Test
    void waitingForAConnectionOfTheClientsOwnCostsNothing() {
        drainTo(0);
        ImportsTransportException local = ImportsTransportException.poolExhausted("none free", null);
        start(failing(() -> local).retryWhen(budget.account().guard(Retry.max(3))));
        assertThat(attempts).hasValue(4);
        assertThat(budget.tokens()).isZero();
    }

    @Test
    void definiteFailuresCostNothingAndAreNotCalledRejected() {
        drainTo(0);
        ImportsApiException notFound = Failures.status(404);
        start(failing(() -> notFound).retryWhen(budget.account().guard(exact)));
        assertThat(failures).containsExactly(notFound);
        assertThat(notFound.retryBudgetSpent()).isFalse();
        assertThat(notFound)
                .hasToString("dev.reactiveimports.ImportsApiException: status 404 [HTTP 404, request req-1]");
    }

    @Test
    void aDelegateThatRetriesEvenThosePaysAllTheSame() {
        drainTo(10);
        start(failing(() -> Failures.status(404)).retryWhen(budget.account().guard(Retry.indefinitely())));
        assertThat(attempts).hasValue(3);
        assertThat(failures).hasSize(1);
        assertThat(((ImportsException) failures.get(0)).retryBudgetSpent()).isTrue();
        assertThat(budget.tokens()).isZero();
    }

    @Test
    void endsEvenADelegateThatSwallowsErrors() {
        start(failing(Failures::reset)
                .retryWhen(budget.account()
                        .guard(Retry.from(signals -> signals.map(s -> 1).onErrorResume(e -> Flux.never())))));
        assertThat(attempts).hasValue(101);
        assertThat(failures).hasSize(1).first().isInstanceOf(ImportsTransportException.class);
    }

    @Test
    void signalsTheRejectedFailureItselfWhateverItsType() {
        drainTo(0);
        IOException refused = new IOException("broken");
        start(failing(() -> refused).retryWhen(budget.account().guard(exact)));
        assertThat(failures).containsExactly(refused);
    }

    @Test
    void passesTheDelegatesRetryContextOn() {
        Retry delegate = Retry.max(1).withRetryContext(Context.of("k", "v"));
        assertThat(budget.account().guard(delegate).retryContext().<String>get("k"))
                .isEqualTo("v");
    }

    @Test
    void losesNoTokenWhenThreadsRace() {
        Flux.range(0, 8)
                .parallel(4)
                .runOn(Schedulers.boundedElastic())
                .doOnNext(lane -> {
                    for (int i = 0; i < 2_000; i++) {
                        failing(Failures::reset)
                                .retryWhen(budget.account().guard(exact))
                                .subscribe(v -> {}, e -> {})
                                .dispose();
                    }
                })
                .sequential()
                .blockLast(Duration.ofSeconds(30));
        assertThat(budget.tokens()).isEqualTo(500);
        assertThat(time.timers()).isZero();
    }
}
