package dev.reactiveimports.samples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reactiveimports.ImportOperation;
import dev.reactiveimports.ReactiveImportsApi;
import dev.reactiveimports.StartImportRequest;
import dev.reactiveimports.testing.Fault;
import dev.reactiveimports.testing.ImportsSimulator;
import dev.reactiveimports.testing.ImportsSimulatorExtension;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.test.StepVerifier;

// snippet: testing
class PipelineTests {

    @RegisterExtension
    static final ImportsSimulatorExtension SIMULATOR =
            new ImportsSimulatorExtension(simulator -> simulator.importDuration(Duration.ofMillis(300)));

    @Test
    void survivesABrokenGateway(ImportsSimulator simulator) {
        simulator.enqueue(Fault.status(503).times(2).on("GET", "/bulk/imports"));
        try (ReactiveImportsApi imports = ReactiveImportsApi.create(simulator.indexHost(), simulator.apiKey())) {
            StepVerifier.create(imports.startImport(StartImportRequest.of("s3://bucket/vectors"))
                            .flatMap(imports::awaitImport)
                            .map(ImportOperation::statusText))
                    .expectNext("Completed")
                    .verifyComplete();
        }
        assertThat(simulator.requests())
                .filteredOn(r -> r.method().equals("POST"))
                .hasSize(1);
    }
}
// end
