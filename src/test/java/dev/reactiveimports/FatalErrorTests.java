package dev.reactiveimports;

import static dev.reactiveimports.RawServer.answer;
import static dev.reactiveimports.RawServer.json;
import static dev.reactiveimports.Transport.SOON;
import static dev.reactiveimports.Transport.importJson;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;

/** Subscribers throw what Reactor calls fatal and passes on: others get what they held all the same. */
class FatalErrorTests {

    /** More than there are connections. */
    private static final int CALLS = 60;

    static Stream<Arguments> fatal() {
        return Stream.of(
                Arguments.of("a class that is missing", (Supplier<Error>) () -> new NoClassDefFoundError("planned")),
                Arguments.of("a class that does not fit", (Supplier<Error>)
                        () -> new IncompatibleClassChangeError("planned")),
                Arguments.of("a stack that is full", (Supplier<Error>) () -> new StackOverflowError("planned")));
    }

    /** Throws at each signal that brings something. */
    private record Thrower<T>(Supplier<Error> error, CountDownLatch reached) implements CoreSubscriber<T> {

        @Override
        public void onSubscribe(Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(T value) {
            reached.countDown();
            throw error.get();
        }

        @Override
        public void onError(Throwable failure) {
            reached.countDown();
            throw error.get();
        }

        @Override
        public void onComplete() {}
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fatal")
    void thrownAtAResponseItKeepsNoConnection(String name, Supplier<Error> error) throws InterruptedException {
        keepsNothing(json(importJson("7")), error);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fatal")
    void thrownAtARejectionItKeepsNoConnection(String name, Supplier<Error> error) throws InterruptedException {
        keepsNothing(answer("HTTP/1.1 403 Forbidden", ""), error);
    }

    private static void keepsNothing(RawServer.Answer answer, Supplier<Error> error) throws InterruptedException {
        CountDownLatch reached = new CountDownLatch(CALLS);
        try (RawServer server = new RawServer(n -> n <= CALLS ? answer : json(importJson("7")));
                ReactiveImportsApi client = Transport.NIO.client(server)) {
            for (int i = 0; i < CALLS; i++) {
                client.describeImport("7").subscribe(new Thrower<>(error, reached));
            }
            assertThat(reached.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
            for (int i = 0; i < CALLS; i++) {
                assertThat(client.describeImport("7").block(SOON)).isNotNull();
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fatal")
    void thrownWhenClosingEndsItsCallItEndsTheOthersAllTheSame(String name, Supplier<Error> error) {
        CallLifecycle closing = new CallLifecycle();
        for (int i = 0; i < 20; i++) {
            closing.guard(Mono.never()).subscribe(new Thrower<>(error, new CountDownLatch(1)));
        }
        CompletableFuture<?> other = closing.guard(Mono.never()).toFuture();
        for (int i = 0; i < 20; i++) {
            closing.guard(Mono.never()).subscribe(new Thrower<>(error, new CountDownLatch(1)));
        }
        closing.close();
        assertThat(other).isCompletedExceptionally();
    }

    @Test
    void aClassThatAListenerMissesHarmsNoCall() {
        ImportsListener thrower = new ImportsListener() {
            @Override
            public void onExchange(Exchange exchange) {
                throw new NoClassDefFoundError("planned");
            }

            @Override
            public void onRetry(Retrying retry) {
                throw new NoClassDefFoundError("planned");
            }
        };
        try (RawServer server = RawServer.script(answer("HTTP/1.1 503 Busy", ""), json(importJson("7")));
                ReactiveImportsApi client =
                        Transport.NIO.builder(server).listener(thrower).build()) {
            assertThat(client.describeImport("7").block(SOON)).isNotNull();
        }
    }
}
