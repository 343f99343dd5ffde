package dev.reactiveimports.samples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reactiveimports.PollSpec;
import dev.reactiveimports.ReactiveImportsApi;
import dev.reactiveimports.StartImportRequest;
import dev.reactiveimports.testing.ImportsSimulator;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

/** The recipe with kafka-clients' own producer for tests; {@link StatusTopicOnKafkaTests} has a broker. */
class StatusTopicTests {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final StartImportRequest REQUEST = StartImportRequest.of("s3://bucket/vectors");

    /** The service's clock alone: an import goes on when a test says so. */
    private final VirtualTimeScheduler clock = VirtualTimeScheduler.create();

    private final ImportsSimulator simulator = ImportsSimulator.builder()
            .clock(clock)
            .importDuration(Duration.ofHours(1))
            .build();
    private final ReactiveImportsApi imports = ReactiveImportsApi.builder(simulator.indexHost(), simulator.apiKey())
            .pollSpec(PollSpec.fixedInterval(Duration.ofMillis(10)))
            .build();
    private final StatusTopic topic = new StatusTopic(imports);

    @AfterEach
    void stop() {
        imports.close();
        simulator.close();
    }

    @Test
    void eachChangeIsSentOnceInOrderByTheImportsId() {
        MockProducer<String, String> producer = producer(true);
        StepVerifier.create(topic.started(REQUEST, producer))
                .expectNextCount(1)
                .then(this::halfAnHour)
                .expectNextCount(1)
                .then(this::halfAnHour)
                .expectNextCount(1)
                .expectComplete()
                .verify(LONG);
        assertThat(producer.history())
                .extracting(ProducerRecord::value)
                .containsExactly("PENDING", "IN_PROGRESS", "COMPLETED");
        assertThat(producer.history()).extracting(ProducerRecord::key).containsOnly(id());
    }

    @Test
    void nothingIsPolledWhileKafkaHasNotTakenAChange() {
        MockProducer<String, String> producer = producer(false);
        StepVerifier.create(topic.started(REQUEST, producer))
                .then(() -> takesOnlyLater(producer, 1))
                .expectNextCount(1)
                .then(() -> takesOnlyLater(producer, 2))
                .expectNextCount(1)
                .then(() -> until(producer::completeNext))
                .expectNextCount(1)
                .expectComplete()
                .verify(LONG);
        assertThat(producer.history())
                .extracting(ProducerRecord::value)
                .containsExactly("PENDING", "IN_PROGRESS", "COMPLETED");
    }

    @Test
    void aFailedSendEndsTheStreamAndThePolling() {
        MockProducer<String, String> producer = producer(false);
        StepVerifier.create(topic.started(REQUEST, producer))
                .then(() -> until(() -> producer.errorNext(new RecordTooLargeException("too large"))))
                .expectErrorMessage("too large")
                .verify(LONG);
        assertThat(polling()).isFalse();
        assertThat(producer.history()).hasSize(1);
    }

    @Test
    void aSendThatThrowsEndsTheStreamAsWell() {
        MockProducer<String, String> producer = producer(true);
        producer.sendException = new IllegalStateException("closed");
        StepVerifier.create(topic.started(REQUEST, producer))
                .expectErrorMessage("closed")
                .verify(LONG);
    }

    @Test
    void cancellingEndsThePollingButNotTheImport() {
        StepVerifier.create(topic.started(REQUEST, producer(true)))
                .expectNextCount(1)
                .thenCancel()
                .verify(LONG);
        assertThat(polling()).isFalse();
        assertThat(imports.describeImport(id()).block(LONG).isTerminal()).isFalse();
    }

    private void takesOnlyLater(MockProducer<String, String> producer, int sent) {
        until(() -> producer.history().size() == sent);
        halfAnHour();
        assertThat(polling()).isFalse();
        producer.completeNext();
    }

    private void halfAnHour() {
        clock.advanceTimeBy(Duration.ofMinutes(30));
    }

    private static MockProducer<String, String> producer(boolean takesAtOnce) {
        return new MockProducer<>(takesAtOnce, null, new StringSerializer(), new StringSerializer());
    }

    private String id() {
        return imports.listImports().blockFirst(LONG).id();
    }

    /** Polls come every 10 ms: 200 ms without one are the end of them, unless one was still under way. */
    private boolean polling() {
        Flux.interval(Duration.ofMillis(50)).blockFirst(LONG);
        long before = simulator.requestCount();
        Flux.interval(Duration.ofMillis(200)).blockFirst(LONG);
        return simulator.requestCount() > before;
    }

    private static void until(BooleanSupplier happened) {
        Flux.interval(Duration.ofMillis(5))
                .takeUntil(i -> happened.getAsBoolean())
                .blockLast(LONG);
    }
}
