package dev.reactiveimports.samples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reactiveimports.ImportOperation;
import dev.reactiveimports.ImportStatus;
import dev.reactiveimports.ImportStatusChange;
import dev.reactiveimports.shared.ImportsStore;
import dev.reactiveimports.spring.ReactiveImportsAutoConfiguration;
import dev.reactiveimports.spring.SharedImportsAutoConfiguration;
import dev.reactiveimports.testing.ImportsSimulator;
import java.time.Duration;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** A consumer as a Spring component. */
class ImportEventsByMailTests {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final Sinks.Many<String> mails = Sinks.many().replay().all();

    @Test
    void everyChangeIsMailedThoughTheReplicaIsReplaced() {
        ImportsStore store = ImportsStore.inMemory();
        try (ImportsSimulator simulator = ImportsSimulator.start()) {
            ApplicationContextRunner replica = new ApplicationContextRunner()
                    .withConfiguration(AutoConfigurations.of(
                            ReactiveImportsAutoConfiguration.class, SharedImportsAutoConfiguration.class))
                    .withBean(ImportsStore.class, () -> store)
                    .withBean(ImportEventsByMailTests.class, () -> this)
                    .withUserConfiguration(Application.class)
                    .withPropertyValues(
                            "reactive-imports.index-host=" + simulator.indexHost(),
                            "reactive-imports.api-key=" + simulator.apiKey(),
                            "reactive-imports.shared.enabled=true",
                            "reactive-imports.shared.whole-index=true",
                            "reactive-imports.shared.poll.min=20ms");
            for (String id : new String[] {"a", "b", "c"}) {
                simulator.add(ImportOperation.of(id, ImportStatus.COMPLETED));
                replica.run(context -> mails.asFlux().filter(id::equals).blockFirst(LONG));
            }
        }
        mails.tryEmitComplete();
        // one whose cursor was on its way may be mailed again
        assertThat(mails.asFlux().distinct().collectList().block()).containsExactly("a", "b", "c");
    }

    @Configuration(proxyBeanMethods = false)
    @Import(ImportEventsByMail.class)
    static class Application {

        @Bean
        Function<ImportStatusChange, Mono<Void>> mail(ImportEventsByMailTests test) {
            return change -> Mono.fromRunnable(() -> test.mails.tryEmitNext(change.id()));
        }
    }
}
