package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reactiveimports.testing.Fault;
import dev.reactiveimports.testing.ImportsSimulator;
import dev.reactiveimports.testing.ImportsSimulatorExtension;
import dev.reactiveimports.testing.RecordedRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.StepVerifierOptions;
import reactor.util.context.Context;

/** Each call, over HTTP, as the simulated service sees it. */
class ReactiveImportsApiTests {

    private static final StartImportRequest REQUEST = StartImportRequest.of("s3://bucket/vectors");

    @RegisterExtension
    static final ImportsSimulatorExtension SIMULATOR =
            new ImportsSimulatorExtension(simulator -> simulator.importDuration(Duration.ofMillis(200)));

    private ImportsSimulator simulator;
    private ReactiveImportsApi imports;

    @BeforeEach
    void open(ImportsSimulator simulator) {
        this.simulator = simulator;
        imports = builder().build();
    }

    @AfterEach
    void close() {
        imports.close();
    }

    private ReactiveImportsApi.Builder builder() {
        return ReactiveImportsApi.builder(simulator.indexHost(), simulator.apiKey())
                .pollSpec(PollSpec.fixedInterval(Duration.ofMillis(20)));
    }

    /** A decorator, as Reactor's meters and some agents set one, is for schedulers that stay. */
    @Test
    void noCallMakesAScheduler() {
        simulator.add(1);
        imports.warmup().block();
        AtomicInteger made = new AtomicInteger();
        Schedulers.addExecutorServiceDecorator("count", (scheduler, executor) -> {
            made.incrementAndGet();
            return executor;
        });
        try {
            imports.describeImport("1").block();
            imports.listImports().blockLast();
        } finally {
            Schedulers.removeExecutorServiceDecorator("count");
        }
        assertThat(made).hasValue(0);
    }

    @Test
    void nothingIsSentBeforeDemand() {
        List<Flux<?>> calls = List.of(
                imports.listImports(),
                imports.listImportPages(ListImportsSpec.create()),
                imports.describeImport("1").flux(),
                imports.startImport(REQUEST).flux(),
                imports.cancelImport("1").flux(),
                imports.findStarted("s3://b", Instant.EPOCH),
                imports.watchImport("1"),
                imports.watchImports(Flux.just("1")),
                imports.watchIndex(),
                imports.awaitImport("1").flux(),
                imports.warmup().flux());
        for (Flux<?> call : calls) {
            StepVerifier.create(call, StepVerifierOptions.create().initialRequest(0))
                    .expectSubscription()
                    .expectNoEvent(Duration.ofMillis(20))
                    .thenCancel()
                    .verify();
        }
        assertThat(simulator.requestCount()).isZero();
        assertThat(simulator.activeConnections()).isZero();
    }

    @ParameterizedTest(name = "{0} imports requested, {1} pages ahead")
    @CsvSource({"1, 0, 1", "4, 0, 1", "5, 0, 2", "8, 0, 2", "9, 0, 3", "1, 1, 2", "4, 1, 2", "5, 1, 3", "9, 1, 4"})
    void requestsArePaidForByDemand(int requested, int readAhead, int requests) {
        simulator.add(40);
        Flux<ImportOperation> listing =
                imports.listImports(ListImportsSpec.create().pageSize(4).readAhead(readAhead));
        StepVerifier.create(listing, requested)
                .expectNextCount(requested)
                .expectNoEvent(Duration.ofMillis(100))
                .thenCancel()
                .verify();
        assertThat(simulator.requestCount()).isEqualTo(requests);
    }

    @Test
    void listsEveryPageOverOneConnection() {
        simulator.add(250);
        StepVerifier.create(imports.listImports().map(ImportOperation::id).distinct())
                .expectNextCount(250)
                .verifyComplete();
        assertThat(simulator.requests())
                .hasSize(3)
                .allSatisfy(r -> assertThat(r.query()).containsEntry("limit", List.of("100")));
        assertThat(simulator.activeConnections()).isEqualTo(1);
    }

    @Test
    void pagesAreReadAheadToo() {
        simulator.add(40);
        ListImportsSpec spec = ListImportsSpec.create().pageSize(4).readAhead(2);
        StepVerifier.create(imports.listImportPages(spec), 1)
                .expectNextMatches(page -> page.items().size() == 4 && page.hasNext())
                .expectNoEvent(Duration.ofMillis(100))
                .thenCancel()
                .verify();
        assertThat(simulator.requestCount()).isEqualTo(3);
    }

    @Test
    void aListingResumesAtTheTokenOfItsError() {
        simulator.add(300);
        simulator.enqueue(Fault.delay(Duration.ZERO).on("GET", "/bulk/imports"));
        simulator.enqueue(Fault.status(400).on("GET", "/bulk/imports"));
        String[] token = new String[1];
        StepVerifier.create(imports.listImports().count())
                .verifyErrorSatisfies(e -> token[0] = ((ImportsException) e).paginationToken());
        StepVerifier.create(imports.listImports(ListImportsSpec.create().startAt(token[0])))
                .expectNextCount(200)
                .verifyComplete();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/b", "a b", "\u00fc", "%2F", "..a", "a?b#c&d=e+f"})
    void anIdIsOneSegmentOfThePath(String id) {
        simulator.add(ImportOperation.of(id, ImportStatus.PENDING));
        StepVerifier.create(imports.describeImport(id).map(ImportOperation::id))
                .expectNext(id)
                .verifyComplete();
    }

    @Test
    void anUnknownIdIsARejectionWithAllThatTheServiceSaid() {
        StepVerifier.create(imports.describeImport("none"))
                .verifyErrorSatisfies(e -> assertThat(e).isInstanceOfSatisfying(ImportsApiException.class, refused -> {
                    assertThat(refused.isNotFound()).isTrue();
                    assertThat(refused.code()).isEqualTo("5");
                    assertThat(refused.requestId()).isNotBlank();
                    assertThat(refused.attempts()).isEqualTo(1);
                    assertThat(refused)
                            .hasMessage("describe of none was rejected with HTTP 404: Import none not found.");
                    assertThat(refused.toString()).contains("[code 5, request ");
                }));
    }

    @Test
    void aStartSendsWhatWasSetAndNothingElse() {
        StepVerifier.create(
                        imports.startImport(REQUEST.withIntegrationId("i-1").withErrorMode(ImportErrorMode.CONTINUE))
                                .concatWith(imports.startImport(REQUEST)))
                .expectNextCount(2)
                .verifyComplete();
        assertThat(simulator.requests())
                .extracting(RecordedRequest::body)
                .containsExactly(
                        "{\"uri\":\"s3://bucket/vectors\",\"integrationId\":\"i-1\",\"errorMode\":{\"onError\":\"continue\"}}",
                        "{\"uri\":\"s3://bucket/vectors\"}");
    }

    @Test
    void findStartedTellsWhatCouldBeIt() {
        Instant before = Instant.now().minusSeconds(5);
        String started = imports.startImport(REQUEST).block();
        imports.startImport(StartImportRequest.of("s3://bucket/other")).block();
        simulator.add(ImportOperation.of("unsaid", ImportStatus.PENDING));
        StepVerifier.create(imports.findStarted(REQUEST.uri(), before).map(ImportOperation::id))
                .expectNext("unsaid", started)
                .verifyComplete();
        StepVerifier.create(imports.findStarted(REQUEST.uri(), Instant.now().plusSeconds(60))
                        .map(ImportOperation::id))
                .expectNext("unsaid")
                .verifyComplete();
    }

    @Test
    void manyStartsAreFoundInOneWalkThatEndsEarly() {
        Instant before = Instant.now().minusSeconds(5);
        simulator.add(9_000);
        List<String> uris =
                IntStream.range(0, 20).mapToObj(i -> "s3://bucket/" + i).toList();
        uris.forEach(uri -> imports.startImport(StartImportRequest.of(uri)).block());
        long requests = simulator.requestCount();
        StepVerifier.create(imports.findStarted(uris, before)
                        .map(ImportOperation::uri)
                        .collectList())
                .assertNext(found -> assertThat(found).containsExactlyInAnyOrderElementsOf(uris))
                .verifyComplete();
        assertThat(simulator.requestCount() - requests).isOne();
        StepVerifier.create(imports.findStarted(List.of(), before)).verifyComplete();
        assertThat(simulator.requestCount() - requests).isOne();
    }

    @Test
    void ofManyStartsThoseThatAreNotThereCostTheWholeListing() {
        simulator.add(950);
        long requests = simulator.requestCount();
        StepVerifier.create(imports.findStarted(List.of("s3://simulated/past/3", "s3://none"), Instant.EPOCH)
                        .map(ImportOperation::uri))
                .expectNext("s3://simulated/past/3")
                .verifyComplete();
        assertThat(simulator.requestCount() - requests).isEqualTo(10);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> imports.findStarted(List.of("s3://b", ""), Instant.EPOCH));
    }

    @Test
    void runsThatDidNotEndNameTheirUri() {
        simulator.enqueue(Fault.status(400).on("POST", "/"));
        StepVerifier.create(imports.runImports(Flux.just(REQUEST), 1))
                .assertNext(run -> assertThat(run.failure())
                        .hasMessageContaining(REQUEST.uri())
                        .hasMessageContaining("run"))
                .verifyComplete();
    }

    @Test
    void aCancelledImportIsDataInAWatchAndAnErrorInAnAwait() {
        String id = imports.startImport(REQUEST).block();
        StepVerifier.create(imports.cancelImport(id).thenMany(imports.watchImport(id)))
                .expectNextMatches(i -> i.status() == ImportStatus.CANCELLED)
                .verifyComplete();
        StepVerifier.create(imports.awaitImport(id))
                .verifyErrorSatisfies(e -> assertThat(e)
                        .isInstanceOfSatisfying(
                                ImportFailedException.class,
                                failed -> assertThat(failed.operation().id()).isEqualTo(id)));
        StepVerifier.create(imports.cancelImport(id)).verifyComplete();
    }

    @Test
    void aFreshImportMayBeUnknownForAMoment() {
        String id = imports.startImport(REQUEST).block();
        simulator.enqueue(Fault.status(404).times(3).on("GET", "/bulk/imports/"));
        StepVerifier.create(imports.awaitImport(id).map(ImportOperation::status))
                .expectNext(ImportStatus.COMPLETED)
                .verifyComplete();
        simulator.enqueue(Fault.status(404).on("GET", "/bulk/imports/"));
        try (ReactiveImportsApi another = builder().build()) {
            StepVerifier.create(another.watchImport(id)).verifyError(ImportsApiException.class);
        }
    }

    @Test
    void watchIndexSeesImportsThatAreStartedMeanwhile() {
        simulator.add(3);
        StepVerifier.create(imports.watchIndex()
                        .transform(ImportStatusChange::detect)
                        .map(ImportStatusChange::to))
                .expectNextCount(3)
                .then(() -> imports.startImport(REQUEST).block())
                .thenConsumeWhile(to -> to != ImportStatus.COMPLETED)
                .expectNext(ImportStatus.COMPLETED)
                .thenCancel()
                .verify(Duration.ofSeconds(20));
    }

    @Test
    void warmupLeavesOneConnectionForTheFirstCall() {
        simulator.add(3);
        StepVerifier.create(imports.warmup()).verifyComplete();
        assertThat(simulator.requestCount()).isEqualTo(1);
        assertThat(simulator.activeConnections()).isEqualTo(1);
        StepVerifier.create(imports.listImports()).expectNextCount(3).verifyComplete();
        assertThat(simulator.requestCount()).isEqualTo(2);
        assertThat(simulator.activeConnections()).isEqualTo(1);
    }

    @Test
    void warmupOfAnIndexWithoutImportsIsNoError() {
        StepVerifier.create(imports.warmup()).verifyComplete();
        assertThat(simulator.requestCount()).isEqualTo(1);
    }

    @Test
    void theContextReachesTheKeyOfEveryAttempt() {
        simulator.enqueue(Fault.status(503).times(2).on("GET", "/bulk/imports"));
        simulator.add(1);
        int[] keys = new int[1];
        Mono<String> key = Mono.deferContextual(context -> {
            keys[0]++;
            return Mono.just(context.get("key"));
        });
        try (ReactiveImportsApi rotating =
                ReactiveImportsApi.builder(simulator.indexHost(), key).build()) {
            StepVerifier.create(rotating.listImports().contextWrite(Context.of("key", simulator.apiKey())))
                    .expectNextCount(1)
                    .verifyComplete();
        }
        assertThat(keys).containsExactly(3);
    }

    @Test
    void headersSayWhoAsksAndInWhichVersion() {
        try (ReactiveImportsApi tagged =
                builder().sourceTag(" My Tag: #1 ").apiVersion("2026-07").build()) {
            StepVerifier.create(tagged.listImports()).verifyComplete();
        }
        assertThat(simulator.requests()).singleElement().satisfies(r -> {
            assertThat(r.headers().get("User-Agent"))
                    .matches("lang=java; reactive-imports=[^;]+; source_tag=my_tag:_1");
            assertThat(r.headers()).containsEntry("X-Pinecone-Api-Version", "2026-07");
        });
    }

    @Test
    void theEnvironmentNamesWhatItLacks() {
        assertThatThrownBy(() -> Environment.create(Map.of("PINECONE_API_KEY", "k")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("PINECONE_INDEX_HOST");
        assertThatThrownBy(() -> Environment.create(Map.of("PINECONE_INDEX_HOST", "h.example.com")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("PINECONE_API_KEY");
        Environment.create(Map.of("PINECONE_INDEX_HOST", "h.example.com", "PINECONE_API_KEY", "k"))
                .close();
    }
}
