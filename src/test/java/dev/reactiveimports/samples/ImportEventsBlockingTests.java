package dev.reactiveimports.samples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reactiveimports.Blocked;
import dev.reactiveimports.ImportOperation;
import dev.reactiveimports.ImportStatus;
import dev.reactiveimports.ReactiveImportsApi;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.netty.DisposableServer;

/** The same streams, and nothing on their way blocks an event loop: neither the client's nor the web server's. */
@Tag("blocking")
class ImportEventsBlockingTests extends ImportEventsTests {

    private Class<?> controller = ImportEvents.class;

    @RestController
    static class BlockingEvents {

        private final ImportEvents events;

        BlockingEvents(ReactiveImportsApi imports) {
            this.events = new ImportEvents(imports);
        }

        @GetMapping("/imports/{id}/events")
        Flux<ServerSentEvent<String>> events(@PathVariable("id") String id) {
            return events.events(id).doOnNext(event -> Blocked.blockAMoment());
        }
    }

    @Override
    Class<?> controller() {
        return controller;
    }

    @BeforeEach
    void watch() {
        Blocked.clear();
    }

    @AfterEach
    void nothingBlocked() {
        assertThat(Blocked.calls()).isEmpty();
    }

    @Test
    void aHandlerThatBlocksIsFound() {
        controller = BlockingEvents.class;
        simulator.add(ImportOperation.of("x", ImportStatus.COMPLETED));
        running(context -> {
            DisposableServer server = serve(context);
            try {
                events(server).blockLast(Duration.ofSeconds(20));
            } finally {
                server.disposeNow();
            }
        });
        assertThat(Blocked.calls()).isNotEmpty();
        Blocked.clear();
    }
}
