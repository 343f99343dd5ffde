package dev.reactiveimports.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reactiveimports.ImportOperation;
import dev.reactiveimports.ImportStatus;
import dev.reactiveimports.ImportsListener;
import dev.reactiveimports.PollSpec;
import dev.reactiveimports.ReactiveImportsApi;
import dev.reactiveimports.micrometer.MicrometerImportsListener;
import dev.reactiveimports.micrometer.ObservationImportsListener;
import dev.reactiveimports.testing.Fault;
import dev.reactiveimports.testing.ImportsSimulator;
import dev.reactiveimports.testing.RecordedRequest;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import reactor.test.StepVerifier;

/** The client as a bean; the same on Boot 4.1 and, by the profile spring-boot-3, on Boot 3.5. */
class ReactiveImportsAutoConfigurationTests {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final ImportsSimulator simulator = ImportsSimulator.start();
    private final ApplicationContextRunner silent = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(ReactiveImportsAutoConfiguration.class));
    private final ApplicationContextRunner runner = silent.withPropertyValues(
            "reactive-imports.index-host=" + simulator.indexHost(), "reactive-imports.api-key=" + simulator.apiKey());

    @AfterEach
    void stop() {
        simulator.close();
    }

    @Test
    void anApplicationThatSaysNothingIsLeftAlone() {
        silent.run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(ReactiveImportsApi.class));
        runner.withPropertyValues("reactive-imports.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(ReactiveImportsApi.class));
    }

    @Test
    void theBeanTalksToTheIndexAndIsClosedWithTheApplication() {
        ReactiveImportsApi[] kept = new ReactiveImportsApi[1];
        simulator.add(3);
        runner.run(context -> {
            kept[0] = context.getBean(ReactiveImportsApi.class);
            assertThat(kept[0].listImports().count().block(LONG)).isEqualTo(3);
        });
        StepVerifier.create(kept[0].listImports()).verifyError(IllegalStateException.class);
    }

    @Test
    void startingConnectsNothing() {
        runner.run(context -> assertThat(context).hasSingleBean(ReactiveImportsApi.class));
        assertThat(simulator.requestCount()).isZero();
    }

    @Test
    void everyPropertyReachesTheClient() {
        simulator.add(ImportOperation.of("x", ImportStatus.COMPLETED));
        simulator.enqueue(Fault.status(500).times(2));
        runner.withPropertyValues(
                        "reactive-imports.api-version=2025-04",
                        "reactive-imports.source-tag=Nightly Load",
                        "reactive-imports.attempt-timeout=700ms",
                        "reactive-imports.allow-plaintext=true",
                        "reactive-imports.retry.max-retries=1",
                        "reactive-imports.retry.min-backoff=1ms",
                        "reactive-imports.retry.max-backoff=2ms",
                        "reactive-imports.retry.max-retry-after=3s",
                        "reactive-imports.poll.min=20ms",
                        "reactive-imports.poll.max=40ms",
                        "reactive-imports.poll.max-consecutive-failures=1")
                .run(context -> {
                    ReactiveImportsApi imports = context.getBean(ReactiveImportsApi.class);
                    StepVerifier.create(imports.watchImport("x")).verifyError();
                    List<RecordedRequest> requests = simulator.requests();
                    assertThat(requests).hasSize(2);
                    assertThat(requests.get(0).headers().toString()).contains("2025-04", "source_tag=nightly_load");
                    simulator.enqueue(Fault.noResponse().times(2));
                    StepVerifier.create(imports.describeImport("x"))
                            .verifyErrorSatisfies(e -> assertThat(e).hasMessageContaining("PT0.7S"));
                });
    }

    @Test
    void aBeanOfTheApplicationsOwnWins() {
        try (ReactiveImportsApi own = ReactiveImportsApi.create(simulator.indexHost(), "own-key")) {
            runner.withBean("own", ReactiveImportsApi.class, () -> own)
                    .run(context -> assertThat(context.getBean(ReactiveImportsApi.class))
                            .isSameAs(own));
        }
    }

    @Test
    void customizersHaveTheLastWord() {
        simulator.add(ImportOperation.of("x", ImportStatus.PENDING));
        List<ImportsListener.Poll> polls = new CopyOnWriteArrayList<>();
        runner.withPropertyValues("reactive-imports.poll.min=1h", "reactive-imports.poll.max=2h")
                .withBean(ImportsListener.class, () -> new ImportsListener() {
                    @Override
                    public void onPoll(Poll poll) {
                        polls.add(poll);
                        simulator.add(ImportOperation.of("x", ImportStatus.COMPLETED));
                    }
                })
                .withBean(
                        ReactiveImportsApiCustomizer.class,
                        () -> builder -> builder.pollSpec(PollSpec.fixedInterval(Duration.ofMillis(5))))
                .run(context -> context.getBean(ReactiveImportsApi.class)
                        .awaitImport("x")
                        .block(LONG));
        assertThat(polls).hasSizeGreaterThan(1);
    }

    @Test
    void listenersOfTheApplicationAndMicrometersAreTold() {
        List<ImportsListener.Exchange> told = new CopyOnWriteArrayList<>();
        runner.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
                .withBean("mine", ImportsListener.class, () -> new ImportsListener() {
                    @Override
                    public void onExchange(Exchange exchange) {
                        told.add(exchange);
                    }
                })
                .run(context -> {
                    context.getBean(ReactiveImportsApi.class).listImports().blockLast(LONG);
                    assertThat(told).hasSize(1);
                    assertThat(context.getBean(MeterRegistry.class)
                                    .get("reactive.imports.requests")
                                    .timer()
                                    .count())
                            .isEqualTo(1);
                });
    }

    @Test
    void attemptsAreMarkedWhereThereIsAnObservationRegistry() {
        runner.withBean(ObservationRegistry.class, ObservationRegistry::create)
                .run(context -> assertThat(context)
                        .hasSingleBean(ObservationImportsListener.class)
                        .doesNotHaveBean(MicrometerImportsListener.class));
        runner.run(context -> assertThat(context).doesNotHaveBean(ObservationImportsListener.class));
    }

    @Test
    void withoutMicrometerThereIsNoSuchListener() {
        runner.withClassLoader(new FilteredClassLoader("io.micrometer"))
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .hasSingleBean(ReactiveImportsApi.class)
                        .doesNotHaveBean(ImportsListener.class));
        runner.run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(MicrometerImportsListener.class));
    }

    @Test
    void aMissingKeyOrHostIsNamed() {
        silent.withPropertyValues("reactive-imports.index-host=" + simulator.indexHost())
                .run(context -> assertThat(analysis(context.getStartupFailure()).getDescription())
                        .contains("'reactive-imports.api-key' is not set"));
        silent.withPropertyValues("reactive-imports.api-key=some-key")
                .run(context -> assertThat(analysis(context.getStartupFailure()))
                        .satisfies(said ->
                                assertThat(said.getDescription()).contains("'reactive-imports.index-host' is not set"))
                        .satisfies(said -> assertThat(said.getAction()).contains("reactive-imports.index-host")));
    }

    @ParameterizedTest
    @CsvSource({
        "index-host, http://example.com",
        "index-host, https://user@example.com",
        "api-key, two words",
        "api-version, 2025 10",
        "attempt-timeout, 0s",
        "retry.max-retries, -1",
        "retry.min-backoff, -1s",
        "retry.max-backoff, 400d",
        "retry.max-retry-after, -1s",
        "poll.min, 0s",
        "poll.max, 1s",
        "poll.max-consecutive-failures, 0"
    })
    void whatIsRejectedIsNamedAndTheKeyNeverShown(String property, String value) {
        runner.withPropertyValues("reactive-imports." + property + "=" + value).run(context -> {
            FailureAnalysis analysis = analysis(context.getStartupFailure());
            assertThat(analysis.getDescription()).contains("'reactive-imports." + property + "'");
            assertThat(analysis.toString() + analysis.getDescription() + analysis.getCause())
                    .doesNotContain("two words", simulator.apiKey());
        });
    }

    @Test
    void whatIsNoDurationIsNamedByBoot() {
        runner.withPropertyValues("reactive-imports.attempt-timeout=soon")
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .hasStackTraceContaining("soon")
                        .isNotNull());
        runner.withPropertyValues("reactive-imports.attempt-timeout=soon")
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining("reactive-imports.attempt-timeout"));
    }

    @Test
    void thePropertiesDoNotShowTheKey() {
        runner.run(context -> assertThat(context.getBean(ReactiveImportsProperties.class))
                .asString()
                .doesNotContain(simulator.apiKey()));
    }

    @Test
    void bootFindsTheConfigurationAndTheAnalyzer() throws IOException {
        assertThat(ImportCandidates.load(
                        org.springframework.boot.autoconfigure.AutoConfiguration.class,
                        getClass().getClassLoader()))
                .contains(
                        ReactiveImportsAutoConfiguration.class.getName(),
                        SharedImportsAutoConfiguration.class.getName());
        Properties factories = new Properties();
        try (InputStream in = resource("META-INF/spring.factories")) {
            factories.load(in);
        }
        assertThat(factories)
                .containsEntry(FailureAnalyzer.class.getName(), ImportsFailureAnalyzer.class.getName())
                .hasSize(1);
    }

    @Test
    void ideMetadataNamesEveryPropertyAndNoOther() throws IOException {
        String metadata;
        try (InputStream in = resource("META-INF/spring-configuration-metadata.json")) {
            metadata = new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        }
        Set<String> described = Pattern.compile("\"name\": \"reactive-imports\\.([a-z.-]+)\",\\s+\"type\": \"java")
                .matcher(metadata)
                .results()
                .map((MatchResult match) -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> bound = new TreeSet<>(Set.of("enabled", "shared.enabled"));
        collect(ReactiveImportsProperties.class, "", bound);
        collect(SharedImportsProperties.class, "shared.", bound);
        assertThat(described).isEqualTo(bound);
    }

    private static void collect(Class<?> properties, String prefix, Set<String> names) {
        for (var component : properties.getRecordComponents()) {
            String name =
                    prefix + component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(java.util.Locale.ROOT);
            if (component.getType().isRecord()) {
                collect(component.getType(), name + ".", names);
            } else {
                names.add(name);
            }
        }
    }

    private static InputStream resource(String name) throws IOException {
        var found = ReactiveImportsApi.class.getClassLoader().getResources(name);
        while (found.hasMoreElements()) {
            var url = found.nextElement();
            if (url.getProtocol().equals("file")) {
                return url.openStream();
            }
        }
        throw new IOException(name + " is not in this project");
    }

    private static FailureAnalysis analysis(Throwable startupFailure) {
        assertThat(startupFailure).isNotNull();
        FailureAnalysis analysis = new ImportsFailureAnalyzer().analyze(startupFailure);
        assertThat(analysis).as("an analysis of %s", startupFailure).isNotNull();
        return analysis;
    }
}
