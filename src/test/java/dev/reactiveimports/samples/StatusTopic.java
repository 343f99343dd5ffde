package dev.reactiveimports.samples;

import dev.reactiveimports.ImportStatusChange;
import dev.reactiveimports.ReactiveImportsApi;
import dev.reactiveimports.StartImportRequest;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Starts an import and publishes each change of its status to Kafka, as the recipes show it; its tests run it. */
final class StatusTopic {

    private final ReactiveImportsApi imports;

    StatusTopic(ReactiveImportsApi imports) {
        this.imports = imports;
    }

    // snippet: kafka
    Flux<RecordMetadata> started(StartImportRequest request, Producer<String, String> producer) {
        return imports.startImport(request)
                .flatMapMany(imports::watchImport)
                .transform(ImportStatusChange::detect)
                .map(change -> new ProducerRecord<>(
                        "import-status", change.id(), change.to().name()))
                .concatMap(change -> send(producer, change), 0); // no poll while Kafka has not taken the last change
    }

    static <K, V> Mono<RecordMetadata> send(Producer<K, V> producer, ProducerRecord<K, V> change) {
        return Mono.<RecordMetadata>create(sink -> producer.send(change, (taken, failure) -> {
                    if (failure == null) {
                        sink.success(taken);
                    } else {
                        sink.error(failure);
                    }
                }))
                .subscribeOn(Schedulers.boundedElastic()); // send() itself may block, for metadata or buffer space
    }
    // end
}
