package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reactiveimports.ImportsListener.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Mono;

/** A service that refuses everything for an hour, in virtual time, and how soon all is well again when it does not. */
class ThrottledForAnHourTests {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** (maxRetries + 1) times the gate's limit, the response's time and the back-off after it. */
    private static final Duration PROMISED =
            LIMIT.plusMillis(50).plusMillis(5_500).multipliedBy(4);

    private final CountingScheduler time = new CountingScheduler();
    private final ThrottleGate gate = new ThrottleGate(time, LIMIT, ImportsListener.NONE);
    private final CallPolicy policy =
            new CallPolicy(ImportsRetry.ofDefaults(), new RetryBudget(time), gate, ImportsListener.NONE);
    private int failures;
    private @Nullable Duration retryAfter;
    private boolean refuses = true;
    private long longest;
    private int served;
    private int requests;
    private int inProgress;

    private Mono<String> request() {
        return Mono.defer(() -> {
            requests++;
            return Mono.delay(Duration.ofMillis(50), time)
                    .flatMap(tick -> refuses ? Mono.error(Failures.status(429, retryAfter)) : Mono.just("ok"));
        });
    }

    private Mono<String> call() {
        return Mono.defer(() -> {
            long from = time.millis();
            inProgress++;
            return policy.retrying(Operation.DESCRIBE, attempt -> request())
                    .doOnSuccess(ok -> served++)
                    .doOnError(this::failed)
                    .doFinally(end -> {
                        inProgress--;
                        longest = Math.max(longest, time.millis() - from);
                    });
        });
    }

    private void failed(Throwable failure) {
        failures++;
        ImportsApiException refusal = (ImportsApiException) failure;
        assertThat(refusal.statusCode()).isEqualTo(429);
        assertThat(refusal.attempts()).isBetween(0, 4);
    }

    /** A caller that never gives up, and does not wait for as long as it should. */
    private void loop() {
        call().onErrorComplete()
                .then(Mono.delay(Duration.ofSeconds(1), time))
                .repeat(() -> time.millis() < HOUR.plusSeconds(120).toMillis())
                .subscribe();
    }

    private void observe(Duration length, int mostWaiting) {
        for (long s = 0; s < length.toSeconds(); s++) {
            time.advance(Duration.ofSeconds(1));
            assertThat(gate.waiting()).isLessThanOrEqualTo(mostWaiting);
        }
    }

    @ParameterizedTest
    @CsvSource({"5, 40", "1, 40", "-1, 40", "30, 40", "60, 40", "5, 1500"})
    void everyCallEndsInItsTimeAndTenSecondsAfterRecoveryCallsSucceed(int seconds, int callers) {
        retryAfter = seconds < 0 ? null : Duration.ofSeconds(seconds);
        for (int i = 0; i < callers; i++) {
            loop();
        }
        observe(HOUR, callers);
        assertThat(served).isZero();
        assertThat(failures).isGreaterThan(callers);
        assertThat(Duration.ofMillis(longest)).isLessThanOrEqualTo(PROMISED.plusSeconds(4 * Math.max(0, seconds - 5)));
        // one probe a pause, and the few that are on their way when it is refused
        assertThat(requests).isLessThan((int) (HOUR.toSeconds() / Math.max(1, seconds)) + callers);

        refuses = false;
        int failedBefore = failures;
        time.advance(Duration.ofSeconds(Math.max(seconds, 1) + 5));
        assertThat(served).isGreaterThan(10);
        int before = served;
        time.advance(Duration.ofSeconds(5));
        assertThat(served - before).isGreaterThan(40);
        if (seconds <= 5) {
            assertThat(failures).as("nobody was given up on needlessly").isEqualTo(failedBefore);
        }
        // even where more is wanted than the pace at which the gate opens
        List<String> fresh = new ArrayList<>();
        time.advance(Duration.ofSeconds(30));
        call().subscribe(fresh::add);
        time.advance(Duration.ofMillis(51));
        assertThat(fresh).containsExactly("ok");
        time.advance(Duration.ofMinutes(5));
        assertThat(inProgress).isZero();
        assertThat(time.timers()).isZero();
    }

    /** As many as come, with an end in sight for each of them and for the queue. */
    @Test
    void aFloodWaitsWithinBounds() {
        retryAfter = Duration.ofSeconds(5);
        for (int second = 0; second < 600; second++) {
            for (int i = 0; i < 100; i++) {
                call().onErrorComplete().subscribe();
            }
            time.advance(Duration.ofSeconds(1));
            assertThat(gate.waiting()).isLessThanOrEqualTo(60 * 100);
        }
        assertThat(Duration.ofMillis(longest)).isLessThanOrEqualTo(PROMISED);
        refuses = false;
        time.advance(Duration.ofSeconds(10));
        assertThat(served).isGreaterThan(50);
        time.advance(PROMISED);
        assertThat(inProgress).isZero();
        assertThat(time.timers()).isZero();
    }

    @Test
    void aProbeThatHangsOrIsCancelledHoldsUpNobody() {
        gate.throttled(Duration.ofSeconds(5), Failures.status(429), reactor.util.context.Context.empty());
        policy.retrying(Operation.DESCRIBE, n -> Mono.never()).subscribe();
        var cancelled = policy.retrying(Operation.DESCRIBE, n -> Mono.never()).subscribe();
        policy.retrying(Operation.DESCRIBE, n -> Mono.error(Failures.status(404)))
                .subscribe(v -> {}, e -> {});
        refuses = false;
        for (int i = 0; i < 10; i++) {
            call().subscribe();
        }
        time.advance(Duration.ofMillis(5_300));
        cancelled.dispose();
        time.advance(Duration.ofSeconds(2));
        assertThat(served).isEqualTo(10);
        assertThat(time.timers()).isZero();
    }
}
