package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class CallLifecycleTests {

    private final CallLifecycle closing = new CallLifecycle();

    @Test
    void aSubscriberThatThrowsKeepsNobodyFromTheirEnd() {
        List<Throwable> ended = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            boolean throwing = i % 2 == 0;
            closing.guard(Mono.<String>never()).subscribe(value -> {}, failure -> {
                ended.add(failure);
                if (throwing) {
                    throw new IllegalStateException("mine");
                }
            });
        }
        closing.close();
        assertThat(ended).hasSize(10).hasOnlyElementsOfType(ImportsTransportException.class);
    }

    @Test
    void closingCancelsWhatItEnds() {
        List<String> cancelled = new ArrayList<>();
        closing.guard(Mono.never().doOnCancel(() -> cancelled.add("mono"))).subscribe(v -> {}, e -> {});
        closing.guard(Flux.never().doOnCancel(() -> cancelled.add("flux"))).subscribe(v -> {}, e -> {});
        closing.close();
        assertThat(cancelled).containsExactlyInAnyOrder("mono", "flux");
    }

    @Test
    void whatComesLaterIsRejected() {
        closing.close();
        closing.close();
        StepVerifier.create(closing.guard(Mono.just(1))).verifyError(IllegalStateException.class);
        StepVerifier.create(closing.guard(Flux.just(1))).verifyError(IllegalStateException.class);
    }

    @Test
    void demandPassesThrough() {
        List<Integer> received = new ArrayList<>();
        closing.guard(Flux.range(0, 5)).subscribe(new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {
                subscription.request(2);
            }

            @Override
            protected void hookOnNext(Integer value) {
                received.add(value);
            }
        });
        assertThat(received).containsExactly(0, 1);
    }
}
