package dev.reactiveimports.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reactiveimports.ImportOperation;
import dev.reactiveimports.ImportStatus;
import dev.reactiveimports.ImportsListener.Exchange;
import dev.reactiveimports.ImportsListener.Operation;
import dev.reactiveimports.ImportsRetry;
import dev.reactiveimports.PollSpec;
import dev.reactiveimports.ReactiveImportsApi;
import dev.reactiveimports.StartImportRequest;
import dev.reactiveimports.testing.Fault;
import dev.reactiveimports.testing.ImportsSimulator;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MicrometerImportsListenerTests {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final PollSpec OFTEN = PollSpec.fixedInterval(Duration.ofMillis(10));

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ImportsSimulator simulator =
            ImportsSimulator.builder().importDuration(Duration.ofMillis(200)).build();
    private final ReactiveImportsApi imports = ReactiveImportsApi.builder(simulator.indexHost(), simulator.apiKey())
            .retry(ImportsRetry.ofDefaults().minBackoff(Duration.ofMillis(1)))
            .listener(new MicrometerImportsListener(registry, Tags.of("index", "products")))
            .build();

    @AfterEach
    void stop() {
        imports.close();
        simulator.close();
    }

    @Test
    void requestsRetriesAndPausesAreCounted() {
        simulator.add(ImportOperation.of("x", ImportStatus.PENDING));
        simulator.enqueue(Fault.status(502));
        simulator.enqueue(Fault.reset());
        simulator.enqueue(Fault.throttled(Duration.ofSeconds(1)));
        imports.describeImport("x").block(LONG);
        assertThat(requests("describe", "SERVER_ERROR", "502")).isEqualTo(1);
        assertThat(requests("describe", "UNKNOWN", "IO_ERROR")).isEqualTo(1);
        assertThat(requests("describe", "CLIENT_ERROR", "429")).isEqualTo(1);
        assertThat(requests("describe", "SUCCESS", "200")).isEqualTo(1);
        assertThat(retries("502") + retries("IO_ERROR") + retries("429")).isEqualTo(3);
        assertThat(registry.get("reactive.imports.throttle.wait").timer().totalTime(TimeUnit.SECONDS))
                .isEqualTo(1);
    }

    @Test
    void watchesAreCounted() {
        String id = imports.startImport(StartImportRequest.of("s3://bucket/a")).block(LONG);
        imports.watchImport(id, OFTEN).blockLast(LONG);
        double polls = registry.get("reactive.imports.poll.requests").summary().totalAmount();
        assertThat(polls).isEqualTo(requests("describe", "SUCCESS", "200"));
        assertThat(registry.get("reactive.imports.poll.watched").summary().max())
                .isEqualTo(1);
        assertThat(registry.get("reactive.imports.status.changes")
                        .tag("status", "COMPLETED")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void tagsAreFewAndHoldNoId() {
        String id = imports.startImport(StartImportRequest.of("s3://bucket/a")).block(LONG);
        imports.watchImport(id, OFTEN).blockLast(LONG);
        imports.listImports().blockLast(LONG);
        imports.cancelImport(id).block(LONG);
        Map<String, Set<String>> tags = registry.getMeters().stream()
                .map(Meter::getId)
                .collect(Collectors.toMap(
                        Meter.Id::getName,
                        meter -> meter.getTags().stream().map(Tag::getKey).collect(Collectors.toSet()),
                        (one, same) -> {
                            assertThat(one).isEqualTo(same);
                            return one;
                        }));
        assertThat(tags)
                .containsEntry("reactive.imports.requests", Set.of("index", "operation", "outcome", "status"))
                .containsEntry("reactive.imports.status.changes", Set.of("index", "status"))
                .containsEntry("reactive.imports.poll.requests", Set.of("index"));
        assertThat(registry.getMeters())
                .flatExtracting(meter -> meter.getId().getTags())
                .extracting(Tag::getValue)
                .isSubsetOf(
                        "products",
                        "list",
                        "describe",
                        "start",
                        "cancel",
                        "SUCCESS",
                        "200",
                        "202",
                        "PENDING",
                        "IN_PROGRESS",
                        "COMPLETED");
    }

    @ParameterizedTest
    @CsvSource({
        "200, false, SUCCESS, 200",
        "204, false, SUCCESS, 204",
        "200, true, UNKNOWN, 200",
        "302, true, REDIRECTION, 302",
        "404, true, CLIENT_ERROR, 404",
        "503, true, SERVER_ERROR, 503",
        "0, true, UNKNOWN, IO_ERROR",
        "0, false, UNKNOWN, CANCELLED"
    })
    void outcomesFollowTheStatus(int status, boolean failed, String outcome, String tag) {
        new MicrometerImportsListener(registry)
                .onExchange(new Exchange(
                        Operation.LIST,
                        1,
                        status,
                        failed ? new IllegalStateException() : null,
                        Duration.ofMillis(3),
                        0));
        assertThat(requests("list", outcome, tag)).isEqualTo(1);
    }

    private long requests(String operation, String outcome, String status) {
        return registry.get("reactive.imports.requests")
                .tags("operation", operation, "outcome", outcome, "status", status)
                .timer()
                .count();
    }

    private double retries(String status) {
        return registry.get("reactive.imports.retries")
                .tags("operation", "describe", "status", status)
                .counter()
                .count();
    }
}
