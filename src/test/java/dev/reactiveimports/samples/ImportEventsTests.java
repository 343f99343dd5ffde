package dev.reactiveimports.samples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reactiveimports.ImportOperation;
import dev.reactiveimports.ImportStatus;
import dev.reactiveimports.spring.ReactiveImportsAutoConfiguration;
import dev.reactiveimports.testing.ImportsSimulator;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.http.server.reactive.ReactorHttpHandlerAdapter;
import org.springframework.web.reactive.config.EnableWebFlux;
import org.springframework.web.server.adapter.WebHttpHandlerBuilder;
import reactor.core.publisher.Flux;
import reactor.netty.DisposableServer;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.test.StepVerifier;

/** The recipe on a WebFlux server, over HTTP on both sides. */
class ImportEventsTests {

    private static final Duration LONG = Duration.ofSeconds(20);

    @EnableWebFlux
    static class Web {}

    final ImportsSimulator simulator = ImportsSimulator.start();

    @Test
    void aWatchIsStreamedAsItHappens() {
        simulator.add(ImportOperation.of("x", ImportStatus.PENDING));
        running(context -> {
            DisposableServer server = serve(context);
            try {
                StepVerifier.create(events(server))
                        .assertNext(first -> {
                            assertThat(first).contains("event:Pending");
                            // so the first event was not held back until the stream was complete
                            simulator.add(ImportOperation.of("x", ImportStatus.COMPLETED));
                        })
                        .thenConsumeWhile(text -> !text.contains("event:Completed"))
                        .expectNextCount(1)
                        .thenConsumeWhile(text -> true)
                        .expectComplete()
                        .verify(LONG);
            } finally {
                server.disposeNow();
            }
        });
    }

    @Test
    void aClientThatGoesAwayEndsThePolling() {
        simulator.add(ImportOperation.of("x", ImportStatus.IN_PROGRESS));
        running(context -> {
            DisposableServer server = serve(context);
            try {
                assertThat(events(server).blockFirst(LONG)).contains("event:InProgress");
                long before;
                long after = simulator.requestCount();
                do { // polls come every 10 ms: a pause of 300 ms without one is the end of them
                    before = after;
                    Flux.interval(Duration.ofMillis(300)).blockFirst(LONG);
                    after = simulator.requestCount();
                } while (after != before);
            } finally {
                server.disposeNow();
            }
        });
    }

    Class<?> controller() {
        return ImportEvents.class;
    }

    final void running(Consumer<ApplicationContext> test) {
        try (simulator) {
            new ApplicationContextRunner()
                    .withConfiguration(AutoConfigurations.of(ReactiveImportsAutoConfiguration.class))
                    .withUserConfiguration(Web.class, controller())
                    .withPropertyValues(
                            "reactive-imports.index-host=" + simulator.indexHost(),
                            "reactive-imports.api-key=" + simulator.apiKey(),
                            "reactive-imports.poll.min=10ms",
                            "reactive-imports.poll.max=10ms")
                    .run(test::accept);
        }
    }

    static DisposableServer serve(ApplicationContext context) {
        return HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .handle(new ReactorHttpHandlerAdapter(
                        WebHttpHandlerBuilder.applicationContext(context).build()))
                .bindNow();
    }

    static Flux<String> events(DisposableServer server) {
        return HttpClient.create()
                .headers(headers -> headers.set("Accept", "text/event-stream"))
                .get()
                .uri("http://127.0.0.1:" + server.port() + "/imports/x/events")
                .responseContent()
                .asString();
    }
}
