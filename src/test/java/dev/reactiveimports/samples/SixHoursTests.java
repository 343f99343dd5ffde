package dev.reactiveimports.samples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reactiveimports.ImportOperation;
import dev.reactiveimports.ReactiveImportsApi;
import dev.reactiveimports.StartImportRequest;
import dev.reactiveimports.testing.ImportsSimulator;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import reactor.test.scheduler.VirtualTimeScheduler;

class SixHoursTests {

    @Test
    void anImportOfSixHoursIsOverInAMoment() {
        // snippet: virtual
        VirtualTimeScheduler clock = VirtualTimeScheduler.create();
        AtomicReference<ImportOperation> end = new AtomicReference<>();
        try (ImportsSimulator simulator = ImportsSimulator.builder()
                        .clock(clock)
                        .importDuration(Duration.ofHours(6))
                        .build();
                ReactiveImportsApi imports = ReactiveImportsApi.builder(simulator.indexHost(), simulator.apiKey())
                        .scheduler(clock)
                        .attemptTimeout(Duration.ofDays(30)) // real time passes while the clock runs ahead
                        .build()) {
            imports.startImport(StartImportRequest.of("s3://bucket/vectors"))
                    .flatMap(imports::awaitImport)
                    .subscribe(end::set);
            while (end.get() == null) {
                clock.advanceTimeBy(Duration.ofSeconds(1)); // the client's and the simulator's time alike
                Thread.onSpinWait(); // what crosses the loopback takes real time
            }
        }
        // end
        assertThat(end.get().isTerminal()).isTrue();
    }
}
