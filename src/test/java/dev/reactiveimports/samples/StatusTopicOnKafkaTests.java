package dev.reactiveimports.samples;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reactiveimports.PollSpec;
import dev.reactiveimports.ReactiveImportsApi;
import dev.reactiveimports.StartImportRequest;
import dev.reactiveimports.testing.ImportsSimulator;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** The recipe with a real broker. */
@Tag("kafka")
class StatusTopicOnKafkaTests {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final int IMPORTS = 5;

    @Test
    void everyChangeArrivesOnceAndInOrderUntilTheBrokerIsGone(@TempDir Path folder) throws Exception {
        try (ImportsSimulator simulator = ImportsSimulator.builder()
                        .importDuration(Duration.ofSeconds(5)) // no status may pass while the topic is being made
                        .build();
                ReactiveImportsApi imports = ReactiveImportsApi.builder(simulator.indexHost(), simulator.apiKey())
                        .pollSpec(PollSpec.fixedInterval(Duration.ofMillis(50)))
                        .build();
                KafkaBroker broker = KafkaBroker.start(folder);
                KafkaProducer<String, String> producer = producer(broker)) {
            StatusTopic topic = new StatusTopic(imports);
            StepVerifier.create(Flux.range(1, IMPORTS)
                            .map(i -> StartImportRequest.of("s3://bucket/" + i))
                            .flatMap(request -> topic.started(request, producer)))
                    .expectNextCount(3 * IMPORTS)
                    .expectComplete()
                    .verify(LONG);
            assertThat(consumed(broker))
                    .hasSize(IMPORTS)
                    .allSatisfy((id, statuses) ->
                            assertThat(statuses).containsExactly("PENDING", "IN_PROGRESS", "COMPLETED"));

            broker.kill();
            StepVerifier.create(topic.started(StartImportRequest.of("s3://bucket/late"), producer))
                    .expectError(TimeoutException.class)
                    .verify(LONG);
        }
    }

    private static KafkaProducer<String, String> producer(KafkaBroker broker) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", broker.address(),
                "max.block.ms", 10_000,
                "request.timeout.ms", 2_000,
                "delivery.timeout.ms", 3_000,
                "linger.ms", 0);
        return new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
    }

    /** The values by their keys, in the order in which they stand in the topic. */
    private static Map<String, List<String>> consumed(KafkaBroker broker) {
        Map<String, Object> settings =
                Map.of("bootstrap.servers", broker.address(), "group.id", "readers", "auto.offset.reset", "earliest");
        List<ConsumerRecord<String, String>> records = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of("import-status"));
            int idle = 0;
            while (idle < (records.size() < 3 * IMPORTS ? 30 : 2)) { // two more looks, for what is sent twice
                int before = records.size();
                consumer.poll(Duration.ofSeconds(1)).forEach(records::add);
                idle = records.size() == before ? idle + 1 : 0;
            }
        }
        return records.stream().collect(groupingBy(ConsumerRecord::key, mapping(ConsumerRecord::value, toList())));
    }
}
