package dev.reactiveimports;

import static dev.reactiveimports.RawServer.answer;
import static dev.reactiveimports.RawServer.json;
import static dev.reactiveimports.Transport.SOON;
import static dev.reactiveimports.Transport.importJson;
import static dev.reactiveimports.Transport.pageJson;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/** The service, or the client's own pool, says no. */
@ParameterizedClass
@EnumSource(Transport.class)
class RejectionTests {

    private static final String UNAVAILABLE = "HTTP/1.1 503 Service Unavailable\nx-pinecone-request-id: r-1";

    private final Transport transport;

    RejectionTests(Transport transport) {
        this.transport = transport;
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                300, 301, 302, 303, 304, 307, 308, 400, 401, 402, 403, 404, 405, 406, 409, 410, 411, 412, 413, 414, 415,
                418, 421, 422, 426, 431, 451, 501, 505, 506, 507, 508, 510, 511, 520, 599
            })
    void whatIsRejectedForGoodIsAskedOnce(int status) {
        try (RawServer server = RawServer.always(
                        answer("HTTP/1.1 " + status + " No\nLocation: /x", status == 304 ? "" : "no"));
                ReactiveImportsApi client = transport.client(server)) {
            for (Mono<?> call :
                    List.of(client.describeImport("7"), client.listImports().next(), client.cancelImport("7"))) {
                ImportsApiException refusal = catchThrowableOfType(ImportsApiException.class, () -> call.block(SOON));
                assertThat(refusal.statusCode()).isEqualTo(status);
                assertThat(refusal.attempts()).isEqualTo(1);
            }
            assertThat(server.requests).hasSize(3);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 500, 502, 503, 504})
    void whatMayPassIsAskedUpToFourTimes(int status) {
        RawServer.Answer refused = answer("HTTP/1.1 " + status + " Oops\nx-request-id: r-9", "{\"message\":\"oops\"}");
        try (RawServer mending = RawServer.script(refused, refused, refused, json(importJson("7")));
                ReactiveImportsApi client = transport.client(mending)) {
            assertThat(client.describeImport("7").block(SOON).id()).isEqualTo("7");
            assertThat(mending.requests).hasSize(4);
        }
        try (RawServer broken = RawServer.always(refused);
                ReactiveImportsApi client = transport.client(broken)) {
            ImportsApiException refusal = catchThrowableOfType(
                    ImportsApiException.class, () -> client.describeImport("7").block(SOON));
            assertThat(refusal.statusCode()).isEqualTo(status);
            assertThat(refusal.requestId()).isEqualTo("r-9");
            assertThat(refusal.attempts()).isEqualTo(4);
            assertThat(refusal).hasMessageEndingWith(": oops");
            assertThat(refusal.getSuppressed())
                    .filteredOn(ImportsException.class::isInstance)
                    .hasSize(3);
            assertThat(broken.requests).hasSize(4);
        }
    }

    @Test
    void aThousandRefusalsWithABodyAreDrainedAndKeepThePoolsConnections() {
        String body = "{\"message\":\"" + "busy ".repeat(4_000) + "\"}";
        try (RawServer server = RawServer.always(answer(UNAVAILABLE, body));
                ReactiveImportsApi client =
                        transport.builder(server).retry(ImportsRetry.none()).build()) {
            for (int i = 0; i < 100; i++) {
                client.describeImport("7").onErrorComplete().block(SOON);
            }
            assertThat(server.connections).hasValue(1);
            Flux.range(0, 900)
                    .flatMap(i -> client.describeImport("7").onErrorComplete(), 64)
                    .blockLast(SOON);
            assertThat(server.requests).hasSize(1_000);
            assertThat(server.connections.get()).isBetween(1, 50);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"200 OK", "202 Accepted", "204 No Content", "404 Not Found", "500 Internal Server Error"})
    void anEmptyAnswerKeepsItsConnectionToo(String status) {
        String length = status.startsWith("204") ? "" : "Content-Length: 0\r\n";
        try (RawServer server = RawServer.always(RawServer.bytes("HTTP/1.1 " + status + "\r\n" + length + "\r\n"));
                ReactiveImportsApi client =
                        transport.builder(server).retry(ImportsRetry.none()).build()) {
            for (int i = 0; i < 20; i++) {
                client.cancelImport("7").onErrorComplete().block(SOON);
            }
            assertThat(server.requests).hasSize(20);
            assertThat(server.connections).hasValue(1);
        }
    }

    @Test
    void anOutageUnderAThousandSubscribersCostsAboutAHundredRetries() {
        try (RawServer server = RawServer.always(answer(UNAVAILABLE, "down"));
                ReactiveImportsApi client = transport.client(server)) {
            List<Throwable> errors = Flux.range(0, 1_000)
                    .flatMap(
                            i -> client.describeImport("7")
                                    .map(found -> (Throwable) new AssertionError(found))
                                    .onErrorResume(Mono::just),
                            1_000)
                    .collectList()
                    .block(SOON);
            assertThat(errors).hasSize(1_000).allMatch(ImportsApiException.class::isInstance);
            assertThat(errors.stream().filter(e -> ((ImportsException) e).retryBudgetSpent()))
                    .hasSizeGreaterThan(800);
            assertThat(server.requests).hasSizeBetween(1_001, 1_101);
        }
    }

    @Test
    void aPoolThatIsExhaustedFailsAtOnceAndSaysSo() {
        ConnectionProvider pool = ConnectionProvider.builder("callers-own")
                .maxConnections(1)
                .pendingAcquireTimeout(Duration.ofMillis(50))
                .build();
        try (RawServer server = RawServer.always(RawServer.bytesThenStall(""));
                ReactiveImportsApi client = transport
                        .builder(server)
                        .httpClient(HttpClient.create(pool))
                        .build()) {
            var first = client.describeImport("1").subscribe();
            assertThat(Await.until(server.requests::size, size -> size == 1)).isEqualTo(1);
            for (Mono<?> call :
                    List.of(client.describeImport("2"), client.startImport(StartImportRequest.of("s3://bucket/dir")))) {
                ImportsTransportException exhausted =
                        catchThrowableOfType(ImportsTransportException.class, () -> call.block(SOON));
                assertThat(exhausted).hasMessageContaining("no connection of the client's pool became available");
                assertThat(exhausted.attempts()).isEqualTo(1);
            }
            first.dispose();
            assertThat(server.requests).hasSize(1);
        } finally {
            pool.dispose();
        }
    }

    @Test
    void aTokenThatIsRejectedInTheMiddleComesAfterTheItemsAndIsNamed() {
        try (RawServer server = RawServer.script(
                        json(pageJson("expired", "1", "2")),
                        answer("HTTP/1.1 400 Bad Request", "{\"code\":3,\"message\":\"Invalid pagination token\"}"));
                ReactiveImportsApi client = transport.client(server)) {
            List<String> seen = new ArrayList<>();
            ImportsApiException refusal = catchThrowableOfType(
                    ImportsApiException.class,
                    () -> client.listImports().doOnNext(i -> seen.add(i.id())).blockLast(SOON));
            assertThat(seen).containsExactly("1", "2");
            assertThat(refusal.paginationToken()).isEqualTo("expired");
            assertThat(refusal.code()).isEqualTo("3");
            assertThat(server.requests).hasSize(2);
        }
    }
}
