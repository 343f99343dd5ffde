package dev.reactiveimports.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import brave.Tracing;
import brave.handler.MutableSpan;
import brave.handler.SpanHandler;
import brave.propagation.TraceContext;
import dev.reactiveimports.ImportOperation;
import dev.reactiveimports.ImportStatus;
import dev.reactiveimports.ImportsListener;
import dev.reactiveimports.ImportsListener.Exchange;
import dev.reactiveimports.ImportsListener.Operation;
import dev.reactiveimports.ImportsRetry;
import dev.reactiveimports.PollSpec;
import dev.reactiveimports.ReactiveImportsApi;
import dev.reactiveimports.testing.Fault;
import dev.reactiveimports.testing.ImportsSimulator;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import io.micrometer.tracing.brave.bridge.BraveCurrentTraceContext;
import io.micrometer.tracing.brave.bridge.BraveTracer;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.observability.micrometer.Micrometer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/** What a call went through stands on its observation, and on the span of a real tracer. */
class ObservationImportsListenerTests {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final ImportsSimulator simulator = ImportsSimulator.start();
    private final ReactiveImportsApi imports = ReactiveImportsApi.builder(simulator.indexHost(), simulator.apiKey())
            .retry(ImportsRetry.ofDefaults().minBackoff(Duration.ofMillis(1)))
            .listener(ImportsListener.all(List.of(
                    new MicrometerImportsListener(new SimpleMeterRegistry()), new ObservationImportsListener())))
            .build();

    private final List<MutableSpan> spans = new CopyOnWriteArrayList<>();
    private final Tracing tracing = Tracing.newBuilder()
            .addSpanHandler(new SpanHandler() {
                @Override
                public boolean end(TraceContext context, MutableSpan span, Cause cause) {
                    return spans.add(span);
                }
            })
            .build();
    private final List<String> events = new CopyOnWriteArrayList<>();
    private final ObservationRegistry registry = ObservationRegistry.create();

    @BeforeEach
    void listen() {
        BraveTracer tracer =
                new BraveTracer(tracing.tracer(), new BraveCurrentTraceContext(tracing.currentTraceContext()));
        registry.observationConfig()
                .observationHandler(new DefaultTracingObservationHandler(tracer))
                .observationHandler(new ObservationHandler<>() {
                    @Override
                    public void onEvent(Observation.Event event, Observation.Context context) {
                        events.add(context.getName() + " " + event.getName());
                    }

                    @Override
                    public boolean supportsContext(Observation.Context context) {
                        return true;
                    }
                });
        simulator.add(ImportOperation.of("id-1", ImportStatus.COMPLETED));
    }

    @AfterEach
    void stop() {
        imports.close();
        simulator.close();
        tracing.close();
    }

    @Test
    void attemptsAndRetriesAreEventsOfTheCall() {
        simulator.enqueue(Fault.status(503).times(2));
        imports.describeImport("id-1").tap(Micrometer.observation(registry)).block(LONG);
        assertThat(events)
                .containsExactly(
                        "reactive.imports.describe attempt",
                        "reactive.imports.describe retry",
                        "reactive.imports.describe attempt",
                        "reactive.imports.describe retry",
                        "reactive.imports.describe attempt");
        assertThat(spans).singleElement().satisfies(span -> {
            assertThat(span.name()).isEqualTo("reactive.imports.describe");
            assertThat(marks(span)).hasSize(5).satisfies(marks -> {
                assertThat(marks.get(0)).isEqualTo("describe 1: 503");
                assertThat(marks.get(1)).matches("retry in \\d+ ms");
                assertThat(marks.get(2)).isEqualTo("describe 2: 503");
                assertThat(marks.get(3)).matches("retry in \\d+ ms");
                assertThat(marks.get(4)).isEqualTo("describe 3: 200");
            });
        });
    }

    @Test
    void aPauseThatTheServiceAskedForIsAnEvent() {
        simulator.enqueue(Fault.throttled(Duration.ofSeconds(1)));
        imports.listImports().tap(Micrometer.observation(registry)).blockLast(LONG);
        assertThat(marks(spans.get(0))).contains("list 1: 429", "throttled for 1000 ms", "list 2: 200");
    }

    @Test
    void eventsGoToTheCallTheyBelongTo() {
        simulator.enqueue(Fault.reset().on("GET", "/bulk/imports/id-1"));
        Mono.when(
                        imports.describeImport("id-1").tap(Micrometer.observation(registry)),
                        imports.listImports().tap(Micrometer.observation(registry)))
                .block(LONG);
        for (MutableSpan span : spans) {
            if (span.name().equals("reactive.imports.list")) {
                assertThat(marks(span)).containsExactly("list 1: 200");
            } else {
                assertThat(marks(span)).hasSize(3).contains("describe 1: IO_ERROR", "describe 2: 200");
            }
        }
        assertThat(spans).hasSize(2);
    }

    @Test
    void aWatchIsMarkedOnlySoOftenAndWithoutIds() {
        simulator.add(ImportOperation.of("secret", ImportStatus.IN_PROGRESS));
        Flux.merge(
                        imports.watchImport("secret", PollSpec.fixedInterval(Duration.ofMillis(1)))
                                .tap(Micrometer.observation(registry))
                                .then(),
                        Mono.fromRunnable(() -> simulator.add(ImportOperation.of("secret", ImportStatus.COMPLETED)))
                                .delaySubscription(Flux.interval(Duration.ofMillis(10))
                                        .filter(i ->
                                                simulator.requestCount() > ObservationImportsListener.MAX_EVENTS + 20)))
                .blockLast(LONG);
        assertThat(marks(spans.get(0)))
                .hasSize(ObservationImportsListener.MAX_EVENTS)
                .containsOnly("describe 1: 200");
    }

    @Test
    void withoutAnObservationNothingIsMarked() {
        ObservationImportsListener listener = new ObservationImportsListener();
        assertThat(listener.inContext(Context.empty())).isSameAs(listener);
        assertThat(listener.inContext(Context.of(ObservationImportsListener.KEY, "no observation")))
                .isSameAs(listener);
        assertThat(listener.inContext(Context.of(ObservationImportsListener.KEY, Observation.NOOP)))
                .isSameAs(listener);
        listener.onExchange(new Exchange(Operation.LIST, 1, 200, null, Duration.ZERO, 0));
        imports.describeImport("id-1").block(LONG);
        assertThat(events).isEmpty();
    }

    @Test
    void theKeyIsMicrometersOwn() {
        assertThat(ObservationImportsListener.KEY).isEqualTo(ObservationThreadLocalAccessor.KEY);
    }

    /** For code that is not reactive itself: what is open on the calling thread becomes the parent. */
    @Test
    void aSpanThatIsOpenOnTheCallingThreadIsTheParent() {
        ObservationThreadLocalAccessor accessor = ObservationThreadLocalAccessor.getInstance();
        ObservationRegistry before = accessor.getObservationRegistry();
        accessor.setObservationRegistry(registry);
        Hooks.enableAutomaticContextPropagation();
        try {
            simulator.enqueue(Fault.status(503));
            Observation caller = Observation.createNotStarted("caller", registry);
            caller.observe(() -> {
                imports.awaitImport("id-1")
                        .tap(Micrometer.observation(registry))
                        .block(LONG);
            });
        } finally {
            Hooks.disableAutomaticContextPropagation();
            accessor.setObservationRegistry(before);
        }
        assertThat(spans).extracting(MutableSpan::name).containsExactly("reactive.imports.await", "caller");
        assertThat(spans.get(0).parentId()).isEqualTo(spans.get(1).id());
        assertThat(marks(spans.get(0))).startsWith("describe 1: 503").endsWith("describe 2: 200");
        assertThat(marks(spans.get(1))).isEmpty();
    }

    private static List<String> marks(MutableSpan span) {
        return span.annotations().stream().map(Map.Entry::getValue).toList();
    }
}
