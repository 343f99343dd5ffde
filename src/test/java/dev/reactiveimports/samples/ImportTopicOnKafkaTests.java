package dev.reactiveimports.samples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reactiveimports.PollSpec;
import dev.reactiveimports.ReactiveImportsApi;
import dev.reactiveimports.testing.ImportsSimulator;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** The recipe with a real broker. */
@Tag("kafka")
class ImportTopicOnKafkaTests {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final TopicPartition URIS = new TopicPartition("import-uris", 0);
    private static final int RECORDS = 6;

    @Test
    void aConsumerThatComesLaterReadsWhatHasNoOutcome(@TempDir Path folder) throws Exception {
        Scheduler poller = Schedulers.newSingle("poller");
        try (ImportsSimulator simulator = ImportsSimulator.builder()
                        .importDuration(Duration.ofMillis(100))
                        .build();
                ReactiveImportsApi imports = ReactiveImportsApi.builder(simulator.indexHost(), simulator.apiKey())
                        .pollSpec(PollSpec.fixedInterval(Duration.ofMillis(50)))
                        .build();
                KafkaBroker broker = KafkaBroker.start(folder);
                KafkaProducer<String, String> producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", broker.address(), "linger.ms", 0),
                        new StringSerializer(),
                        new StringSerializer())) {
            for (int i = 0; i < RECORDS; i++) {
                producer.send(new ProducerRecord<>("import-uris", 0, null, "s3://bucket/" + i))
                        .get();
            }
            run(imports, broker, producer, poller, 4);
            run(imports, broker, producer, poller, RECORDS - 4);
            // an import that was in progress when the first consumer stopped is started again
            assertThat(simulator.requests())
                    .filteredOn(request -> request.method().equals("POST"))
                    .hasSizeBetween(RECORDS, RECORDS + 1);
        } finally {
            poller.dispose();
        }
    }

    /** One after the other. */
    private static void run(
            ReactiveImportsApi imports,
            KafkaBroker broker,
            KafkaProducer<String, String> producer,
            Scheduler poller,
            int runs) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                broker.address(),
                "group.id",
                "imports",
                "enable.auto.commit",
                false,
                "auto.offset.reset",
                "earliest");
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(List.of(URIS));
            StepVerifier.create(new ImportTopic(imports, consumer, producer, poller).outcomes(1), runs)
                    .expectNextCount(runs)
                    .thenCancel()
                    .verify(LONG);
            assertThat(consumer.committed(Set.of(URIS)).get(URIS).offset()).isGreaterThanOrEqualTo(runs);
        }
    }
}
