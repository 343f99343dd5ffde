package dev.reactiveimports.samples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reactiveimports.ImportOperation;
import dev.reactiveimports.ImportStatus;
import dev.reactiveimports.ImportsRetry;
import dev.reactiveimports.ReactiveImportsApi;
import dev.reactiveimports.StartImportRequest;
import dev.reactiveimports.micrometer.MicrometerImportsListener;
import dev.reactiveimports.testing.Fault;
import dev.reactiveimports.testing.ImportsSimulator;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The sample Grafana dashboard queries the meters that a client has, and all of them. */
class DashboardTests {

    private static final Path DASHBOARD = Path.of("src/test/resources/dev/reactiveimports/samples/dashboard.json");
    private static final Pattern METRIC = Pattern.compile("reactive_imports_\\w+");
    private static final Duration LONG = Duration.ofSeconds(20);

    @Test
    void everyMetricOfTheDashboardExistsAndEveryMeterIsShown() throws IOException {
        Set<String> queried = metrics(Files.readString(DASHBOARD));
        Set<String> exported = metrics(scrapeAfterEveryKindOfEvent());
        assertThat(exported).containsAll(queried);
        assertThat(meters(queried)).hasSize(6).isEqualTo(meters(exported));
    }

    private static Set<String> metrics(String text) {
        return METRIC.matcher(text).results().map(MatchResult::group).collect(Collectors.toSet());
    }

    private static Set<String> meters(Set<String> metrics) {
        return metrics.stream()
                .map(metric -> metric.replaceAll("_(count|sum|max|total)$", ""))
                .collect(Collectors.toSet());
    }

    private static String scrapeAfterEveryKindOfEvent() {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        try (ImportsSimulator simulator = ImportsSimulator.start();
                ReactiveImportsApi imports = ReactiveImportsApi.builder(simulator.indexHost(), simulator.apiKey())
                        .retry(ImportsRetry.ofDefaults().minBackoff(Duration.ofMillis(1)))
                        .listener(new MicrometerImportsListener(registry))
                        .build()) {
            simulator.add(ImportOperation.of("x", ImportStatus.COMPLETED));
            simulator.enqueue(Fault.status(503).on("GET", "/bulk/imports/x"));
            simulator.enqueue(Fault.throttled(Duration.ofSeconds(1)).on("GET", "/bulk/imports/x"));
            imports.watchImport("x").blockLast(LONG);
            imports.listImports().blockLast(LONG);
            imports.startImport(StartImportRequest.of("s3://bucket/a"))
                    .flatMap(imports::cancelImport)
                    .block(LONG);
        }
        return registry.scrape();
    }
}
