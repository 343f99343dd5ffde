package dev.reactiveimports.samples;

import dev.reactiveimports.ImportRun;
import dev.reactiveimports.PollSpec;
import dev.reactiveimports.ReactiveImportsApi;
import dev.reactiveimports.RunImportsSpec;
import dev.reactiveimports.StartImportRequest;
import dev.reactiveimports.testing.Fault;
import dev.reactiveimports.testing.ImportsSimulator;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Five hundred imports, twenty at a time, on a simulated index that disturbs one response in fifteen. */
public final class ManyRuns {

    private static final int PER_FAULT = 15;

    private ManyRuns() {}

    /**
     * Runs it.
     *
     * @param arguments none
     */
    public static void main(String[] arguments) {
        try (ImportsSimulator simulator =
                ImportsSimulator.builder().importDuration(Duration.ofSeconds(1)).build()) {
            report(simulator, run(simulator, 500), System.out);
        }
    }

    static List<ImportRun> run(ImportsSimulator simulator, int howMany) {
        disturb(simulator);
        try (ReactiveImportsApi imports = ReactiveImportsApi.create(simulator.indexHost(), simulator.apiKey())) {
            PollSpec often = PollSpec.adaptive(Duration.ofMillis(200), Duration.ofSeconds(1));
            return runs(imports, howMany, RunImportsSpec.maxInProgress(20).pollSpec(often))
                    .collectList()
                    .blockOptional()
                    .orElseGet(List::of);
        }
    }

    static Flux<ImportRun> runs(ReactiveImportsApi imports, int howMany, RunImportsSpec spec) {
        Flux<StartImportRequest> requests =
                Flux.range(0, howMany).map(i -> StartImportRequest.of("s3://acme-vectors/part-" + i));
        return imports.runImports(requests, spec);
    }

    /** What was refused goes to a place of its own, to be looked at; everything goes on. */
    static Flux<ImportRun> quarantined(Flux<ImportRun> runs, Function<StartImportRequest, Mono<Void>> quarantine) {
        return runs.concatMap(
                run -> run.outcome() == ImportRun.Outcome.REFUSED
                        ? quarantine.apply(run.request()).thenReturn(run)
                        : Mono.just(run),
                0);
    }

    private static void disturb(ImportsSimulator simulator) {
        disturb(
                simulator,
                Fault.status(503),
                Fault.resetMidBody(),
                Fault.throttled(Duration.ofSeconds(1)),
                Fault.reset());
    }

    static void disturb(ImportsSimulator simulator, Fault... faults) {
        for (int i = 0; i < 1000; i++) {
            simulator.enqueue(Fault.delay(Duration.ofMillis(1)).times(PER_FAULT - 1));
            simulator.enqueue(faults[i % faults.length]);
        }
    }

    private static void report(ImportsSimulator simulator, List<ImportRun> runs, PrintStream out) {
        Map<ImportRun.Outcome, Integer> outcomes = new EnumMap<>(ImportRun.Outcome.class);
        runs.forEach(run -> outcomes.merge(run.outcome(), 1, Integer::sum));
        out.printf(
                "%d outcomes: %s; POSTs the service took: %d, HTTP requests: %d%n",
                runs.size(), outcomes, started(simulator).size(), simulator.requestCount());
    }

    /** The imports that were started, by URI. */
    static List<String> started(ImportsSimulator simulator) {
        try (ReactiveImportsApi imports = ReactiveImportsApi.create(simulator.indexHost(), simulator.apiKey())) {
            return new ArrayList<>(imports.listImports()
                    .mapNotNull(operation -> operation.uri())
                    .collectList()
                    .blockOptional()
                    .orElseGet(List::of));
        }
    }
}
