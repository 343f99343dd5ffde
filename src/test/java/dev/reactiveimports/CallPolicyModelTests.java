package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.reactiveimports.ImportsListener.Operation;
import dev.reactiveimports.ImportsListener.Retrying;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Random scripts of answers and faults against a plain model of the policy, written from its description alone. */
class CallPolicyModelTests {

    private static final long GATE_STEP = 250;

    /** One answer of the service: what it is, and what it asks for. */
    private record Step(Kind kind, int status, @Nullable Long retryAfterMillis) {

        @Nullable
        Throwable failure() {
            Duration asked = retryAfterMillis == null ? null : Duration.ofMillis(retryAfterMillis);
            return switch (kind) {
                case SUCCESS -> null;
                case STATUS -> Failures.status(status, asked);
                case RESET -> Failures.reset();
                case TIMEOUT -> Failures.timeout();
                case POOL -> Failures.poolExhausted();
                case HTML -> new ImportsProtocolException("HTML");
                case CUT_SHORT -> ImportsProtocolException.truncated("cut short", null);
                case TOO_LARGE -> ImportsProtocolException.definite("too large");
            };
        }
    }

    private enum Kind {
        SUCCESS,
        STATUS,
        RESET,
        TIMEOUT,
        POOL,
        HTML,
        CUT_SHORT,
        TOO_LARGE
    }

    private record Settings(int maxRetries, long min, long max, long maxRetryAfter, double jitter) {

        ImportsRetry retry(Random random) {
            return ImportsRetry.ofDefaults()
                    .maxRetries(maxRetries)
                    .minBackoff(Duration.ofMillis(min))
                    .maxBackoff(Duration.ofMillis(max))
                    .maxRetryAfter(Duration.ofMillis(maxRetryAfter))
                    .jitter(jitter)
                    .random(random::nextDouble);
        }
    }

    private static final class Model {

        private final Settings settings;
        private final List<Step> script;
        private int htmlSeen;

        Model(Settings settings, List<Step> script) {
            this.settings = settings;
            this.script = script;
        }

        /** How many attempts are made in all. */
        int attempts() {
            for (int i = 0; ; i++) {
                if (i >= script.size() || !retried(script.get(i), i)) {
                    return i + 1;
                }
            }
        }

        /** What is left of the budget at the end: a token comes back each second, and the price of a retry that succeeds. */
        double tokens(List<Long> instants, boolean succeeds) {
            double tokens = 500;
            int price = 0;
            for (int i = 1; i < instants.size(); i++) {
                Kind kind = script.get(i - 1).kind;
                price = kind == Kind.TIMEOUT ? 10 : 5;
                // what is not transient pays when it is retried all the same, not when it fails
                double early = kind == Kind.HTML ? 0 : price;
                double waited = (instants.get(i) - instants.get(i - 1)) / 1000.0;
                tokens = Math.min(500, tokens - early + waited) - (price - early);
            }
            return succeeds && instants.size() > 1 ? Math.min(500, tokens + price) : tokens;
        }

        private boolean retried(Step step, int retriesSoFar) {
            boolean curable = switch (step.kind) {
                case SUCCESS, POOL, TOO_LARGE -> false;
                case RESET, TIMEOUT, CUT_SHORT -> true;
                case HTML -> ++htmlSeen == 1;
                case STATUS ->
                    List.of(408, 429, 500, 502, 503, 504).contains(step.status)
                            && (step.retryAfterMillis == null || step.retryAfterMillis <= settings.maxRetryAfter);
            };
            return curable && retriesSoFar < settings.maxRetries;
        }

        long most(Step step, int retry) {
            long first = Math.min(settings.max, settings.min * (step.status == 429 ? 5 : 1));
            long own = first;
            for (int i = 0; i < retry; i++) {
                own = Math.min(settings.max, own * 2);
            }
            long asked = step.retryAfterMillis == null ? 0 : step.retryAfterMillis;
            return Math.max(own, asked + asked / 10) + 1;
        }

        long least(Step step, int retry) {
            long first = Math.min(settings.max, settings.min * (step.status == 429 ? 5 : 1));
            double own = first;
            for (int i = 0; i < retry; i++) {
                own = Math.min(settings.max, own * 2);
            }
            own = Math.max(own * (1 - settings.jitter), first / 10.0);
            return Math.max((long) own, step.retryAfterMillis == null ? 0 : step.retryAfterMillis);
        }

        /** For how long the failed attempt closes the gate; 0 when it does not. */
        long pause(Step step) {
            boolean throttled = step.status == 429 || (step.status == 503 && step.retryAfterMillis != null);
            if (!throttled) {
                return 0;
            }
            boolean usable = step.retryAfterMillis != null
                    && step.retryAfterMillis > 0
                    && step.retryAfterMillis <= settings.maxRetryAfter;
            return usable ? step.retryAfterMillis : 1000;
        }
    }

    private static Step step(Samples samples) {
        int kind = samples.below(11);
        if (kind < 6) {
            int status = samples.below(6) < 5
                    ? samples.oneOf(408, 429, 429, 500, 502, 503, 503, 504)
                    : samples.oneOf(301, 400, 401, 403, 404, 409, 501, 505);
            boolean asks = samples.oneOf(false, true);
            return new Step(
                    Kind.STATUS,
                    status,
                    asks ? samples.oneOf(0L, 1000L, 3000L, 7000L, 60_000L, 61_000L, 3_600_000L) : null);
        }
        Kind fault = kind < 10
                ? samples.oneOf(Kind.RESET, Kind.TIMEOUT, Kind.HTML, Kind.CUT_SHORT)
                : samples.oneOf(Kind.SUCCESS, Kind.POOL, Kind.TOO_LARGE);
        return new Step(fault, 0, null);
    }

    private static Settings settings(Samples samples) {
        return new Settings(
                samples.between(0, 7),
                samples.between(1L, 1000L),
                samples.between(1000L, 30_000L),
                samples.oneOf(0L, 5000L, 60_000L),
                samples.oneOf(0.0, 0.5, 1.0));
    }

    @Test
    void doesWhatTheModelSays() {
        Step throttled = new Step(Kind.STATUS, 429, 60_000L);
        assertDoesWhatTheModelSays(new Settings(0, 1, 1000, 0, 0), List.of(), 0);
        assertDoesWhatTheModelSays(new Settings(0, 1, 1000, 0, 0), List.of(throttled), 0);
        assertDoesWhatTheModelSays(new Settings(7, 1000, 30_000, 60_000, 1), Collections.nCopies(8, throttled), 0);
        Samples.check(
                1500,
                samples -> assertDoesWhatTheModelSays(
                        settings(samples), samples.list(8, CallPolicyModelTests::step), samples.anyLong()));
    }

    private static void assertDoesWhatTheModelSays(Settings settings, List<Step> script, long seed) {
        CountingScheduler time = new CountingScheduler();
        List<Retrying> told = new ArrayList<>();
        ImportsListener listener = new ImportsListener() {
            @Override
            public void onRetry(Retrying retry) {
                told.add(retry);
            }
        };
        RetryBudget budget = new RetryBudget(time);
        ImportsRetry retry = settings.retry(new Random(seed));
        CallPolicy policy = new CallPolicy(
                retry, budget, new ThrottleGate(time, CallPolicy.longestWait(retry), ImportsListener.NONE), listener);
        List<Long> instants = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        List<Object> outcome = new ArrayList<>();
        List<Integer> tokens = new ArrayList<>();
        policy.retrying(Operation.LIST, number -> {
                    instants.add(time.millis());
                    Throwable failure =
                            number <= script.size() ? script.get(number - 1).failure() : null;
                    if (failure == null) {
                        return Mono.just("done");
                    }
                    failures.add(failure);
                    return Mono.error(failure);
                })
                .doOnTerminate(() -> time.schedule(() -> tokens.add(budget.tokens()), 1, TimeUnit.NANOSECONDS))
                .subscribe(outcome::add, outcome::add);
        time.advance(Duration.ofDays(1));

        Model model = new Model(settings, script);
        int attempts = model.attempts();
        assertThat(instants).hasSize(attempts);
        assertThat(outcome).hasSize(1);
        boolean succeeds = attempts > script.size() || script.get(attempts - 1).kind == Kind.SUCCESS;
        if (succeeds) {
            assertThat(outcome).containsExactly("done");
        } else {
            Throwable last = failures.get(failures.size() - 1);
            assertThat(outcome.get(0)).isSameAs(last);
            assertThat(((ImportsException) last).attempts()).isEqualTo(attempts);
            assertThat(last.getSuppressed())
                    .containsExactly(failures.subList(0, attempts - 1).toArray(new Throwable[0]));
        }
        timesAgree(model, script, instants, told);
        assertThat(time.timers()).isZero();
        // attempts are timed to the millisecond, tokens to the nanosecond
        assertThat(tokens)
                .singleElement()
                .satisfies(left ->
                        assertThat(left.doubleValue()).isCloseTo(model.tokens(instants, succeeds), within(1.01)));
    }

    private static void timesAgree(Model model, List<Step> script, List<Long> instants, List<Retrying> told) {
        assertThat(told).hasSize(instants.size() - 1);
        long closedUntil = 0;
        boolean everClosed = false;
        for (int i = 1; i < instants.size(); i++) {
            Step step = script.get(i - 1);
            long failedAt = instants.get(i - 1);
            if (model.pause(step) > 0) {
                closedUntil = failedAt + model.pause(step);
                everClosed = true;
            }
            long delay = told.get(i - 1).delay().toMillis();
            assertThat(delay).isBetween(model.least(step, i - 1), model.most(step, i - 1));
            long due = Math.max(failedAt + delay, closedUntil);
            assertThat(instants.get(i)).isBetween(due, due + (everClosed ? GATE_STEP : 0) + 1);
        }
    }
}
