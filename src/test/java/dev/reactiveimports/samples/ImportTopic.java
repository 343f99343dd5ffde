package dev.reactiveimports.samples;

import static dev.reactiveimports.samples.StatusTopic.send;

import dev.reactiveimports.ImportRun;
import dev.reactiveimports.ReactiveImportsApi;
import dev.reactiveimports.StartImportRequest;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** From a topic of URIs to a topic of outcomes, as the recipes show it; its tests run it. */
final class ImportTopic {

    private final ReactiveImportsApi imports;
    private final Consumer<String, String> consumer;
    private final Producer<String, String> producer;
    private final Scheduler poller;

    /**
     * Nothing is read yet.
     *
     * @param consumer with its partitions assigned, and without auto-commit
     * @param poller of one thread, since a consumer may be used by one alone
     */
    ImportTopic(
            ReactiveImportsApi imports,
            Consumer<String, String> consumer,
            Producer<String, String> producer,
            Scheduler poller) {
        this.imports = imports;
        this.consumer = consumer;
        this.producer = producer;
        this.poller = poller;
    }

    // snippet: kafka-runs
    /** The records of runs that have not ended, by their requests. */
    private final Map<StartImportRequest, ConsumerRecord<String, String>> running =
            Collections.synchronizedMap(new IdentityHashMap<>());

    /** What was polled and has no outcome yet; belongs to the poller's thread. */
    private final Map<TopicPartition, TreeSet<Long>> open = new HashMap<>();

    Flux<ImportRun> outcomes(int maxInProgress) {
        Flux<StartImportRequest> requests = Mono.fromCallable(this::poll)
                .subscribeOn(poller)
                .repeat() // polls when the pipeline asks for more
                .concatMapIterable(records -> records, 1)
                .concatMap(this::request, 0);
        return imports.runImports(requests, maxInProgress)
                .limitRate(maxInProgress, 1) // one more is started for each that has ended
                .concatMap(run ->
                        end(running.remove(run.request()), run.outcome().name()).thenReturn(run));
    }

    private ConsumerRecords<String, String> poll() {
        ConsumerRecords<String, String> records = consumer.poll(Duration.ofMillis(100));
        records.forEach(record -> open.computeIfAbsent(partition(record), partition -> new TreeSet<>())
                .add(record.offset()));
        return records;
    }

    private Mono<StartImportRequest> request(ConsumerRecord<String, String> record) {
        try {
            StartImportRequest request = StartImportRequest.of(record.value());
            running.put(request, record);
            return Mono.just(request);
        } catch (IllegalArgumentException | NullPointerException invalid) {
            return end(record, "INVALID").then(Mono.empty());
        }
    }

    /** Sends the outcome, then commits up to the first record that has none. */
    private Mono<Void> end(ConsumerRecord<String, String> record, String outcome) {
        return send(producer, new ProducerRecord<>("import-outcomes", record.value(), outcome))
                .then(Mono.<Void>fromRunnable(() -> commit(record)).subscribeOn(poller));
    }

    private void commit(ConsumerRecord<String, String> record) {
        TopicPartition partition = partition(record);
        TreeSet<Long> offsets = open.get(partition);
        offsets.remove(record.offset());
        long next = offsets.isEmpty() ? consumer.position(partition) : offsets.first();
        consumer.commitSync(Map.of(partition, new OffsetAndMetadata(next)));
    }

    private static TopicPartition partition(ConsumerRecord<String, String> record) {
        return new TopicPartition(record.topic(), record.partition());
    }
    // end
}
