package dev.reactiveimports.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reactiveimports.ImportOperation;
import dev.reactiveimports.ImportStatus;
import dev.reactiveimports.ReactiveImportsApi;
import dev.reactiveimports.micrometer.MicrometerSharedImportsListener;
import dev.reactiveimports.r2dbc.R2dbcImportsStore;
import dev.reactiveimports.shared.ImportsStore;
import dev.reactiveimports.shared.RecordedChange;
import dev.reactiveimports.shared.SharedImports;
import dev.reactiveimports.shared.SharedImportsListener;
import dev.reactiveimports.shared.StoreLease;
import dev.reactiveimports.testing.ImportsSimulator;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.r2dbc.h2.H2ConnectionConfiguration;
import io.r2dbc.h2.H2ConnectionFactory;
import io.r2dbc.h2.H2ConnectionOption;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryMetadata;
import io.r2dbc.spi.R2dbcPermissionDeniedException;
import io.r2dbc.spi.R2dbcTransientResourceException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.reactivestreams.Publisher;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** The shared watch as a bean, on an H2 in memory. */
class ReactiveImportsAutoConfigurationSharedTests {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final String database = "shared-" + UUID.randomUUID();
    private final ImportsSimulator simulator = ImportsSimulator.start();
    private final ApplicationContextRunner client = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(ReactiveImportsAutoConfiguration.class, SharedImportsAutoConfiguration.class))
            .withPropertyValues(
                    "reactive-imports.index-host=" + simulator.indexHost(),
                    "reactive-imports.api-key=" + simulator.apiKey());
    private final ApplicationContextRunner enabled =
            client.withPropertyValues("reactive-imports.shared.enabled=true", "reactive-imports.shared.poll.min=20ms");
    private final ApplicationContextRunner runner =
            enabled.withBean(Connections.class, () -> new Connections(database));

    @AfterEach
    void stop() {
        simulator.close();
    }

    @Test
    void nothingIsSharedUnlessItIsEnabled() {
        client.withBean(Connections.class, () -> new Connections(database))
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .hasSingleBean(ReactiveImportsApi.class)
                        .doesNotHaveBean(SharedImports.class)
                        .doesNotHaveBean(ImportsStore.class));
        runner.withPropertyValues("reactive-imports.shared.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(SharedImports.class));
    }

    @Test
    void whatIsSharedIsSwitchedOffWithTheClient() {
        enabled.withPropertyValues("reactive-imports.enabled=false")
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(ReactiveImportsApi.class)
                        .doesNotHaveBean(SharedImports.class));
    }

    @Test
    void theBeanWatchesAndIsClosedWithTheApplication() {
        SharedImports[] kept = new SharedImports[1];
        simulator.add(ImportOperation.of("a", ImportStatus.COMPLETED));
        runner.run(context -> {
            assertThat(context).hasSingleBean(R2dbcImportsStore.class);
            kept[0] = context.getBean(SharedImports.class);
            kept[0].watch("a").block(LONG);
            assertThat(kept[0].changes().blockFirst(LONG).change().to()).isEqualTo(ImportStatus.COMPLETED);
        });
        StepVerifier.create(kept[0].changes()).verifyError(IllegalStateException.class);
    }

    @Test
    void startingConnectsNothing() {
        runner.run(context -> {
            assertThat(context).hasSingleBean(SharedImports.class);
            assertThat(context.getBean(Connections.class).opened).hasValue(0);
        });
        assertThat(simulator.requestCount()).isZero();
    }

    @Test
    void closingTheOneThatPollsLetsTheOtherPollAtOnce() {
        ApplicationContextRunner replica =
                runner.withPropertyValues("reactive-imports.shared.lease=1h").withBean(Leases.class, Leases::new);
        replica.run(two -> {
            StoreLease[] first = new StoreLease[1];
            replica.run(one -> {
                one.getBean(SharedImports.class).changes().subscribe(change -> {}, failure -> {});
                first[0] = one.getBean(Leases.class).acquired.asFlux().blockFirst(LONG);
            });
            two.getBean(SharedImports.class).changes().subscribe(change -> {}, failure -> {});
            StoreLease second = two.getBean(Leases.class).acquired.asFlux().blockFirst(LONG);
            assertThat(second.name()).isEqualTo(ImportsStore.POLLER);
            assertThat(second.holder()).isNotEqualTo(first[0].holder());
            assertThat(second.epoch()).isGreaterThan(first[0].epoch());
        });
    }

    @Test
    void theOtherOneGoesOnWithoutBeingAsked() {
        ApplicationContextRunner replica = runner.withPropertyValues(
                        "reactive-imports.shared.lease=2s", "reactive-imports.shared.whole-index=true")
                .withBean(Leases.class, Leases::new);
        replica.run(two -> {
            Flux<String> seen = two.getBean(SharedImports.class)
                    .changes()
                    .map(change -> change.change().id())
                    .replay()
                    .autoConnect(0);
            replica.run(one -> {
                one.getBean(SharedImports.class).changes().subscribe(change -> {}, failure -> {});
                simulator.add(ImportOperation.of("a", ImportStatus.COMPLETED));
                seen.filter("a"::equals).blockFirst(LONG);
            });
            simulator.add(ImportOperation.of("b", ImportStatus.COMPLETED));
            seen.filter("b"::equals).blockFirst(LONG);
        });
    }

    @Test
    void theLeaseIsGivenBackBeforeTheConnectionsAreClosed() {
        Connections[] connections = new Connections[1];
        runner.withBean(Leases.class, Leases::new).run(context -> {
            connections[0] = context.getBean(Connections.class);
            context.getBean(SharedImports.class).changes().subscribe(change -> {}, failure -> {});
            context.getBean(Leases.class).acquired.asFlux().blockFirst(LONG);
        });
        assertThat(connections[0].closed).isTrue();
        assertThat(new Connections(database).poller()).isEmpty();
    }

    @Test
    void withoutAConnectionFactoryTheStartUpFailsAndSaysWhatIsMissing() {
        enabled.run(context -> {
            FailureAnalysis analysis = analysis(context.getStartupFailure());
            assertThat(analysis.getDescription())
                    .isEqualTo("The SharedImports bean cannot be created: 'reactive-imports.shared.enabled' is true,"
                            + " but there is no bean of type ConnectionFactory.");
            assertThat(analysis.getAction())
                    .contains("spring.r2dbc.url", "ImportsStore", "'reactive-imports.shared.enabled=false'");
        });
    }

    @Test
    void withoutR2dbcTheStartUpFailsAndSaysWhatIsMissing() {
        enabled.withClassLoader(new FilteredClassLoader("io.r2dbc")).run(context -> {
            FailureAnalysis analysis = analysis(context.getStartupFailure());
            assertThat(analysis.getDescription()).contains("R2DBC is not on the class path");
            assertThat(analysis.getAction()).contains("driver", "ImportsStore");
        });
    }

    @Test
    void withoutR2dbcTheClientWorksAndSoDoesAnotherStore() {
        ApplicationContextRunner plain = client.withClassLoader(new FilteredClassLoader("io.r2dbc", "io.micrometer"));
        plain.run(context -> assertThat(context).hasNotFailed().hasSingleBean(ReactiveImportsApi.class));
        plain.withPropertyValues("reactive-imports.shared.enabled=true")
                .withBean(ImportsStore.class, ImportsStore::inMemory)
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .hasSingleBean(SharedImports.class)
                        .doesNotHaveBean(SharedImportsListener.class));
    }

    @Test
    void ofSeveralConnectionFactoriesOneMustBePrimary() {
        runner.withBean("second", Connections.class, () -> new Connections(database))
                .run(context -> assertThat(analysis(context.getStartupFailure()).getDescription())
                        .contains("several beans of type ConnectionFactory", "second"));
        runner.withBean(
                        "second",
                        Connections.class,
                        () -> new Connections(database),
                        definition -> definition.setPrimary(true))
                .run(context -> {
                    context.getBean(SharedImports.class).current().blockLast(LONG);
                    assertThat(context.getBean("second", Connections.class).opened)
                            .hasPositiveValue();
                });
    }

    @Test
    void aDatabaseThatTheStoreDoesNotKnowIsNamed() {
        enabled.withBean(ConnectionFactory.class, () -> new Failing("MySQL", new IllegalStateException()))
                .run(context -> assertThat(analysis(context.getStartupFailure()).getDescription())
                        .contains("PostgreSQL or H2, but is one of MySQL"));
    }

    @Test
    void beansOfTheApplicationsOwnWin() {
        runner.withBean("own", ImportsStore.class, ImportsStore::inMemory).run(context -> {
            assertThat(context).hasSingleBean(ImportsStore.class).doesNotHaveBean(R2dbcImportsStore.class);
            context.getBean(SharedImports.class).current().blockLast(LONG);
            assertThat(context.getBean(Connections.class).opened).hasValue(0);
        });
        try (ReactiveImportsApi imports = ReactiveImportsApi.create(simulator.indexHost(), "own-key");
                SharedImports own =
                        SharedImports.builder(imports, ImportsStore.inMemory()).build()) {
            enabled.withBean("own", SharedImports.class, () -> own)
                    .run(context ->
                            assertThat(context.getBean(SharedImports.class)).isSameAs(own));
            runner.withBean("ownClient", ReactiveImportsApi.class, () -> imports)
                    .withPropertyValues("reactive-imports.enabled=false")
                    .run(context -> assertThat(context).hasSingleBean(SharedImports.class));
        }
    }

    @Test
    void tablesAreCreatedBeforeTheFirstUseAndOnAThreadThatMayBlock() {
        simulator.add(ImportOperation.of("a", ImportStatus.COMPLETED));
        runner.run(context -> {
            SharedImports shared = context.getBean(SharedImports.class);
            // all at once, from a thread that must not block, the first operations of an empty database
            Flux.range(0, 8)
                    .flatMap(i -> shared.watch("a").subscribeOn(Schedulers.parallel()))
                    .then()
                    .block(LONG);
            assertThat(shared.changes().blockFirst(LONG)).isNotNull();
            assertThat(context.getBean(Connections.class).threads)
                    .isNotEmpty()
                    .allMatch(thread -> thread.contains("reactive-imports-h2"));
        });
    }

    @Test
    void tablesAreNotCreatedIfTheApplicationSaysSo() {
        runner.withPropertyValues("reactive-imports.shared.create-schema=false")
                .run(context -> StepVerifier.create(
                                context.getBean(SharedImports.class).current())
                        .verifyErrorSatisfies(failure -> assertThat(failure)
                                .isInstanceOf(IllegalStateException.class)
                                .hasMessageContaining("schema-1.sql")));
    }

    @ParameterizedTest
    @CsvSource({
        "PostgreSQL, , 42501, false",
        "PostgreSQL, true, 42501, true",
        "PostgreSQL, true, 28P01, false",
        "PostgreSQL, false, 42501, false",
        "H2, , 90096, true",
        "H2, false, 90096, false"
    })
    void ofAServerTheTablesAreTheDatabaseTools(String name, String property, String state, boolean creates) {
        RuntimeException denied = new R2dbcPermissionDeniedException("denied", state);
        ApplicationContextRunner of = enabled.withBean(ConnectionFactory.class, () -> new Failing(name, denied));
        (property == null ? of : of.withPropertyValues("reactive-imports.shared.create-schema=" + property))
                .run(context -> StepVerifier.create(
                                context.getBean(SharedImports.class).current())
                        .verifyErrorSatisfies(failure -> {
                            if (creates) {
                                assertThat(failure)
                                        .isInstanceOf(IllegalStateException.class)
                                        .hasMessageContaining("create-schema=false");
                            } else {
                                assertThat(failure).isSameAs(denied);
                            }
                        }));
    }

    @Test
    void aFailedCreationIsTriedAgain() {
        runner.run(context -> {
            Connections connections = context.getBean(Connections.class);
            connections.failures.set(1);
            SharedImports shared = context.getBean(SharedImports.class);
            StepVerifier.create(shared.current()).verifyError(R2dbcTransientResourceException.class);
            StepVerifier.create(shared.current()).verifyComplete();
        });
    }

    @Test
    void everyPropertyReachesTheWatch() {
        simulator.add(ImportOperation.of("a", ImportStatus.IN_PROGRESS));
        runner.withPropertyValues(
                        "reactive-imports.shared.name=products",
                        "reactive-imports.shared.whole-index=true",
                        "reactive-imports.shared.lease=3s",
                        "reactive-imports.shared.retention=1d",
                        "reactive-imports.shared.create-schema=true",
                        "reactive-imports.shared.poll.min=20ms",
                        "reactive-imports.shared.poll.max=40ms",
                        "reactive-imports.shared.poll.max-consecutive-failures=3")
                .withBean(Leases.class, Leases::new)
                .run(context -> {
                    SharedImports shared = context.getBean(SharedImports.class);
                    assertThat(shared).hasToString("SharedImports[products]");
                    shared.changes()
                            .doOnNext(change -> simulator.add(ImportOperation.of("a", ImportStatus.COMPLETED)))
                            .map(RecordedChange::change)
                            .takeUntil(change -> change.to() == ImportStatus.COMPLETED)
                            .blockLast(LONG);
                    assertThat(context.getBean(Leases.class)
                                    .acquired
                                    .asFlux()
                                    .blockFirst(LONG)
                                    .watch())
                            .isEqualTo("products");
                });
    }

    @ParameterizedTest
    @CsvSource({
        "name, ''",
        "lease, 1ms",
        "lease, 2h",
        "retention, 1ms",
        "poll.min, 0s",
        "poll.max, 1ms",
        "poll.max-consecutive-failures, 0"
    })
    void whatIsRejectedIsNamed(String property, String value) {
        runner.withPropertyValues("reactive-imports.shared." + property + "=" + value)
                .run(context -> {
                    FailureAnalysis analysis = analysis(context.getStartupFailure());
                    assertThat(analysis.getDescription())
                            .contains("The SharedImports bean", "'reactive-imports.shared." + property + "'");
                    assertThat(analysis.getAction()).contains("'reactive-imports.shared." + property + "'");
                });
    }

    @Test
    void pollsAreThoseOfTheClientUnlessTheyAreSet() {
        ReactiveImportsProperties.Poll shared = new ReactiveImportsProperties.Poll(null, Duration.ofSeconds(9), null);
        ReactiveImportsProperties.Poll ofClient =
                new ReactiveImportsProperties.Poll(Duration.ofSeconds(1), Duration.ofSeconds(3), 7);
        assertThat(shared.orElse(ofClient))
                .isEqualTo(new ReactiveImportsProperties.Poll(Duration.ofSeconds(1), Duration.ofSeconds(9), 7));
        enabled.withBean(Connections.class, () -> new Connections(database))
                .withPropertyValues("reactive-imports.shared.poll.min=1h", "reactive-imports.poll.max=2s")
                .run(context -> assertThat(analysis(context.getStartupFailure()).getDescription())
                        .contains("'reactive-imports.shared.poll.max'"));
    }

    @Test
    void customizersHaveTheLastWordAndListenersAreNotified() {
        List<String> retried = new CopyOnWriteArrayList<>();
        simulator.add(ImportOperation.of("a", ImportStatus.COMPLETED));
        runner.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
                .withBean(Leases.class, Leases::new)
                .withBean(
                        SharedImportsCustomizer.class,
                        () -> builder -> builder.name("customized").handlerRetry(reactor.util.retry.Retry.max(1)))
                .withPropertyValues("reactive-imports.shared.whole-index=true")
                .run(context -> {
                    assertThat(context).hasSingleBean(MicrometerSharedImportsListener.class);
                    SharedImports shared = context.getBean(SharedImports.class);
                    StepVerifier.create(shared.consume("mail", change -> {
                                retried.add(change.change().id());
                                return Mono.error(new IllegalArgumentException("poison"));
                            }))
                            .verifyError(IllegalArgumentException.class);
                    assertThat(retried).hasSize(2);
                    StoreLease acquired =
                            context.getBean(Leases.class).acquired.asFlux().blockFirst(LONG);
                    assertThat(acquired.watch()).isEqualTo("customized");
                    assertThat(context.getBean(MeterRegistry.class)
                                    .get("reactive.imports.shared.lease.held")
                                    .tag("watch", "customized")
                                    .gauge()
                                    .value())
                            .isEqualTo(1);
                });
    }

    @Test
    void aVariableEnablesIt() {
        String name = StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;
        ApplicationContextRunner variables = new ApplicationContextRunner()
                .withInitializer(context -> context.getEnvironment()
                        .getPropertySources()
                        .replace(
                                name,
                                new SystemEnvironmentPropertySource(
                                        name, Map.of("REACTIVE_IMPORTS_SHARED_ENABLED", "true"))))
                .withConfiguration(AutoConfigurations.of(
                        ReactiveImportsAutoConfiguration.class, SharedImportsAutoConfiguration.class))
                .withBean(Connections.class, () -> new Connections(database));
        variables.run(context -> assertThat(context.getStartupFailure())
                .rootCause()
                .hasMessageContaining("'reactive-imports.index-host' cannot be used: is not set"));
        variables
                .withPropertyValues(
                        "reactive-imports.index-host=" + simulator.indexHost(),
                        "reactive-imports.api-key=" + simulator.apiKey())
                .run(context -> assertThat(context).hasSingleBean(SharedImports.class));
    }

    private static FailureAnalysis analysis(Throwable startupFailure) {
        assertThat(startupFailure).isNotNull();
        FailureAnalysis analysis = new ImportsFailureAnalyzer().analyze(startupFailure);
        assertThat(analysis).as("an analysis of %s", startupFailure).isNotNull();
        return analysis;
    }

    /** Leases that a replica acquired. */
    static final class Leases implements SharedImportsListener {

        final Sinks.Many<StoreLease> acquired = Sinks.many().replay().all();

        @Override
        public void onLeaseAcquired(StoreLease lease) {
            if (lease.name().equals(ImportsStore.POLLER)) {
                acquired.emitNext(lease, Sinks.EmitFailureHandler.busyLooping(LONG));
            }
        }
    }

    /** Connections to an H2 in memory, until they are closed. */
    static final class Connections implements ConnectionFactory, AutoCloseable {

        final AtomicInteger opened = new AtomicInteger();
        final AtomicInteger failures = new AtomicInteger();
        final List<String> threads = new CopyOnWriteArrayList<>();
        volatile boolean closed;
        private final ConnectionFactory factory;

        Connections(String database) {
            factory = new H2ConnectionFactory(H2ConnectionConfiguration.builder()
                    .inMemory(database)
                    .property(H2ConnectionOption.DB_CLOSE_DELAY, "-1")
                    .build());
        }

        @Override
        public Publisher<? extends Connection> create() {
            return Mono.defer(() -> {
                if (closed) {
                    return Mono.error(new IllegalStateException("closed"));
                }
                if (failures.getAndDecrement() > 0) {
                    return Mono.error(new R2dbcTransientResourceException("away"));
                }
                opened.incrementAndGet();
                threads.add(Thread.currentThread().getName());
                return Mono.from(factory.create());
            });
        }

        @Override
        public ConnectionFactoryMetadata getMetadata() {
            return factory.getMetadata();
        }

        @Override
        public void close() {
            closed = true;
        }

        /** The holder of the poller's lease. */
        String poller() {
            return Mono.usingWhen(
                            Mono.from(create()),
                            connection -> Flux.from(connection
                                            .createStatement("SELECT holder FROM ri_lease WHERE name = ''")
                                            .execute())
                                    .flatMap(result -> result.map((row, metadata) -> row.get("holder", String.class)))
                                    .single(),
                            Connection::close)
                    .block(LONG);
        }
    }

    /** A database with a name, which fails. */
    record Failing(String name, RuntimeException failure) implements ConnectionFactory {

        @Override
        public Publisher<? extends Connection> create() {
            return Mono.error(failure);
        }

        @Override
        public ConnectionFactoryMetadata getMetadata() {
            return () -> name;
        }
    }
}
