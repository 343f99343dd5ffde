package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.reactiveimports.ImportsListener.Operation;
import java.time.Duration;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

/** What the retry budget leaves of the promised three retries, and what an outage costs the service, in virtual time. */
class RetryBudgetOutageTests {

    private final CountingScheduler time = new CountingScheduler();
    private final RetryBudget budget = new RetryBudget(time);
    private final Random random = new Random(42);
    private final CallPolicy policy = new CallPolicy(
            ImportsRetry.ofDefaults().random(random::nextDouble),
            budget,
            new ThrottleGate(time, Duration.ofSeconds(60), ImportsListener.NONE),
            ImportsListener.NONE);
    private int attempts;
    private int calls;
    private int failed;

    private void call(Supplier<Throwable> failure, double share) {
        calls++;
        policy.retrying(
                        Operation.DESCRIBE,
                        n -> Mono.defer(() -> {
                            attempts++;
                            return random.nextDouble() < share ? Mono.error(failure.get()) : Mono.just("ok");
                        }))
                .subscribe(v -> {}, e -> failed++);
        assertThat(budget.tokens()).isBetween(0, RetryBudget.TOKENS);
    }

    @ParameterizedTest
    @CsvSource({
        // milliseconds between calls, how many
        "60000, 30000",
        "1000, 72000",
        "20, 180000",
    })
    void aQuarterOfFailedAttemptsIsRetriedAsPromised(long between, int howMany) {
        for (int i = 0; i < Repetitions.of(howMany); i++) {
            call(() -> Failures.status(502), 0.25);
            time.advance(Duration.ofMillis(between));
        }
        // without a budget: 0.25 to the fourth is 0.4 %
        assertThat(failed / (double) calls).isBetween(0.001, 0.0075);
        assertThat(budget.tokens()).isGreaterThan(400);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 10})
    void aThousandCallersAtOnceAgainstADeadServiceCostAHundredRetries(long secondsPerResponse) {
        for (int i = 0; i < 1000; i++) {
            policy.retrying(
                            Operation.DESCRIBE,
                            n -> Mono.delay(Duration.ofSeconds(secondsPerResponse), time)
                                    .then(Mono.defer(() -> {
                                        attempts++;
                                        return Mono.error(Failures.status(503));
                                    })))
                    .subscribe(v -> {}, e -> failed++);
        }
        time.advance(Duration.ofMinutes(10));
        assertThat(failed).isEqualTo(1000);
        assertThat(attempts - 1000).isBetween(95, 110);
    }

    @ParameterizedTest
    @CsvSource({"503, 5", "0, 10"})
    void anOutageCostsAHundredRetriesAndOneMoreEveryFiveSeconds(int status, int cost) {
        int seconds = Repetitions.of(3600);
        for (int i = 0; i < seconds * 100; i++) {
            call(() -> status == 0 ? Failures.timeout() : Failures.status(status), 1);
            time.advance(Duration.ofMillis(10));
        }
        // 820 in an hour of 360,000 calls
        assertThat(attempts - calls).isCloseTo((RetryBudget.TOKENS + seconds) / cost, within(3));
    }

    @ParameterizedTest
    @CsvSource({"15, 0.75", "30, 0.75"})
    void whoCallsSeldomHasThreeRetriesWhateverFails(int secondsBetween, double share) {
        boolean timeouts = secondsBetween == 30;
        for (int i = 0; i < Repetitions.of(5000); i++) {
            int before = attempts;
            int failedBefore = failed;
            call(() -> timeouts ? Failures.timeout() : Failures.status(500), share);
            time.advance(Duration.ofSeconds(secondsBetween));
            assertThat(failed == failedBefore || attempts - before == 4).isTrue();
        }
        assertThat(failed).isGreaterThan(100);
    }
}
