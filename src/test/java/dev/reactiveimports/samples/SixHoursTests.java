package dev.reactiveimports.samples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reactiveimports.ImportOperation;
import dev.reactiveimports.ImportStatus;
import dev.reactiveimports.ReactiveImportsApi;
import dev.reactiveimports.StartImportRequest;
import dev.reactiveimports.testing.ImportsSimulator;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.test.scheduler.VirtualTimeScheduler;

class SixHoursTests {

    @Test
    @Timeout(60)
    void anImportOfSixHoursIsOverInAMoment() {
        // snippet: virtual
        VirtualTimeScheduler clock = VirtualTimeScheduler.create();
        try (ImportsSimulator simulator = ImportsSimulator.builder()
                        .clock(clock)
                        .importDuration(Duration.ofHours(6))
                        .build();
                ReactiveImportsApi imports = ReactiveImportsApi.builder(simulator.indexHost(), simulator.apiKey())
                        .scheduler(clock)
                        .attemptTimeout(Duration.ofDays(365)) // real time passes while the clock runs ahead
                        .build()) {
            CompletableFuture<ImportOperation> end = imports.startImport(StartImportRequest.of("s3://bucket/vectors"))
                    .flatMap(imports::awaitImport)
                    .toFuture();
            while (!end.isDone()) {
                clock.advanceTimeBy(Duration.ofSeconds(1)); // the client's and the simulator's time alike
                Thread.onSpinWait(); // what crosses the loopback takes real time
            }
            assertThat(end.join().status()).isEqualTo(ImportStatus.COMPLETED);
        }
        // end
    }
}
