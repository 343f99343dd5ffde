package dev.reactiveimports.samples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reactiveimports.ImportOperation;
import dev.reactiveimports.ImportStatus;
import dev.reactiveimports.ImportsRetry;
import dev.reactiveimports.ReactiveImportsApi;
import dev.reactiveimports.StartImportRequest;
import dev.reactiveimports.micrometer.MicrometerImportsListener;
import dev.reactiveimports.samples.Dashboard.Panel;
import dev.reactiveimports.samples.MeterQuery.Sample;
import dev.reactiveimports.samples.MeterQuery.Term;
import dev.reactiveimports.testing.Fault;
import dev.reactiveimports.testing.ImportsSimulator;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.NodeList;

/** The sample dashboard asks for what a client really tells Prometheus, and for all of it. */
class DashboardTests {

    private static final Duration LONG = Duration.ofSeconds(20);

    @Test
    void everyMetricAndLabelIsOneThatAClientTells() throws IOException {
        Map<String, Set<String>> told = samples().stream()
                .collect(Collectors.toMap(
                        Sample::metric, sample -> sample.labels().keySet(), (one, same) -> one));
        List<Term> asked = terms();
        assertThat(asked).isNotEmpty().allSatisfy(term -> {
            assertThat(told).containsKey(term.metric());
            assertThat(told.get(term.metric())).containsAll(term.labels());
        });
    }

    @Test
    void everyMeterIsShown() throws IOException {
        Set<String> shown = terms().stream().map(term -> meter(term.metric())).collect(Collectors.toSet());
        assertThat(samples().stream().map(sample -> meter(sample.metric())).collect(Collectors.toSet()))
                .hasSize(6)
                .isEqualTo(shown);
    }

    @Test
    void everyPanelShowsSomethingAfterALoad() throws IOException {
        List<Sample> samples = samples();
        assertThat(Dashboard.read().panels())
                .allSatisfy(panel -> assertThat(panel.targets())
                        .isNotEmpty()
                        .allSatisfy(target -> assertThat(target.query().evaluate(List.of(), samples, 1))
                                .isNotEmpty()
                                .allSatisfy((label, value) -> {
                                    assertThat(target.name(label)).isNotBlank();
                                    assertThat(value).isPositive();
                                })));
    }

    @Test
    void panelsAreToldApart() throws IOException {
        List<Panel> panels = Dashboard.read().panels();
        assertThat(panels).extracting(Panel::id).doesNotHaveDuplicates();
        assertThat(panels).extracting(Panel::title).doesNotHaveDuplicates();
    }

    @Test
    void thePictureIsOfThisDashboard() throws Exception {
        NodeList titles = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(DashboardPicture.FILE.toFile())
                .getElementsByTagName("title");
        assertThat(titles.getLength()).isEqualTo(Dashboard.read().panels().size());
        for (int i = 0; i < titles.getLength(); i++) {
            assertThat(titles.item(i).getTextContent())
                    .isEqualTo(Dashboard.read().panels().get(i).title());
        }
        assertThat(Files.readString(Path.of("README.md"))).contains("(" + DashboardPicture.FILE + ")");
    }

    private static List<Term> terms() throws IOException {
        return Dashboard.read().panels().stream()
                .flatMap(panel -> panel.targets().stream())
                .flatMap(target -> target.query().terms())
                .toList();
    }

    private static String meter(String metric) {
        return metric.replaceAll("_(count|sum|max|total)$", "");
    }

    /** What a client tells that has met with everything there is to tell of. */
    private static List<Sample> samples() {
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
        return MeterQuery.samples(registry.scrape());
    }
}
