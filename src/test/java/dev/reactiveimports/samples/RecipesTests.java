package dev.reactiveimports.samples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reactiveimports.ImportOperation;
import dev.reactiveimports.ImportStatus;
import dev.reactiveimports.ImportStatusChange;
import dev.reactiveimports.ReactiveImportsApi;
import dev.reactiveimports.testing.Fault;
import dev.reactiveimports.testing.ImportsSimulator;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.github.resilience4j.ratelimiter.RequestNotPermitted;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistryAssert;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactory;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import kotlinx.coroutines.reactive.ReactiveFlowKt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import reactor.adapter.JdkFlowAdapter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Runs the recipes against the simulator. */
class RecipesTests {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final ImportsSimulator simulator = ImportsSimulator.start();
    private final ReactiveImportsApi imports = ReactiveImportsApi.create(simulator.indexHost(), simulator.apiKey());
    private final Recipes recipes = new Recipes(imports);

    @AfterEach
    void stop() {
        imports.close();
        simulator.close();
    }

    @Test
    void aMeteredClientCountsItsRequests() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (ReactiveImportsApi metered = Recipes.metered(simulator.indexHost(), simulator.apiKey(), registry)) {
            metered.listImports().blockLast(LONG);
        }
        assertThat(registry.get("reactive.imports.requests").timer().count()).isEqualTo(1);
    }

    @Test
    void anObservedCallHasTheNameThatIsPromised() {
        simulator.add(ImportOperation.of("x", ImportStatus.COMPLETED));
        TestObservationRegistry registry = TestObservationRegistry.create();
        recipes.observed("x", registry).block(LONG);
        TestObservationRegistryAssert.assertThat(registry)
                .hasSingleObservationThat()
                .hasNameEqualTo("reactive.imports.await");
    }

    @Test
    void aTracedClientMarksItsAttempts() {
        simulator.add(ImportOperation.of("x", ImportStatus.COMPLETED));
        TestObservationRegistry registry = TestObservationRegistry.create();
        List<String> marks = new CopyOnWriteArrayList<>();
        registry.observationConfig().observationHandler(new ObservationHandler<>() {
            @Override
            public void onEvent(Observation.Event event, Observation.Context context) {
                marks.add(event.getContextualName());
            }

            @Override
            public boolean supportsContext(Observation.Context context) {
                return true;
            }
        });
        try (ReactiveImportsApi traced =
                Recipes.traced(simulator.indexHost(), simulator.apiKey(), new SimpleMeterRegistry())) {
            new Recipes(traced).observed("x", registry).block(LONG);
        }
        assertThat(marks).containsExactly("describe 1: 200");
    }

    @Test
    void onlyWhatIsOldAndRunsIsCancelled() {
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        simulator.add(created("old", ImportStatus.IN_PROGRESS, now.minus(2, ChronoUnit.HOURS)));
        simulator.add(created("ended", ImportStatus.COMPLETED, now.minus(2, ChronoUnit.HOURS)));
        simulator.add(created("new", ImportStatus.IN_PROGRESS, now.minus(2, ChronoUnit.MINUTES)));
        simulator.add(ImportOperation.of("undated", ImportStatus.IN_PROGRESS));
        StepVerifier.create(recipes.cancelOlderThanAnHour()).expectNext("old").verifyComplete();
        assertThat(imports.describeImport("old").block(LONG).status()).isEqualTo(ImportStatus.CANCELLED);
        assertThat(imports.describeImport("new").block(LONG).status()).isEqualTo(ImportStatus.IN_PROGRESS);
    }

    private static ImportOperation created(String id, ImportStatus status, Instant at) {
        return new ImportOperation(id, null, status, status.wireName(), at, null, 0, 0, null, null);
    }

    @Test
    void aBusyIndexShowsAnImportOnceThoughTwoPagesHaveIt() {
        simulator.add(150);
        List<String> seen = new CopyOnWriteArrayList<>();
        recipes.ofABusyIndex()
                .doOnNext(i -> {
                    seen.add(i.id());
                    if (seen.size() == 100) {
                        // one more was added meanwhile, so the next page begins with the last of this one
                        simulator.enqueue(Fault.response(
                                200,
                                Map.of("Content-Type", "application/json"),
                                "{\"data\":[{\"id\":\"" + i.id() + "\"},{\"id\":\"last\"}]}"));
                    }
                })
                .blockLast(LONG);
        assertThat(seen).hasSize(101).doesNotHaveDuplicates().endsWith("last");
    }

    @Test
    void aRateLimiterAndACircuitBreakerStandBeforeTheCall() {
        simulator.add(ImportOperation.of("x", ImportStatus.COMPLETED));
        RateLimiter twice = RateLimiter.of(
                "twice",
                RateLimiterConfig.custom()
                        .limitForPeriod(2)
                        .limitRefreshPeriod(Duration.ofHours(1))
                        .timeoutDuration(Duration.ZERO)
                        .build());
        CircuitBreaker breaker = CircuitBreaker.of("open", CircuitBreakerConfig.ofDefaults());
        Mono<ImportOperation> call = recipes.guarded("x", twice, breaker);
        StepVerifier.create(call).expectNextCount(1).verifyComplete();
        simulator.enqueue(Fault.status(403));
        StepVerifier.create(call).verifyError();
        assertThat(breaker.getMetrics().getNumberOfFailedCalls()).isEqualTo(1);
        StepVerifier.create(call).verifyError(RequestNotPermitted.class);
        breaker.transitionToForcedOpenState();
        StepVerifier.create(call).verifyError(CallNotPermittedException.class);
        assertThat(simulator.requestCount()).isEqualTo(2);
    }

    @Test
    void afterARestartOnlyWhatChangedIsReportedAndStored() {
        ConnectionFactory database =
                ConnectionFactories.get("r2dbc:h2:mem:///" + getClass().getSimpleName() + "?options=DB_CLOSE_DELAY=-1");
        sql(database, "CREATE TABLE imports (id VARCHAR PRIMARY KEY, status VARCHAR, ended BOOLEAN)");
        sql(database, "INSERT INTO imports VALUES ('a', 'PENDING', FALSE)");
        sql(database, "INSERT INTO imports VALUES ('b', 'IN_PROGRESS', FALSE)");
        sql(database, "INSERT INTO imports VALUES ('c', 'COMPLETED', TRUE)");
        simulator.add(ImportOperation.of("a", ImportStatus.FAILED));
        simulator.add(ImportOperation.of("b", ImportStatus.COMPLETED));
        StepVerifier.create(recipes.resumed(database).map(RecipesTests::told).collectSortedList())
                .expectNext(List.of("a PENDING FAILED", "b IN_PROGRESS COMPLETED"))
                .verifyComplete();
        // another restart: all have ended, nothing is watched
        StepVerifier.create(recipes.resumed(database)).verifyComplete();
        sql(database, "SHUTDOWN");
    }

    private static String told(ImportStatusChange change) {
        return change.id() + " " + change.from() + " " + change.to();
    }

    private static void sql(ConnectionFactory database, String statement) {
        Flux.usingWhen(
                        database.create(),
                        connection -> Flux.from(
                                        connection.createStatement(statement).execute())
                                .flatMap(result -> result.getRowsUpdated()),
                        Connection::close)
                .blockLast(LONG);
    }

    @Test
    void otherLibrariesListTheSameImports() throws Exception {
        simulator.add(120);
        assertThat(recipes.rxJava().count().blockingGet()).isEqualTo(120);
        assertThat(JdkFlowAdapter.flowPublisherToFlux(recipes.jdkFlow()).count().block(LONG))
                .isEqualTo(120);
        simulator.add(ImportOperation.of("x", ImportStatus.COMPLETED));
        assertThat(recipes.future("x").get(20, TimeUnit.SECONDS).id()).isEqualTo("x");
    }

    @Test
    void demandOfRxJavaReachesTheListing() {
        simulator.add(250);
        recipes.rxJava()
                .rebatchRequests(1)
                .take(5)
                .test()
                .awaitDone(20, TimeUnit.SECONDS)
                .assertValueCount(5);
        assertThat(simulator.requestCount()).isEqualTo(1);
    }

    /** What {@code imports.listImports().asFlow()} is in Kotlin, and the way back, in which demand goes through both. */
    @Test
    void kotlinsFlowListsTheSameImports() {
        simulator.add(250);
        Publisher<ImportOperation> flow = ReactiveFlowKt.asPublisher(ReactiveFlowKt.asFlow(imports.listImports()));
        StepVerifier.create(flow, 0)
                .thenRequest(1)
                .expectNextCount(1)
                .then(() -> assertThat(simulator.requestCount()).isEqualTo(1))
                .thenRequest(Long.MAX_VALUE)
                .expectNextCount(249)
                .expectComplete()
                .verify(LONG);
        assertThat(simulator.requestCount()).isEqualTo(3);
    }
}
