package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.util.context.Context;
import reactor.util.retry.Retry;

class ImportsRetryTests {

    private final CountingScheduler time = new CountingScheduler();
    private final ImportsRetry exact = ImportsRetry.ofDefaults().jitter(0).scheduler(time);
    private final List<Long> instants = new ArrayList<>();

    /** Fails with each of these in turn, then succeeds. */
    private Mono<String> failing(Throwable... failures) {
        AtomicInteger next = new AtomicInteger();
        return Mono.defer(() -> {
            instants.add(time.millis());
            int i = next.getAndIncrement();
            return i < failures.length ? Mono.error(failures[i]) : Mono.just("done");
        });
    }

    private Mono<String> failingForEver(Supplier<? extends Throwable> failure) {
        return Mono.defer(() -> {
            instants.add(time.millis());
            return Mono.error(failure.get());
        });
    }

    private Throwable failureOf(Mono<?> mono) {
        List<Throwable> failures = new ArrayList<>();
        mono.subscribe(v -> {}, failures::add);
        time.advance(Duration.ofHours(1));
        assertThat(failures).hasSize(1);
        return failures.get(0);
    }

    private String valueOf(Mono<String> mono) {
        List<String> values = new ArrayList<>();
        mono.subscribe(values::add);
        time.advance(Duration.ofHours(1));
        assertThat(values).hasSize(1);
        return values.get(0);
    }

    @Test
    void retriesThreeTimesAtDoublingWaits() {
        assertThat(valueOf(failing(Failures.reset(), Failures.status(500), Failures.timeout())
                        .retryWhen(exact)))
                .isEqualTo("done");
        assertThat(instants).containsExactly(0L, 200L, 600L, 1400L);
    }

    @Test
    void signalsTheLastFailureItselfWithTheEarlierOnesSuppressed() {
        ImportsApiException last = Failures.status(503);
        Throwable[] failures = {Failures.status(500), Failures.reset(), Failures.status(502), last};
        assertThat(failureOf(failing(failures).retryWhen(exact))).isSameAs(last);
        assertThat(instants).hasSize(4);
        assertThat(last.attempts()).isEqualTo(4);
        assertThat(last.getSuppressed()).containsExactly(failures[0], failures[1], failures[2]);
        assertThat(last)
                .hasToString(
                        "dev.reactiveimports.ImportsApiException: status 503 [HTTP 503, request req-1] [after 4 attempts]");
        assertThat(failures[0])
                .hasToString("dev.reactiveimports.ImportsApiException: status 500 [HTTP 500, request req-1]");
    }

    @Test
    void survivesAFailureThatIsAlwaysTheSameInstance() {
        ImportsApiException same = Failures.status(503);
        assertThat(failureOf(failing(same, same, same, same).retryWhen(exact))).isSameAs(same);
        assertThat(same.getSuppressed()).isEmpty();
        assertThat(same.attempts()).isEqualTo(4);
    }

    @Test
    void signalsOtherTypesAsTheyAre() {
        IOException last = new EOFException();
        IOException first = new IOException("first");
        assertThat(failureOf(failing(first, last).retryWhen(exact.maxRetries(1))))
                .isSameAs(last);
        assertThat(last.getSuppressed()).containsExactly(first);
    }

    @Test
    void keepsTheLastTenOfManyFailures() {
        List<Throwable> made = new ArrayList<>();
        Throwable last = failureOf(failingForEver(() -> {
                    made.add(Failures.reset());
                    return made.get(made.size() - 1);
                })
                .retryWhen(exact.maxRetries(30)));
        assertThat(made).hasSize(31);
        assertThat(last.getSuppressed()).containsExactly(made.subList(20, 30).toArray(new Throwable[0]));
    }

    @Test
    void addsUpWhatAnInnerRetryTried() {
        Mono<String> inner = failingForEver(() -> Failures.status(503)).retryWhen(exact.maxRetries(2));
        Throwable failure = failureOf(inner.retryWhen(exact.maxRetries(1)));
        assertThat(((ImportsException) failure).attempts()).isEqualTo(6);
        assertThat(instants).hasSize(6);
    }

    @ParameterizedTest
    @ValueSource(ints = {501, 505, 511, 301, 307, 400, 401, 402, 403, 404, 405, 409, 410, 412, 413, 415, 422, 499})
    void failsAtOnceOnADefiniteStatus(int status) {
        ImportsApiException definite = Failures.status(status);
        assertThat(ImportsRetry.isTransient(definite)).isFalse();
        assertThat(failureOf(failing(definite).retryWhen(exact))).isSameAs(definite);
        assertThat(definite.attempts()).isEqualTo(1);
        assertThat(instants).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 429, 500, 502, 503, 504})
    void takesABusyStatusForTransient(int status) {
        assertThat(ImportsRetry.isTransient(Failures.status(status))).isTrue();
    }

    @Test
    void tellsBrokenConnectionsFromLocalVerdicts() {
        assertThat(ImportsRetry.isTransient(Failures.reset())).isTrue();
        assertThat(ImportsRetry.isTransient(Failures.timeout())).isTrue();
        assertThat(ImportsRetry.isTransient(new IOException())).isTrue();
        assertThat(ImportsRetry.isTransient(new TimeoutException())).isTrue();
        assertThat(ImportsRetry.isTransient(Exceptions.propagate(new IOException())))
                .isTrue();
        assertThat(ImportsRetry.isTransient(ImportsProtocolException.truncated("cut short", null)))
                .isTrue();
        assertThat(ImportsRetry.isTransient(Failures.poolExhausted())).isFalse();
        assertThat(ImportsRetry.isTransient(new ImportsProtocolException("HTML")))
                .isFalse();
        assertThat(ImportsRetry.isTransient(ImportsProtocolException.definite("token seen before")))
                .isFalse();
        assertThat(ImportsRetry.isTransient(new IllegalStateException())).isFalse();
        assertThatNullPointerException().isThrownBy(() -> ImportsRetry.isTransient(null));
    }

    @Test
    void retriesAnInvalidAnswerOnceInAll() {
        ImportsProtocolException first = new ImportsProtocolException("HTML");
        ImportsProtocolException second = new ImportsProtocolException("HTML again");
        assertThat(failureOf(failing(first, Failures.reset(), second).retryWhen(exact)))
                .isSameAs(second);
        assertThat(instants).hasSize(3);
        instants.clear();
        assertThat(valueOf(failing(new ImportsProtocolException("HTML")).retryWhen(exact)))
                .isEqualTo("done");
    }

    @Test
    void retriesACutShortAnswerLikeABrokenConnection() {
        assertThat(valueOf(failing(
                                ImportsProtocolException.truncated("1", null),
                                ImportsProtocolException.truncated("2", null),
                                ImportsProtocolException.truncated("3", null))
                        .retryWhen(exact)))
                .isEqualTo("done");
    }

    @Test
    void doesNotRetryWhatAskingAgainCannotCure() {
        assertThat(failureOf(
                        failing(ImportsProtocolException.definite("too large")).retryWhen(exact)))
                .hasMessage("too large");
        assertThat(failureOf(failing(Failures.poolExhausted()).retryWhen(exact)))
                .hasMessageContaining("free");
        assertThat(instants).hasSize(2);
    }

    @Test
    void waitsForRetryAfter() {
        assertThat(valueOf(failing(
                                Failures.status(429, Duration.ofSeconds(3)),
                                Failures.status(503, Duration.ofSeconds(60)))
                        .retryWhen(exact)))
                .isEqualTo("done");
        assertThat(instants).containsExactly(0L, 3000L, 63000L);
    }

    @Test
    void failsAtOnceWhenAskedToWaitTooLong() {
        ImportsApiException patient = Failures.status(429, Duration.ofSeconds(61));
        assertThat(failureOf(failing(patient).retryWhen(exact))).isSameAs(patient);
        assertThat(instants).hasSize(1);
        assertThat(patient.retryAfter()).isEqualTo(Duration.ofSeconds(61));
        assertThat(valueOf(failing(Failures.status(429, Duration.ofSeconds(61)))
                        .retryWhen(exact.maxRetryAfter(Duration.ofSeconds(61)))))
                .isEqualTo("done");
    }

    @Test
    void noneTriesOnce() {
        assertThat(failureOf(failingForEver(Failures::reset)
                        .retryWhen(ImportsRetry.none().scheduler(time))))
                .isInstanceOf(ImportsTransportException.class);
        assertThat(instants).hasSize(1);
    }

    @Test
    void countsForEachSubscriptionAlone() {
        Mono<String> call = failingForEver(() -> Failures.status(503)).retryWhen(exact);
        failureOf(call);
        assertThat(((ImportsException) failureOf(call)).attempts()).isEqualTo(4);
        assertThat(instants).hasSize(8);
    }

    @Test
    void cancelDisposesTheTimer() {
        Disposable call = failingForEver(Failures::reset).retryWhen(exact).subscribe();
        assertThat(time.timers()).isEqualTo(1);
        call.dispose();
        assertThat(time.timers()).isZero();
        time.advance(Duration.ofHours(1));
        assertThat(instants).hasSize(1);
    }

    @Test
    void schedulesNothingForASuccess() {
        int before = time.scheduled();
        failing().retryWhen(exact).subscribe();
        assertThat(time.scheduled()).isEqualTo(before);
    }

    @Test
    void eachAttemptSeesTheContext() {
        List<String> seen = new ArrayList<>();
        Mono<String> call = Mono.deferContextual(context -> {
            seen.add(context.get("user"));
            return Mono.error(Failures.reset());
        });
        failureOf(call.retryWhen(exact).contextWrite(Context.of("user", "ada")));
        assertThat(seen).containsExactly("ada", "ada", "ada", "ada");
    }

    @Test
    void everySetterCopies() {
        ImportsRetry retry = ImportsRetry.ofDefaults();
        assertThat(retry)
                .hasToString("ImportsRetry[maxRetries=3, minBackoff=PT0.2S, maxBackoff=PT20S, maxRetryAfter=PT1M,"
                        + " jitter=1.0, scheduler=default]");
        ImportsRetry changed = retry.maxRetries(5)
                .minBackoff(Duration.ofMillis(1))
                .maxBackoff(Duration.ofSeconds(2))
                .maxRetryAfter(Duration.ofSeconds(3))
                .jitter(0.5)
                .scheduler(Schedulers.single());
        assertThat(changed.toString())
                .startsWith("ImportsRetry[maxRetries=5, minBackoff=PT0.001S, maxBackoff=PT2S, maxRetryAfter=PT3S,"
                        + " jitter=0.5, scheduler=")
                .doesNotContain("default");
        assertThat(retry).hasToString(ImportsRetry.ofDefaults().toString());
        assertThat(changed.maxRetryAfter()).isEqualTo(Duration.ofSeconds(3));
        assertThat(ImportsRetry.none().toString()).contains("maxRetries=0");
    }

    @Test
    void rejectsWhatMakesNoSense() {
        ImportsRetry retry = ImportsRetry.ofDefaults();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> retry.maxRetries(-1))
                .withMessageContaining("maxRetries");
        assertThatIllegalArgumentException().isThrownBy(() -> retry.minBackoff(Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> retry.minBackoff(Duration.ofDays(366)));
        assertThatIllegalArgumentException().isThrownBy(() -> retry.maxBackoff(Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> retry.maxRetryAfter(Duration.ofMillis(-1)));
        assertThatIllegalArgumentException().isThrownBy(() -> retry.jitter(1.01));
        assertThatIllegalArgumentException().isThrownBy(() -> retry.jitter(Double.NaN));
        assertThatNullPointerException().isThrownBy(() -> retry.scheduler(null));
        assertThat(retry.maxRetryAfter(Duration.ZERO).maxRetryAfter()).isZero();
    }

    @Test
    void usesItsOwnSchedulerBeforeTheClients() {
        CountingScheduler other = new CountingScheduler();
        failingForEver(Failures::reset).retryWhen(exact.schedulerOr(other)).subscribe();
        assertThat(time.timers()).isEqualTo(1);
        failingForEver(Failures::reset)
                .retryWhen(ImportsRetry.ofDefaults().schedulerOr(other))
                .subscribe();
        assertThat(other.timers()).isEqualTo(1);
    }

    @Test
    void timesOnTheParallelSchedulerByDefault() {
        StepVerifier.withVirtualTime(() -> failing(Failures.reset())
                        .retryWhen(ImportsRetry.ofDefaults().jitter(0)))
                .expectSubscription()
                .expectNoEvent(Duration.ofMillis(199))
                .thenAwait(Duration.ofMillis(1))
                .expectNext("done")
                .verifyComplete();
    }

    @Test
    void jittersByDefault() {
        List<Duration> delays = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            Flux<Long> companion = ImportsRetry.ofDefaults()
                    .scheduler(time)
                    .companion(Flux.just(signal(Failures.status(429))), (signal, delay) -> delays.add(delay));
            companion.subscribe();
        }
        assertThat(delays).hasSize(50).allMatch(d -> d.toMillis() >= 100 && d.toMillis() <= 1000);
        assertThat(delays.stream().distinct()).hasSizeGreaterThan(40);
    }

    @Test
    void isAnOrdinaryRetryForAFlux() {
        AtomicInteger subscriptions = new AtomicInteger();
        Flux<Integer> source = Flux.defer(() -> Flux.just(subscriptions.incrementAndGet())
                .concatWith(subscriptions.get() < 3 ? Mono.error(Failures.reset()) : Mono.empty()));
        List<Integer> seen = new ArrayList<>();
        source.retryWhen(exact).subscribe(seen::add);
        time.advance(Duration.ofSeconds(1));
        assertThat(seen).containsExactly(1, 2, 3);
    }

    @Test
    void neverWrapsInRetryExhausted() {
        assertThatExceptionOfType(ImportsApiException.class)
                .isThrownBy(() -> {
                    throw failureOf(failingForEver(() -> Failures.status(503)).retryWhen(exact));
                })
                .withNoCause();
    }

    private static Retry.RetrySignal signal(Throwable failure) {
        return new Retry.RetrySignal() {
            @Override
            public long totalRetries() {
                return 0;
            }

            @Override
            public long totalRetriesInARow() {
                return 0;
            }

            @Override
            public Throwable failure() {
                return failure;
            }
        };
    }
}
