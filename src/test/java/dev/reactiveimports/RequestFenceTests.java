package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reactiveimports.testing.Fault;
import dev.reactiveimports.testing.ImportsSimulator;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class RequestFenceTests {

    private final ImportsSimulator simulator = ImportsSimulator.start();
    private final ReactiveImportsApi imports = ReactiveImportsApi.builder(simulator.indexHost(), simulator.apiKey())
            .build();

    @AfterEach
    void stop() {
        imports.close();
        simulator.close();
    }

    private Mono<String> start(BooleanSupplier fence) {
        return imports.startImport(StartImportRequest.of("s3://bucket/data"))
                .contextWrite(RequestFence.openWhile(fence));
    }

    private void verifyNotStarted(BooleanSupplier fence) {
        StepVerifier.create(start(fence)).expectError(RequestFence.Closed.class).verify(Duration.ofSeconds(20));
    }

    @Test
    void nothingIsSentWhileItIsClosed() {
        verifyNotStarted(() -> false);
        assertThat(simulator.requestCount()).isZero();
    }

    @Test
    void itIsAskedRightBeforeTheRequestIsWritten() {
        AtomicInteger asked = new AtomicInteger();
        verifyNotStarted(() -> asked.incrementAndGet() == 1);
        assertThat(simulator.requestCount()).isZero();
        assertThat(asked).hasValueGreaterThan(1);
    }

    @Test
    void itIsAskedBeforeARetry() {
        simulator.enqueue(Fault.throttled(Duration.ZERO));
        verifyNotStarted(() -> simulator.requestCount() == 0);
        assertThat(simulator.requestCount()).isEqualTo(1);
    }

    @Test
    void itIsAskedBeforeEachPage() {
        simulator.add(250);
        AtomicInteger asked = new AtomicInteger();
        StepVerifier.create(
                        imports.listImports().contextWrite(RequestFence.openWhile(() -> asked.incrementAndGet() <= 2)))
                .expectNextCount(200)
                .expectError(RequestFence.Closed.class)
                .verify(Duration.ofSeconds(20));
        assertThat(simulator.requestCount()).isEqualTo(2);
    }

    @Test
    void anOpenOneChangesNothing() {
        StepVerifier.create(start(() -> true))
                .expectNextCount(1)
                .expectComplete()
                .verify(Duration.ofSeconds(20));
    }

    @Test
    void oneThatThrowsSendsNothing() {
        StepVerifier.create(start(() -> {
                    throw new IllegalArgumentException("of the caller");
                }))
                .expectError()
                .verify(Duration.ofSeconds(20));
        assertThat(simulator.requestCount()).isZero();
    }
}
