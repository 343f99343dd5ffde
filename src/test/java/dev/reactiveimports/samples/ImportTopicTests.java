package dev.reactiveimports.samples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reactiveimports.ImportRun;
import dev.reactiveimports.PollSpec;
import dev.reactiveimports.ReactiveImportsApi;
import dev.reactiveimports.testing.Fault;
import dev.reactiveimports.testing.ImportsSimulator;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

/** The recipe with the mocks of kafka-clients; {@link ImportTopicOnKafkaTests} has a broker. */
class ImportTopicTests {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final TopicPartition PARTITION = new TopicPartition("import-uris", 0);

    /** The service's clock alone: an import ends when a test says so. */
    private final VirtualTimeScheduler clock = VirtualTimeScheduler.create();

    private final ImportsSimulator simulator = ImportsSimulator.builder()
            .clock(clock)
            .importDuration(Duration.ofHours(1))
            .build();
    private final ReactiveImportsApi imports = ReactiveImportsApi.builder(simulator.indexHost(), simulator.apiKey())
            .pollSpec(PollSpec.fixedInterval(Duration.ofMillis(10)))
            .build();
    private final MockConsumer<String, String> consumer = new MockConsumer<>("earliest");
    private final MockProducer<String, String> producer =
            new MockProducer<>(true, null, new StringSerializer(), new StringSerializer());
    private final Scheduler poller = Schedulers.newSingle("poller");
    private final AtomicLong offset = new AtomicLong();

    @BeforeEach
    void assign() {
        consumer.assign(Set.of(PARTITION));
        consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
    }

    @AfterEach
    void stop() {
        imports.close();
        simulator.close();
        poller.dispose();
    }

    @Test
    void eachRecordHasItsOutcomeAndThenItsOffsetIsCommitted() {
        simulator.enqueue(Fault.status(400).on("POST", "/"));
        write("s3://bucket/0", "", "s3://bucket/1", "s3://bucket/2");
        StepVerifier.create(outcomes())
                .expectNextCount(1)
                .then(this::untilAllAreStarted)
                .then(() -> clock.advanceTimeBy(Duration.ofHours(2)))
                .expectNextCount(2)
                .thenCancel()
                .verify(LONG);
        assertThat(producer.history())
                .extracting(ProducerRecord::value)
                .containsExactlyInAnyOrder("REFUSED", "INVALID", "COMPLETED", "COMPLETED");
        assertThat(producer.history())
                .extracting(ProducerRecord::key)
                .containsExactlyInAnyOrder("s3://bucket/0", "", "s3://bucket/1", "s3://bucket/2");
        assertThat(committed()).isEqualTo(4);
    }

    @Test
    void nothingIsCommittedBeyondARecordWhoseImportStillRuns() {
        write("s3://bucket/runs", "s3://bucket/rejected");
        simulator.enqueue(Fault.delay(Duration.ofMillis(1)).on("POST", "/"));
        simulator.enqueue(Fault.status(400).on("POST", "/"));
        StepVerifier.create(outcomes())
                .assertNext(run -> assertThat(run.outcome()).isEqualTo(ImportRun.Outcome.REFUSED))
                .thenCancel()
                .verify(LONG);
        String refused = producer.history().get(0).key();
        assertThat(producer.history()).extracting(ProducerRecord::value).containsExactly("REFUSED");
        assertThat(committed()).isEqualTo(refused.endsWith("runs") ? 1 : 0);
    }

    private Flux<ImportRun> outcomes() {
        return new ImportTopic(imports, consumer, producer, poller).outcomes(2);
    }

    private void untilAllAreStarted() {
        Flux.interval(Duration.ofMillis(5))
                .takeUntil(i -> simulator.requests().stream()
                                .filter(request -> request.method().equals("POST"))
                                .count()
                        == 3)
                .blockLast(LONG);
    }

    private void write(String... uris) {
        consumer.schedulePollTask(() -> {
            for (String uri : uris) {
                consumer.addRecord(new ConsumerRecord<>("import-uris", 0, offset.getAndIncrement(), null, uri));
            }
        });
    }

    private long committed() {
        var committed = consumer.committed(Set.of(PARTITION)).get(PARTITION);
        return committed == null ? 0 : committed.offset();
    }
}
