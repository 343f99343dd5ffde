package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

/** What closing does to a stream whose end is near. */
class ClosingNearTheEndTests {

    private static final int LAST = 2;

    private final CallLifecycle closing = new CallLifecycle();
    private final TestPublisher<Integer> stream = TestPublisher.create();

    private Flux<Integer> guarded(Flux<Integer> call) {
        return closing.guard(call, item -> item == LAST);
    }

    @Test
    void closedBeforeItsLastItemItFails() {
        StepVerifier.create(guarded(stream.flux()))
                .then(() -> stream.next(1))
                .expectNext(1)
                .then(closing::close)
                .verifyErrorMessage("the client was closed");
        stream.assertCancelled();
    }

    @Test
    void closedByWhomItsLastItemReachesItCompletes() {
        StepVerifier.create(guarded(Flux.just(1, LAST)).doOnNext(item -> {
                    if (item == LAST) {
                        closing.close();
                    }
                }))
                .expectNext(1, LAST)
                .verifyComplete();
    }

    @Test
    void closedBetweenItsLastItemAndItsCompletionItCompletes() {
        StepVerifier.create(guarded(stream.flux()))
                .then(() -> stream.next(1).next(LAST))
                .expectNext(1, LAST)
                .then(closing::close)
                .verifyComplete();
        stream.assertCancelled();
    }

    @Test
    void closedByWhomAnEarlierItemReachesItFails() {
        StepVerifier.create(guarded(Flux.just(1, LAST)).doOnNext(item -> closing.close()))
                .expectNext(1)
                .verifyErrorMessage("the client was closed");
    }

    @Test
    void anErrorOfItsOwnStaysWhatItIs() {
        StepVerifier.create(guarded(stream.flux()))
                .then(() -> stream.next(LAST))
                .expectNext(LAST)
                .then(() -> stream.error(Failures.reset()))
                .verifyErrorMessage("connection reset");
    }

    /** Whether there would have been more, nobody knows: the error says that it did not complete. */
    @Test
    void whereNoItemIsKnownToBeTheLastClosingIsAnError() {
        StepVerifier.create(closing.guard(stream.flux()))
                .then(() -> stream.next(1).next(LAST))
                .expectNext(1, LAST)
                .then(closing::close)
                .verifyErrorMessage("the client was closed");
    }

    @Test
    void whenClosingRacesTheLastItemItIsEitherLostWithAnErrorOrFollowedByCompletion() throws InterruptedException {
        int delivered = 0;
        int rounds = 20_000;
        for (int round = 0; round < rounds; round++) {
            CallLifecycle racing = new CallLifecycle();
            // with a buffer: the one without asserts that no cancel overtakes its emission
            Sinks.Many<Integer> source = Sinks.unsafe().many().unicast().onBackpressureBuffer();
            List<Object> seen = new CopyOnWriteArrayList<>();
            AtomicBoolean completed = new AtomicBoolean();
            racing.guard(source.asFlux(), item -> item == LAST)
                    .subscribe(seen::add, seen::add, () -> completed.set(true));
            CountDownLatch done = new CountDownLatch(2);
            Racing.THREADS.execute(() -> {
                source.tryEmitNext(LAST);
                source.tryEmitComplete();
                done.countDown();
            });
            Racing.THREADS.execute(() -> {
                racing.close();
                done.countDown();
            });
            assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(seen).hasSize(1);
            assertThat(seen.get(0) instanceof Integer).as("%s", seen).isEqualTo(completed.get());
            delivered += completed.get() ? 1 : 0;
        }
        assertThat(delivered).isPositive();
    }
}
