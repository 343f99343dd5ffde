package dev.reactiveimports;

import static dev.reactiveimports.RawServer.answer;
import static dev.reactiveimports.RawServer.json;
import static dev.reactiveimports.Transport.FAST;
import static dev.reactiveimports.Transport.SOON;
import static dev.reactiveimports.Transport.importJson;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;

/** A key that is asked for with each request: nothing is sent without one, and a start without one is no open question. */
class ApiKeyTests {

    private static ReactiveImportsApi client(RawServer server, Mono<String> key) {
        return ReactiveImportsApi.builder(server.host(), key).retry(FAST).build();
    }

    private static List<Mono<?>> calls(ReactiveImportsApi client) {
        return List.of(
                client.describeImport("7"),
                client.startImport(StartImportRequest.of("s3://bucket/dir")),
                client.cancelImport("7"),
                client.listImports().next());
    }

    static Stream<Throwable> failures() {
        return Stream.of(
                new IllegalStateException("vault is sealed"),
                new IllegalArgumentException("no such secret"),
                new TimeoutException("vault is slow"),
                new IOException("vault is away"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void itsErrorSurfacesAsItIs(Throwable failure) {
        try (RawServer server = RawServer.always(json(importJson("7")));
                ReactiveImportsApi client = client(server, Mono.error(failure))) {
            for (Mono<?> call : calls(client)) {
                assertThat(Exceptions.unwrap(catchThrowable(() -> call.block(SOON))))
                        .isSameAs(failure);
            }
            assertThat(server.connections).hasValue(0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"secret\r\nX-Injected: 1", "secret key", "secret\u00fc", "", "secret\u0000", "secret\t"})
    void anInvalidOneIsRejectedWithoutEcho(String key) {
        try (RawServer server = RawServer.always(json(importJson("7")));
                ReactiveImportsApi client = client(server, Mono.just(key))) {
            for (Mono<?> call : calls(client)) {
                Throwable refusal = catchThrowable(() -> call.block(SOON));
                assertThat(refusal).isInstanceOf(IllegalArgumentException.class);
                assertThat(refusal.toString()).doesNotContain("secret");
            }
            assertThat(server.connections).hasValue(0);
            assertThatThrownBy(() -> ReactiveImportsApi.builder(server.host(), key))
                    .isInstanceOf(IllegalArgumentException.class)
                    .message()
                    .doesNotContain("secret");
        }
    }

    @Test
    void noneIsAnIllegalState() {
        try (RawServer server = RawServer.always(json(importJson("7")));
                ReactiveImportsApi client = client(server, Mono.empty())) {
            for (Mono<?> call : calls(client)) {
                assertThatThrownBy(() -> call.block(SOON)).isInstanceOf(IllegalStateException.class);
            }
            assertThat(server.connections).hasValue(0);
        }
    }

    @Test
    void itIsAskedForOncePerRequestAndSeesTheContext() {
        AtomicInteger asked = new AtomicInteger();
        Mono<String> key =
                Mono.deferContextual(context -> Mono.just(context.get("user") + "-" + asked.incrementAndGet()));
        RawServer.Answer down = answer("HTTP/1.1 503 Service Unavailable", "");
        try (RawServer server = RawServer.script(down, down, json(importJson("7")));
                ReactiveImportsApi client = client(server, key)) {
            client.describeImport("7")
                    .contextWrite(context -> context.put("user", "ann"))
                    .block(SOON);
            client.describeImport("7")
                    .contextWrite(context -> context.put("user", "bob"))
                    .block(SOON);
            assertThat(server.requests)
                    .extracting(request -> request.header("Api-Key"))
                    .containsExactly("ann-1", "ann-2", "ann-3", "bob-4");
        }
    }
}
