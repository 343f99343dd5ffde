package dev.reactiveimports.samples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reactiveimports.ImportObservation;
import dev.reactiveimports.ImportOperation;
import dev.reactiveimports.ImportRun;
import dev.reactiveimports.ImportStatus;
import dev.reactiveimports.ReactiveImportsApi;
import dev.reactiveimports.StartImportRequest;
import dev.reactiveimports.testing.Fault;
import dev.reactiveimports.testing.ImportsSimulator;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** Runs what the README and the guides show. */
class SnippetsTests {

    private ImportsSimulator simulator;
    private ReactiveImportsApi imports;
    private Snippets snippets;

    @BeforeEach
    void start() {
        simulator = ImportsSimulator.builder()
                .imports(250)
                .importDuration(Duration.ofMillis(200))
                .build();
        imports = Snippets.configured(simulator.indexHost(), simulator.apiKey());
        snippets = new Snippets(imports);
    }

    @AfterEach
    void stop() {
        imports.close();
        simulator.close();
    }

    @Test
    void runsEndWithTheirOutcomes() {
        simulator.enqueue(Fault.status(400).on("POST", "/"));
        StepVerifier.create(snippets.runs(
                                Flux.just("s3://bucket/1", "s3://bucket/2").map(StartImportRequest::of))
                        .map(ImportRun::outcome)
                        .collectList())
                .assertNext(outcomes -> assertThat(outcomes)
                        .containsExactlyInAnyOrder(ImportRun.Outcome.REFUSED, ImportRun.Outcome.COMPLETED))
                .expectComplete()
                .verify(Duration.ofSeconds(30));
    }

    @Test
    void theFirstProgramLoads() {
        StepVerifier.create(FirstProgram.load(imports, "s3://bucket/vectors").map(ImportOperation::statusText))
                .expectNext("Completed")
                .verifyComplete();
    }

    @Test
    void theFirstProgramNeedsNoService() {
        assertThat(Snippets.firstProgramWithoutTheService().status()).isEqualTo(ImportStatus.COMPLETED);
    }

    @Test
    void lazyListingStopsAtTheFirstFailure() {
        simulator.add(ImportOperation.of("bad", ImportStatus.FAILED));
        StepVerifier.create(snippets.firstFailure().map(ImportOperation::id))
                .expectNext("bad")
                .verifyComplete();
        assertThat(simulator.requestCount()).isEqualTo(1);
    }

    @Test
    void slowConsumerGetsEverything() {
        StepVerifier.create(snippets.slowConsumer()).expectNextCount(250).verifyComplete();
        assertThat(simulator.requestCount()).isEqualTo(5);
    }

    @Test
    void pagesResumeAtAToken() {
        String token = imports.listImportPages(
                        dev.reactiveimports.ListImportsSpec.create().pageSize(100))
                .blockFirst()
                .nextToken();
        StepVerifier.create(snippets.resumable(token).flatMapIterable(p -> p.items()))
                .expectNextCount(150)
                .verifyComplete();
    }

    @Test
    void anUnknownOutcomeIsReconciled() {
        simulator.enqueue(Fault.reset().on("POST", "/bulk/imports"));
        StepVerifier.create(snippets.startedOnce().flatMap(imports::awaitImport).map(ImportOperation::statusText))
                .expectNext("Completed")
                .verifyComplete();
        assertThat(simulator.requests())
                .filteredOn(r -> r.method().equals("POST"))
                .hasSize(1);
    }

    @Test
    void aRejectionIsReported() {
        simulator.enqueue(Fault.status(403).on("POST", "/bulk/imports"));
        StepVerifier.create(snippets.startedOnce()).verifyError();
        assertThat(snippets.shown).singleElement().asString().startsWith("403 ");
    }

    @Test
    void aCompletedImportGoesToTheNextStage() {
        StepVerifier.create(snippets.pipeline())
                .expectNext("now serving s3://bucket/vectors")
                .verifyComplete();
        assertThat(snippets.shown).last().asString().startsWith("COMPLETED");
    }

    @Test
    void aFleetTellsOnlyWhatChanged() {
        simulator.add(ImportOperation.of("a", ImportStatus.COMPLETED));
        simulator.add(ImportOperation.of("b", ImportStatus.COMPLETED));
        StepVerifier.create(snippets.fleet(
                        Flux.just("a", "b"), Map.of("a", ImportStatus.IN_PROGRESS, "b", ImportStatus.COMPLETED)))
                .expectNextCount(1)
                .verifyComplete();
        assertThat(snippets.shown).containsExactly("a IN_PROGRESS COMPLETED");
    }

    @Test
    void anIdThatFailsEndsAlone() {
        simulator.add(ImportOperation.of("a", ImportStatus.COMPLETED));
        StepVerifier.create(snippets.endless(Flux.just("missing", "a")))
                .expectNextCount(2)
                .verifyComplete();
        assertThat(snippets.shown).hasSize(2).anyMatch(line -> line.startsWith("gave up missing: describe of missing"));
    }

    @Test
    void onlyIdsThatFailAreFailures() {
        simulator.add(ImportOperation.of("a", ImportStatus.COMPLETED));
        StepVerifier.create(snippets.failures(Flux.just("missing", "a")).map(ImportObservation::id))
                .expectNext("missing")
                .verifyComplete();
    }

    @Test
    void callsGoThroughTheProxy() {
        URI notAProxy = URI.create(simulator.indexHost()); // it rejects the tunnel, and is named for it
        try (ReactiveImportsApi behind =
                Snippets.behindAProxy("index.example", "key", notAProxy.getHost(), notAProxy.getPort())) {
            StepVerifier.create(behind.describeImport("a"))
                    .expectErrorSatisfies(error -> assertThat(error)
                            .hasMessageContaining("the proxy")
                            .hasMessageContaining(":" + notAProxy.getPort()))
                    .verify(Duration.ofSeconds(60));
        }
    }

    @Test
    void theDemoRunsToItsEndWithoutATerminal() {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        new Demo(new PrintStream(printed, true, StandardCharsets.UTF_8), false).simulated(Duration.ofMillis(500));
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains("Completed", "Failed", "10 imports read; HTTP requests that took: 1.")
                .doesNotContain("\u001b");
    }

    @Test
    void theDemoDrawsBarsOnATerminal() {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        new Demo(new PrintStream(printed, true, StandardCharsets.UTF_8), true).simulated(Duration.ofMillis(500));
        String screen = printed.toString(StandardCharsets.UTF_8);
        assertThat(screen).contains("\u001b[2K", "[####", "throttled: every call waits", "trying again");
        // wide lines are cut while it draws, and only then: an end at any moment leaves a terminal that wraps
        assertThat(screen.split("\u001b\\[\\?7l", -1)).hasSameSizeAs(screen.split("\u001b\\[\\?7h", -1));
        assertThat(screen.lastIndexOf("\u001b[?7h")).isGreaterThan(screen.lastIndexOf("\u001b[?7l"));
    }

    @Test
    void theDemoReadsAnIndexOfTheUsersOwnAndStartsNothing() {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        new Demo(new PrintStream(printed, true, StandardCharsets.UTF_8), false)
                .readOnly(simulator.indexHost(), simulator.apiKey());
        assertThat(simulator.requests()).allMatch(r -> r.method().equals("GET"));
        assertThat(printed.toString(StandardCharsets.UTF_8)).contains("10 imports read");
    }
}
