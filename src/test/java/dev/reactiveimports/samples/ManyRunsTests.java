package dev.reactiveimports.samples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reactiveimports.ImportOperation;
import dev.reactiveimports.ImportRun;
import dev.reactiveimports.ImportStatus;
import dev.reactiveimports.PollSpec;
import dev.reactiveimports.ReactiveImportsApi;
import dev.reactiveimports.RunImportsSpec;
import dev.reactiveimports.StartImportRequest;
import dev.reactiveimports.testing.Fault;
import dev.reactiveimports.testing.ImportsSimulator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

class ManyRunsTests {

    @Test
    @Timeout(60)
    void eachRequestHasOneTrueOutcomeAndIsStartedOnce() {
        try (ImportsSimulator simulator = ImportsSimulator.builder()
                        .importDuration(Duration.ofMillis(100))
                        .build();
                ReactiveImportsApi imports = ReactiveImportsApi.create(simulator.indexHost(), simulator.apiKey())) {
            // faults that leave no start unknown, which would take the attempt's timeout
            ManyRuns.disturb(
                    simulator,
                    Fault.status(503).on("GET", "/"),
                    Fault.resetMidBody().on("GET", "/"),
                    Fault.throttled(Duration.ofSeconds(1)),
                    Fault.reset().on("GET", "/"));
            PollSpec often = PollSpec.adaptive(Duration.ofMillis(200), Duration.ofSeconds(1));
            List<ImportRun> runs = ManyRuns.runs(
                            imports, 60, RunImportsSpec.maxInProgress(20).pollSpec(often))
                    .collectList()
                    .block();
            assertThat(runs).extracting(run -> run.request().uri()).hasSize(60).doesNotHaveDuplicates();
            assertThat(runs).allMatch(run -> run.outcome() == ImportRun.Outcome.COMPLETED);
            assertThat(ManyRuns.started(simulator)).hasSize(60).doesNotHaveDuplicates();
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
