package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Subscription;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.test.StepVerifier;
import reactor.util.context.Context;

class CallPermitsTests {

    private static final Duration WAIT = Duration.ofSeconds(10);

    private final CountingScheduler time = new CountingScheduler();
    private final CallPermits permits = new CallPermits(2, WAIT, time, () -> 0);
    private final List<Integer> begun = new ArrayList<>();
    private final List<Sinks.One<String>> answers = new ArrayList<>();
    private final List<String> seen = new ArrayList<>();
    private final List<Throwable> failures = new ArrayList<>();

    /** An exchange that ends when it is told to. */
    private Mono<String> exchange(int n) {
        return Mono.defer(() -> {
            begun.add(n);
            return answers.get(n).asMono();
        });
    }

    private List<Disposable> calls(int howMany) {
        List<Disposable> calls = new ArrayList<>();
        for (int i = 0; i < howMany; i++) {
            int n = answers.size();
            answers.add(Sinks.one());
            calls.add(permits.holding(exchange(n), 0).subscribe(seen::add, failures::add));
        }
        return calls;
    }

    private void answer(int n) {
        answers.get(n).tryEmitValue("answer " + n).orThrow();
    }

    @Test
    void soManyRunAtOnceAndTheOthersWaitInOrder() {
        calls(5);
        assertThat(begun).containsExactly(0, 1);
        assertThat(permits.free()).isEqualTo(-3);
        answer(1);
        assertThat(begun).containsExactly(0, 1, 2);
        answer(2);
        answer(0);
        assertThat(begun).containsExactly(0, 1, 2, 3, 4);
        assertThat(permits.free()).isZero();
        answer(4);
        answer(3);
        assertThat(seen).containsExactly("answer 1", "answer 2", "answer 0", "answer 4", "answer 3");
        assertThat(permits.free()).isEqualTo(2);
        assertThat(time.timers()).isZero();
    }

    @Test
    void aFreePermitNeedsNoTimer() {
        for (int i = 0; i < 100; i++) {
            calls(2);
            answer(2 * i);
            answer(2 * i + 1);
        }
        assertThat(seen).hasSize(200);
        assertThat(time.scheduled()).isZero();
    }

    @Test
    void nothingIsTakenBeforeSubscription() {
        permits.holding(Mono.never(), 0);
        assertThat(permits.free()).isEqualTo(2);
        Mono<String> twice = permits.holding(Mono.never(), 0);
        twice.subscribe();
        twice.subscribe();
        assertThat(permits.free()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"value", "empty", "error", "cancel", "nothing to subscribe to"})
    void everyEndGivesOnePermitBack(String end) {
        calls(1);
        Sinks.One<String> sink = Sinks.one();
        Mono<String> exchange = end.startsWith("nothing")
                ? Mono.defer(() -> {
                    throw new IllegalStateException("mine");
                })
                : sink.asMono();
        Disposable call = permits.holding(exchange, 0).subscribe(seen::add, failures::add);
        switch (end) {
            case "value" -> sink.tryEmitValue("x").orThrow();
            case "empty" -> sink.tryEmitEmpty().orThrow();
            case "error" -> sink.tryEmitError(Failures.reset()).orThrow();
            default -> call.dispose();
        }
        call.dispose();
        assertThat(permits.free()).isEqualTo(1);
    }

    @Test
    void whatFollowsAnAnswerFindsItsPermitFree() {
        calls(1);
        Sinks.One<String> first = Sinks.one();
        List<Integer> free = new ArrayList<>();
        permits.holding(first.asMono(), 0)
                .doOnNext(answer -> free.add(permits.free()))
                .flatMap(answer -> permits.holding(Mono.just("second"), 0))
                .subscribe(seen::add);
        first.tryEmitValue("first").orThrow();
        assertThat(seen).containsExactly("second");
        assertThat(free).containsExactly(1);
        assertThat(time.scheduled()).isZero();
    }

    @Test
    void whoWaitsTooLongFailsAsAnExhaustedPoolDoes() {
        calls(3);
        time.advance(Duration.ofSeconds(4));
        calls(1);
        time.advance(Duration.ofMillis(5_999));
        assertThat(failures).isEmpty();
        time.advance(Duration.ofMillis(1));
        assertThat(failures)
                .singleElement()
                .satisfies(failure -> assertThat(failure)
                        .isInstanceOf(ImportsTransportException.class)
                        .hasMessage("no connection of the client's pool became available in time")
                        .hasCauseInstanceOf(TimeoutException.class));
        assertThat(ImportsRetry.isTransient(failures.get(0))).isFalse();
        assertThat(((ImportsTransportException) failures.get(0)).isPoolExhausted())
                .isTrue();
        answer(0);
        assertThat(begun).containsExactly(0, 1, 3);
        answer(1);
        answer(3);
        time.advance(Duration.ofHours(1));
        assertThat(failures).hasSize(1);
        assertThat(permits.free()).isEqualTo(2);
        assertThat(time.timers()).isZero();
    }

    @Test
    void onceItBeganNobodyCountsItsTime() {
        calls(3);
        time.advance(Duration.ofSeconds(9));
        answer(0);
        time.advance(Duration.ofHours(1));
        answer(2);
        assertThat(seen).containsExactly("answer 0", "answer 2");
        assertThat(failures).isEmpty();
    }

    @Test
    void cancelLeavesTheQueueAtOnce() {
        List<Disposable> calls = calls(6);
        calls.get(4).dispose();
        calls.get(2).dispose();
        assertThat(permits.free()).isEqualTo(-2);
        assertThat(time.timers()).isEqualTo(2);
        answer(0);
        answer(1);
        assertThat(begun).containsExactly(0, 1, 3, 5);
        calls.get(3).dispose();
        calls.get(5).dispose();
        assertThat(permits.free()).isEqualTo(2);
        assertThat(time.timers()).isZero();
    }

    @Test
    void whoCancelsBeforeItIsInTheQueueIsNotInIt() {
        calls(2);
        permits.holding(Mono.just("x"), 0).subscribe(new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {
                subscription.cancel();
            }
        });
        assertThat(permits.free()).isZero();
        assertThat(time.timers()).isZero();
        answer(0);
        assertThat(permits.free()).isEqualTo(1);
    }

    @Test
    void whoCancelsWhileItIsLetInPassesItsPermitOn() {
        calls(2);
        List<Disposable> self = new ArrayList<>();
        self.add(permits.holding(
                        Mono.defer(() -> {
                            self.get(0).dispose();
                            return Mono.never();
                        }),
                        0)
                .subscribe());
        calls(1);
        answer(0);
        assertThat(begun).containsExactly(0, 1, 2);
        assertThat(permits.free()).isZero();
    }

    @Test
    void aQueueOfCallsThatFailAtOnceDoesNotGrowTheStack() {
        calls(2);
        int many = 20_000;
        for (int i = 0; i < many; i++) {
            permits.<String>holding(Mono.error(Failures.reset()), 0).subscribe(seen::add, failures::add);
        }
        answer(0);
        assertThat(failures)
                .hasSize(many)
                .allMatch(failure -> failure.getMessage().equals("connection reset"));
        assertThat(permits.free()).isEqualTo(1);
        assertThat(time.timers()).isZero();
    }

    @Test
    void aSubscriberThatThrowsHarmsNobodyElse() {
        calls(2);
        for (int i = 0; i < 2; i++) {
            permits.<String>holding(Mono.fromSupplier(() -> "x"), 0).subscribe(new BaseSubscriber<>() {
                @Override
                protected void hookOnNext(String value) {
                    throw new StackOverflowError("mine");
                }
            });
        }
        calls(2);
        answer(0);
        assertThat(seen).containsExactly("answer 0");
        assertThat(begun).containsExactly(0, 1, 2);
        answer(1);
        answer(2);
        answer(3);
        assertThat(seen).containsExactly("answer 0", "answer 1", "answer 2", "answer 3");
        assertThat(permits.free()).isEqualTo(2);
    }

    /** Reactor hands errors of the JVM on to whoever subscribed, and no operator's cleanup runs. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anErrorOfTheJvmLosesNoPermitAndDoublesNone(boolean queued) {
        calls(queued ? 2 : 1);
        Mono<String> broken = permits.holding(
                Mono.<String>defer(() -> {
                            throw new NoClassDefFoundError("mine");
                        })
                        .hide(),
                0);
        BaseSubscriber<String> subscriber = new BaseSubscriber<>() {};
        if (queued) {
            broken.subscribe(subscriber);
            answer(0);
        } else {
            assertThatThrownBy(() -> broken.subscribe(subscriber)).isInstanceOf(NoClassDefFoundError.class);
        }
        assertThat(permits.free()).isEqualTo(1);
        subscriber.cancel();
        assertThat(permits.free()).isEqualTo(1);
    }

    @Test
    void aSubscriberThatDiesOfItsSubscriptionLosesNoPermit() {
        assertThatThrownBy(() -> permits.holding(Mono.never(), 0).subscribe(new BaseSubscriber<Object>() {
                    @Override
                    protected void hookOnSubscribe(Subscription subscription) {
                        throw new NoClassDefFoundError("mine");
                    }
                }))
                .isInstanceOf(NoClassDefFoundError.class);
        assertThat(permits.free()).isEqualTo(2);
    }

    @Test
    void aPermitThatIsFreedJustBeforeTheQueueIsTakenAtOnce() {
        Sinks.One<String> holder = Sinks.one();
        Scheduler freeing = new Scheduler() {
            @Override
            public Disposable schedule(Runnable task) {
                return time.schedule(task);
            }

            /** The timer of the wait is set between the look for a free permit and the queue. */
            @Override
            public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
                holder.tryEmitValue("first");
                return time.schedule(task, delay, unit);
            }

            @Override
            public Worker createWorker() {
                return time.createWorker();
            }
        };
        CallPermits one = new CallPermits(1, WAIT, freeing, () -> 0);
        one.holding(holder.asMono(), 0).subscribe(seen::add);
        one.holding(Mono.just("second"), 0).subscribe(seen::add);
        assertThat(seen).containsExactly("first", "second");
        assertThat(one.free()).isEqualTo(1);
        assertThat(time.timers()).isZero();
    }

    @Test
    void whoPassedTheGateBeforeItClosedIsHeldBackWithoutAnExchange() {
        AtomicInteger closings = new AtomicInteger();
        CallPermits one = new CallPermits(1, WAIT, time, closings::get);
        int before = one.closings();
        Sinks.One<String> holder = Sinks.one();
        one.holding(holder.asMono(), before).subscribe(seen::add);
        one.holding(exchange(0), before).subscribe(seen::add, failures::add);
        closings.incrementAndGet();
        holder.tryEmitValue("first").orThrow();
        one.holding(exchange(0), before).subscribe(seen::add, failures::add);
        assertThat(failures).hasSize(2).hasOnlyElementsOfType(ThrottleGate.HeldBack.class);
        assertThat(begun).isEmpty();
        one.holding(Mono.just("second"), one.closings()).subscribe(seen::add);
        assertThat(seen).containsExactly("first", "second");
        assertThat(one.free()).isEqualTo(1);
    }

    @Test
    void onceClosedNobodyIsLetIn() {
        List<Disposable> calls = calls(5);
        permits.close();
        calls.get(0).dispose();
        calls.get(1).dispose();
        assertThat(begun).containsExactly(0, 1);
        calls.forEach(Disposable::dispose);
        assertThat(begun).containsExactly(0, 1);
        assertThat(time.timers()).isZero();
    }

    @Test
    void withoutALimitNobodyWaits() {
        CallPermits unlimited = CallPermits.unlimited(new ThrottleGate(time, WAIT, ImportsListener.NONE));
        AtomicInteger running = new AtomicInteger();
        for (int i = 0; i < 1000; i++) {
            unlimited
                    .holding(Mono.never().doOnSubscribe(s -> running.incrementAndGet()), 0)
                    .subscribe();
        }
        assertThat(running).hasValue(1000);
        assertThat(time.scheduled()).isZero();
    }

    @Test
    void theContextStaysVisible() {
        calls(2);
        Mono<String> user = permits.holding(Mono.deferContextual(context -> Mono.just(context.<String>get("user"))), 0);
        StepVerifier.create(user.contextWrite(Context.of("user", "ada")))
                .then(() -> answer(0))
                .expectNext("ada")
                .verifyComplete();
    }
}
