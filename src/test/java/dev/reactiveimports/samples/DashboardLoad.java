package dev.reactiveimports.samples;

import dev.reactiveimports.ImportsRetry;
import dev.reactiveimports.PollSpec;
import dev.reactiveimports.ReactiveImportsApi;
import dev.reactiveimports.StartImportRequest;
import dev.reactiveimports.micrometer.MicrometerImportsListener;
import dev.reactiveimports.samples.MeterQuery.Sample;
import dev.reactiveimports.testing.Fault;
import dev.reactiveimports.testing.ImportsSimulator;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Half a minute of a client's life, with a service that has its troubles. */
final class DashboardLoad {

    private DashboardLoad() {}

    /** What a client tells, looked at again and again. */
    static List<List<Sample>> scrapes(Duration run, Duration step) {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        try (ImportsSimulator simulator = ImportsSimulator.builder()
                        .imports(400)
                        .importDuration(Duration.ofSeconds(12))
                        .latency(Duration.ofMillis(20))
                        .build();
                ReactiveImportsApi imports = ReactiveImportsApi.builder(simulator.indexHost(), simulator.apiKey())
                        .retry(ImportsRetry.ofDefaults().minBackoff(Duration.ofMillis(100)))
                        .listener(new MicrometerImportsListener(registry))
                        .build()) {
            warmUp(simulator);
            Flux<?> watched = imports.watchImports(
                    Flux.interval(Duration.ZERO, Duration.ofMillis(1500))
                            .onBackpressureBuffer()
                            .take(10)
                            .concatMap(i -> imports.startImport(StartImportRequest.of("s3://acme-vectors/part-" + i))),
                    PollSpec.adaptive(Duration.ofMillis(250), Duration.ofSeconds(1)));
            Flux<?> listed = every(1000, imports.listImports().then());
            Flux<?> described = every(200, imports.describeImport("400").then());
            Flux<?> cancelled = every(9000, imports.cancelImport("403"));
            Flux<?> troubles = Flux.merge(
                    trouble(simulator, 8, Fault.status(502).times(12)),
                    trouble(simulator, 14, Fault.throttled(Duration.ofSeconds(3))),
                    trouble(simulator, 22, Fault.reset().times(6)));
            Flux<?> load = Flux.merge(watched, listed, described, cancelled, troubles);
            return Flux.interval(step)
                    .onBackpressureBuffer()
                    .take(run.dividedBy(step))
                    .map(i -> MeterQuery.samples(registry.scrape()))
                    .takeUntilOther(load.then(Mono.never()))
                    .collectList()
                    .block();
        }
    }

    /** By a client that nobody watches: what the first calls of a JVM cost is another story. */
    private static void warmUp(ImportsSimulator simulator) {
        try (ReactiveImportsApi unwatched = ReactiveImportsApi.create(simulator.indexHost(), simulator.apiKey())) {
            Flux.range(1, 50)
                    .concatMap(i -> unwatched.describeImport("400"))
                    .then(unwatched.startImport(StartImportRequest.of("s3://acme-vectors/first")))
                    .thenMany(unwatched.listImports())
                    .blockLast();
        }
    }

    private static Flux<?> every(long millis, Mono<Void> call) {
        return Flux.interval(Duration.ofMillis(millis)).onBackpressureDrop().flatMap(i -> call.onErrorComplete());
    }

    private static Mono<?> trouble(ImportsSimulator simulator, int second, Fault fault) {
        return Mono.delay(Duration.ofSeconds(second))
                .doOnNext(now -> simulator.enqueue(fault.on("GET", "/bulk/imports")));
    }
}
