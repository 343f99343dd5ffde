package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reactiveimports.ImportsListener.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A hundred callers against a service with a rate limit, in virtual time: what the gate spares it. */
class CallPolicyThrottlingTests {

    private static final int CALLERS = 100;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final CountingScheduler time = new CountingScheduler();

    /** Allows so many requests a second, with some to spare; answers after a while. */
    private final class Service {

        private final double perSecond;
        private final double burst;
        private final @Nullable Duration retryAfter;
        private double tokens;
        private long filledAt;
        private long firstRefusalSeen = Long.MAX_VALUE;
        private int refusedAfterTheFirst;
        private int requests;

        Service(double perSecond, double burst, @Nullable Duration retryAfter) {
            this.perSecond = perSecond;
            this.burst = burst;
            this.retryAfter = retryAfter;
            this.tokens = burst;
            this.filledAt = time.millis();
        }

        Mono<String> request() {
            return Mono.defer(() -> {
                long sentAt = time.millis();
                requests++;
                tokens = Math.min(burst, tokens + (sentAt - filledAt) * perSecond / 1000);
                filledAt = sentAt;
                boolean refused = tokens < 1;
                if (!refused) {
                    tokens--;
                }
                return Mono.delay(Duration.ofMillis(40), time)
                        .flatMap(tick -> refused ? refuse(sentAt) : Mono.just("ok"));
            });
        }

        private Mono<String> refuse(long sentAt) {
            // requests that were under way when the first refusal arrived could not know of it
            if (sentAt > firstRefusalSeen) {
                refusedAfterTheFirst++;
            }
            firstRefusalSeen = Math.min(firstRefusalSeen, time.millis());
            return Mono.error(Failures.status(429, retryAfter));
        }
    }

    private record Outcome(int served, int failed, int refusals, int requests, long millis) {}

    private Outcome run(Service service, Supplier<ThrottleGate> gates, long gapMillis) {
        Random random = new Random(7);
        ImportsRetry retry = ImportsRetry.ofDefaults().maxRetries(100).random(random::nextDouble);
        long from = time.millis();
        List<String> served = new ArrayList<>();
        List<Throwable> failed = new ArrayList<>();
        long[] lastAt = {0};
        for (int i = 0; i < CALLERS; i++) {
            CallPolicy policy = new CallPolicy(retry, new RetryBudget(time), gates.get(), ImportsListener.NONE);
            Flux.concat(
                            Mono.delay(Duration.ofMillis(gapMillis * i), time).then(Mono.empty()),
                            policy.retrying(Operation.DESCRIBE, n -> service.request()))
                    .doOnTerminate(() -> lastAt[0] = time.millis())
                    .subscribe(v -> served.add("ok"), failed::add);
        }
        time.advance(Duration.ofHours(2));
        assertThat(time.timers()).isZero();
        return new Outcome(
                served.size(), failed.size(), service.refusedAfterTheFirst, service.requests, lastAt[0] - from);
    }

    @ParameterizedTest
    @CsvSource({
        // rate, burst, Retry-After in seconds (-1: none), milliseconds between callers
        "10, 10, -1, 0",
        "10, 10, 1, 0",
        "10, 10, 3, 0",
        "10, 10, -1, 10",
        "10, 10, 1, 10",
        "20, 5, 1, 5",
        "5, 5, 2, 10",
        "50, 10, 1, 5",
    })
    void theGateSparesTheServiceRejections(double rate, double burst, int retryAfter, long gapMillis) {
        Duration asked = retryAfter < 0 ? null : Duration.ofSeconds(retryAfter);
        ThrottleGate shared = new ThrottleGate(time, LIMIT, ImportsListener.NONE);
        Outcome with = run(new Service(rate, burst, asked), () -> shared, gapMillis);
        Outcome without = run(
                new Service(rate, burst, asked), () -> new ThrottleGate(time, LIMIT, ImportsListener.NONE), gapMillis);
        assertThat(with.served()).isEqualTo(CALLERS);
        assertThat(without.served()).isEqualTo(CALLERS);
        // measured: 0 to 3 with the gate, 93 to 324 without
        assertThat(with.refusals()).as("%s", with).isLessThanOrEqualTo(10);
        assertThat(without.refusals()).as("%s", without).isGreaterThan(80);
        assertThat(with.millis()).as("%s", with).isLessThan(30_000);
    }
}
