package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.util.context.Context;

class DemandGateTests {

    @Test
    void subscribesToItsSourceOnTheFirstDemandAndOnlyOnce() {
        AtomicInteger subscriptions = new AtomicInteger();
        Flux<Integer> gated = DemandGate.onDemand(Flux.range(1, 5).doOnSubscribe(s -> subscriptions.incrementAndGet()));
        StepVerifier.create(gated, 0)
                .expectSubscription()
                .then(() -> assertThat(subscriptions).hasValue(0))
                .thenRequest(2)
                .expectNext(1, 2)
                .thenRequest(3)
                .expectNext(3, 4, 5)
                .expectComplete()
                .verify();
        assertThat(subscriptions).hasValue(1);
    }

    @Test
    void cancelBeforeDemandNeverSubscribes() {
        AtomicBoolean subscribed = new AtomicBoolean();
        Mono<String> gated = DemandGate.onDemand(Mono.just("x").hide().doOnSubscribe(s -> subscribed.set(true)));
        gated.subscribe(new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {
                subscription.cancel();
                subscription.request(1);
            }
        });
        assertThat(subscribed).isFalse();
    }

    @Test
    void cancelAfterDemandReachesTheSource() {
        AtomicBoolean cancelled = new AtomicBoolean();
        DemandGate.onDemand(Mono.never().doOnCancel(() -> cancelled.set(true)))
                .subscribe()
                .dispose();
        assertThat(cancelled).isTrue();
    }

    @Test
    void passesTheContextUp() {
        StepVerifier.create(DemandGate.onDemand(Mono.deferContextual(c -> Mono.just(c.<String>get("k"))))
                        .contextWrite(Context.of("k", "v")))
                .expectNext("v")
                .verifyComplete();
    }

    @Test
    void twoThreadsThatRequestAtOnceGetExactlyWhatTheyAskedFor() throws InterruptedException {
        for (int run = 0; run < 20_000; run++) {
            List<Integer> received = new ArrayList<>();
            CountDownLatch done = new CountDownLatch(2);
            BaseSubscriber<Integer> subscriber = new BaseSubscriber<>() {
                @Override
                protected void hookOnSubscribe(Subscription subscription) {}

                @Override
                protected void hookOnNext(Integer value) {
                    received.add(value);
                }
            };
            DemandGate.onDemand(Flux.range(0, 10)).subscribe(subscriber);
            Runnable ask = () -> {
                subscriber.request(3);
                done.countDown();
            };
            Racing.THREADS.execute(ask);
            Racing.THREADS.execute(ask);
            assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(received).hasSize(6);
        }
    }
}
