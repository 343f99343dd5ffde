package dev.reactiveimports.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import brave.Tracing;
import brave.handler.MutableSpan;
import brave.handler.SpanHandler;
import brave.propagation.TraceContext;
import dev.reactiveimports.ImportOperation;
import dev.reactiveimports.ImportStatus;
import dev.reactiveimports.ListImportsSpec;
import dev.reactiveimports.ReactiveImportsApi;
import dev.reactiveimports.StartImportRequest;
import dev.reactiveimports.testing.Fault;
import dev.reactiveimports.testing.ImportsSimulator;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistryAssert;
import io.micrometer.tracing.brave.bridge.BraveCurrentTraceContext;
import io.micrometer.tracing.brave.bridge.BraveTracer;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import reactor.core.Scannable;
import reactor.core.observability.micrometer.Micrometer;
import reactor.core.publisher.Flux;

/** Every publisher can be observed, by name, and becomes a span with a real tracer. */
class ObservationTests {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final ImportsSimulator simulator = ImportsSimulator.start();
    private final ReactiveImportsApi imports = ReactiveImportsApi.create(simulator.indexHost(), simulator.apiKey());

    @AfterEach
    void stop() {
        imports.close();
        simulator.close();
    }

    @Test
    void everyPublisherHasANameAndATagWithoutIds() {
        Map<String, Publisher<?>> publishers = Map.ofEntries(
                Map.entry("list", imports.listImports()),
                Map.entry("list.pages", imports.listImportPages(ListImportsSpec.create())),
                Map.entry("describe", imports.describeImport("id-1")),
                Map.entry("start", imports.startImport(StartImportRequest.of("s3://bucket/a"))),
                Map.entry("cancel", imports.cancelImport("id-1")),
                Map.entry("find.started", imports.findStarted("s3://bucket/a", Instant.EPOCH)),
                Map.entry("watch", imports.watchImport("id-1")),
                Map.entry("watch.many", imports.watchImports(Flux.just("id-1"))),
                Map.entry("watch.index", imports.watchIndex()),
                Map.entry("await", imports.awaitImport("id-1")),
                Map.entry("warmup", imports.warmup()));
        publishers.forEach((operation, publisher) -> {
            Scannable scannable = Scannable.from(publisher);
            assertThat(scannable.name()).isEqualTo("reactive.imports." + operation);
            assertThat(scannable.tags().map(Object::toString)).containsExactly("[operation," + operation + "]");
        });
    }

    @Test
    void aCallIsAnObservation() {
        simulator.add(ImportOperation.of("id-1", ImportStatus.COMPLETED));
        TestObservationRegistry registry = TestObservationRegistry.create();
        imports.describeImport("id-1").tap(Micrometer.observation(registry)).block(LONG);
        TestObservationRegistryAssert.assertThat(registry)
                .hasSingleObservationThat()
                .hasNameEqualTo("reactive.imports.describe")
                .hasLowCardinalityKeyValue("operation", "describe")
                .hasLowCardinalityKeyValue("reactor.status", "completed")
                .hasBeenStarted()
                .hasBeenStopped();
    }

    @Test
    void aFailureIsObserved() {
        simulator.enqueue(Fault.status(403));
        TestObservationRegistry registry = TestObservationRegistry.create();
        imports.listImports()
                .tap(Micrometer.observation(registry))
                .onErrorComplete()
                .blockLast(LONG);
        TestObservationRegistryAssert.assertThat(registry)
                .hasSingleObservationThat()
                .hasNameEqualTo("reactive.imports.list")
                .hasError();
    }

    @Test
    void aRealTracerMakesASpanUnderTheCallersOwn() {
        List<MutableSpan> spans = new CopyOnWriteArrayList<>();
        try (Tracing tracing = Tracing.newBuilder()
                .addSpanHandler(new SpanHandler() {
                    @Override
                    public boolean end(TraceContext context, MutableSpan span, Cause cause) {
                        return spans.add(span);
                    }
                })
                .build()) {
            BraveTracer tracer =
                    new BraveTracer(tracing.tracer(), new BraveCurrentTraceContext(tracing.currentTraceContext()));
            ObservationRegistry registry = ObservationRegistry.create();
            registry.observationConfig().observationHandler(new DefaultTracingObservationHandler(tracer));
            Observation caller = Observation.start("caller", registry);
            simulator.add(ImportOperation.of("id-1", ImportStatus.COMPLETED));
            simulator.enqueue(Fault.status(503));
            imports.awaitImport("id-1")
                    .tap(Micrometer.observation(registry))
                    .contextWrite(context -> context.put(ObservationThreadLocalAccessor.KEY, caller))
                    .block(LONG);
            caller.stop();
        }
        assertThat(spans).extracting(MutableSpan::name).containsExactly("reactive.imports.await", "caller");
        assertThat(spans.get(0).parentId()).isEqualTo(spans.get(1).id());
        assertThat(spans.get(0).tags()).containsEntry("operation", "await");
    }
}
