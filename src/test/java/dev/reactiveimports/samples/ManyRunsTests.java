package dev.reactiveimports.samples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reactiveimports.ImportOperation;
import dev.reactiveimports.ImportRun;
import dev.reactiveimports.ImportStatus;
import dev.reactiveimports.StartImportRequest;
import dev.reactiveimports.testing.ImportsSimulator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

class ManyRunsTests {

    @Test
    void eachRequestHasOneTrueOutcomeAndIsStartedOnce() {
        try (ImportsSimulator simulator = ImportsSimulator.builder()
                .importDuration(Duration.ofMillis(100))
                .build()) {
            List<ImportRun> runs = ManyRuns.run(simulator, 40);
            assertThat(runs).extracting(run -> run.request().uri()).hasSize(40).doesNotHaveDuplicates();
            assertThat(ManyRuns.started(simulator)).doesNotHaveDuplicates();
            assertThat(runs)
                    .allMatch(run ->
                            run.outcome() == ImportRun.Outcome.COMPLETED || run.outcome() == ImportRun.Outcome.UNKNOWN);
        }
    }

    @Test
    void whatWasRejectedIsPutAside() {
        StartImportRequest good = StartImportRequest.of("s3://b/good");
        StartImportRequest bad = StartImportRequest.of("s3://b/bad");
        Flux<ImportRun> runs = Flux.just(
                new ImportRun(bad, ImportRun.Outcome.REFUSED, null, new IllegalStateException("no")),
                new ImportRun(
                        good, ImportRun.Outcome.COMPLETED, ImportOperation.of("i", ImportStatus.COMPLETED), null));
        List<StartImportRequest> aside = new ArrayList<>();
        Function<StartImportRequest, Mono<Void>> quarantine = request -> Mono.fromRunnable(() -> aside.add(request));
        assertThat(ManyRuns.quarantined(runs, quarantine).collectList().block()).hasSize(2);
        assertThat(aside).containsExactly(bad);
    }
}
