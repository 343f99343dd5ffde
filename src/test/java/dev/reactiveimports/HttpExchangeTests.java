package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

/** A whole client over a network that is simulated in virtual time. */
class HttpExchangeTests {

    private static final Duration ATTEMPT = Duration.ofSeconds(5);

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();

    @AfterEach
    void dispose() {
        time.dispose();
    }

    /** Attempts that end in this order, the last one for ever. */
    private ReactiveImportsApi client(List<String> sent, Mono<?>... attempts) {
        HttpExchange network = new HttpExchange() {
            @Override
            @SuppressWarnings("unchecked")
            public <T> Mono<T> exchange(HttpCall<T> call, String key, Observer observer) {
                return Mono.defer(() -> {
                    sent.add(call.request().method() + " " + call.request().uri());
                    return (Mono<T>) attempts[Math.min(sent.size(), attempts.length) - 1];
                });
            }
        };
        return new DefaultBuilder("http://127.0.0.1", Mono.just("key"))
                .scheduler(time)
                .attemptTimeout(ATTEMPT)
                .build(network);
    }

    private static Mono<?> found(String id) {
        return Mono.just(
                new ImportOperation(id, null, ImportStatus.IN_PROGRESS, "InProgress", null, null, 1, 0, null, null));
    }

    @Test
    void retriesTimeoutsAndWatchesRunInVirtualTime() {
        List<String> sent = new ArrayList<>();
        try (ReactiveImportsApi client = client(sent, Mono.error(new IOException("reset")), Mono.never(), found("7"))) {
            Flux<ImportOperation> watch = client.watchImport("7", PollSpec.fixedInterval(Duration.ofMinutes(5)));
            StepVerifier.withVirtualTime(() -> watch.take(1), () -> time, Long.MAX_VALUE)
                    .thenAwait(Duration.ofMinutes(1))
                    .assertNext(seen -> assertThat(seen.id()).isEqualTo("7"))
                    .verifyComplete();
            assertThat(sent).hasSize(3).containsOnly("GET http://127.0.0.1/bulk/imports/7");
        }
    }
}
