package dev.reactiveimports;

import static dev.reactiveimports.RawServer.answer;
import static dev.reactiveimports.RawServer.json;
import static dev.reactiveimports.Transport.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.reactiveimports.RawServer.Answer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** One POST whenever the service may have taken it, again only when it surely did not. */
@ParameterizedClass
@EnumSource(Transport.class)
class StartOnceTests {

    private static final int TRIALS = Repetitions.of(100);
    private static final Duration ATTEMPT = Duration.ofMillis(500);
    private static final StartImportRequest REQUEST = StartImportRequest.of("s3://bucket/dir");
    private static final String STARTED = "{\"id\":\"101\"}";

    private final Transport transport;

    StartOnceTests(Transport transport) {
        this.transport = transport;
    }

    static Stream<Arguments> ambiguous() {
        Stream<Arguments> broken =
                Stream.of(WireFault.values()).map(fault -> Arguments.of(fault.name(), fault.of(STARTED)));
        Stream<Arguments> refused = Stream.of("408", "500", "502", "503", "504", "507", "599")
                .map(status -> Arguments.of(status, answer("HTTP/1.1 " + status + " Oops", "{\"message\":\"oops\"}")));
        Stream<Arguments> unclear = Stream.of("soon", "-1", "1.5", "nan")
                .map(wait -> Arguments.of(
                        "503 with Retry-After " + wait,
                        answer("HTTP/1.1 503 Service Unavailable\nRetry-After: " + wait, "")));
        Stream<Arguments> unreadable = Stream.of(
                        "",
                        "null",
                        "[]",
                        "{}",
                        "<html></html>",
                        "{\"id\":\"\"}",
                        "{\"id\":null}",
                        "{\"id\":\"1\"} x",
                        "{\"id\":true}")
                .map(body -> Arguments.of("200 " + body, json(body)));
        Stream<Arguments> empty = Stream.of("202 Accepted", "204 No Content", "205 Reset Content")
                .map(status -> Arguments.of(
                        status,
                        RawServer.bytes("HTTP/1.1 " + status + "\r\n"
                                + (status.startsWith("204") ? "" : "Content-Length: 0\r\n") + "\r\n")));
        return Stream.of(broken, refused, unclear, unreadable, empty).flatMap(cases -> cases);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ambiguous")
    void aHundredStartsInDoubtAreAHundredPosts(String name, Answer answer) {
        Instant before = Instant.now().minusMillis(1);
        // only what waits for the timeout gets a short one: time spent on the way to a connection counts, and is
        // retried
        boolean silent = name.startsWith("NO_") || name.startsWith("STALL") || name.startsWith("DRIPPING");
        try (RawServer server = RawServer.always(answer);
                ReactiveImportsApi client = transport
                        .builder(server)
                        .attemptTimeout(silent ? ATTEMPT : SOON)
                        .build()) {
            List<Throwable> errors = Flux.range(0, TRIALS)
                    .flatMap(
                            i -> client.startImport(REQUEST)
                                    .map(id -> (Throwable) new AssertionError("started " + id))
                                    .onErrorResume(Mono::just),
                            50)
                    .collectList()
                    .block(SOON);
            assertThat(errors).hasSize(TRIALS).allSatisfy(error -> {
                assertThat(error).isInstanceOf(ImportOutcomeUnknownException.class);
                ImportOutcomeUnknownException unknown = (ImportOutcomeUnknownException) error;
                assertThat(unknown.request()).isEqualTo(REQUEST);
                assertThat(unknown.sentAt()).isBetween(before, Instant.now());
                assertThat(silent || unknown.attempts() == 1).isTrue();
                assertThat(unknown.getCause()).isInstanceOf(ImportsException.class);
            });
            assertThat(Await.until(server.requests::size, size -> size == TRIALS))
                    .isEqualTo(TRIALS);
            assertThat(server.requests).allSatisfy(request -> {
                assertThat(request.line()).isEqualTo("POST /bulk/imports HTTP/1.1");
                assertThat(request.body()).isEqualTo("{\"uri\":\"s3://bucket/dir\"}");
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"500 Internal Server Error", "503 Service Unavailable", "408 Request Timeout"})
    void aPolicyOfTheCallersOwnThatRetriesEverythingStillSendsOnePost(String status) {
        try (RawServer server = RawServer.script(answer("HTTP/1.1 " + status, ""), json(STARTED));
                ReactiveImportsApi client =
                        transport.builder(server).retry(Retry.indefinitely()).build()) {
            assertThat(catchThrowable(() -> client.startImport(REQUEST).block(SOON)))
                    .isInstanceOf(ImportOutcomeUnknownException.class);
            assertThat(server.requests).hasSize(1);
        }
    }

    @Test
    void aStartCancelledInFlightIsNotSentAgain() throws InterruptedException {
        CountDownLatch read = new CountDownLatch(1);
        CountDownLatch gone = new CountDownLatch(1);
        Answer none = connection -> {
            read.countDown();
            connection.awaitClose();
            gone.countDown();
            return false;
        };
        try (RawServer server = RawServer.script(none, json(STARTED));
                ReactiveImportsApi client = transport.client(server)) {
            Disposable start = client.startImport(REQUEST).subscribe();
            assertThat(read.await(10, TimeUnit.SECONDS)).isTrue();
            start.dispose();
            assertThat(server.awaitOpen(0)).isZero();
            assertThat(server.requests).hasSize(1);
            // whatever else the client might have sent would have come before this
            client.describeImport("7").onErrorComplete().block(SOON);
            assertThat(server.requests)
                    .extracting(r -> r.line().substring(0, 4))
                    .containsOnlyOnce("POST")
                    .contains("GET ");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "300", "301", "302", "303", "307", "308", "400", "401", "402", "403", "404", "405", "409", "410", "412",
                "413", "415", "422", "451", "501", "505", "511"
            })
    void aDefiniteRejectionSurfacesAsItIsAfterOnePost(String status) {
        try (RawServer server = RawServer.always(
                        answer("HTTP/1.1 " + status + " No\nLocation: /elsewhere", "{\"code\":3,\"message\":\"no\"}"));
                ReactiveImportsApi client = transport.client(server)) {
            ImportsApiException refusal = catchThrowableOfType(
                    ImportsApiException.class, () -> client.startImport(REQUEST).block(SOON));
            assertThat(refusal.statusCode()).isEqualTo(Integer.parseInt(status));
            assertThat(refusal.code()).isEqualTo("3");
            assertThat(refusal.attempts()).isEqualTo(1);
            assertThat(server.requests).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "429 Too Many Requests\nRetry-After: 0",
                "429 Too Many Requests\nRetry-After: soon",
                "429 Slow Down"
            })
    void whatWasThrottledIsSentAgain(String status) {
        try (RawServer server = RawServer.script(answer("HTTP/1.1 " + status, ""), json(STARTED));
                ReactiveImportsApi client = transport.client(server)) {
            assertThat(client.startImport(REQUEST).block(SOON)).isEqualTo("101");
            assertThat(server.requests).hasSize(2);
        }
    }

    @Test
    void anUnavailableServiceThatSaysWhenToComeBackIsAskedAgainAndDoubtEndsIt() {
        try (RawServer server = RawServer.script(
                        answer("HTTP/1.1 503 Service Unavailable\nRetry-After: 1", ""),
                        answer("HTTP/1.1 502 Bad Gateway", ""),
                        json(STARTED));
                ReactiveImportsApi client = transport.client(server)) {
            ImportOutcomeUnknownException unknown = catchThrowableOfType(
                    ImportOutcomeUnknownException.class,
                    () -> client.startImport(REQUEST).block(SOON));
            assertThat(unknown.attempts()).isEqualTo(2);
            assertThat(server.requests).hasSize(2);
            assertThat(server.requests.get(1).nanos() - server.requests.get(0).nanos())
                    .isGreaterThanOrEqualTo(TimeUnit.SECONDS.toNanos(1));
        }
    }

    @Test
    void aRefusedConnectionWasSurelyNotTaken() throws IOException {
        AtomicReference<RawServer> late = new AtomicReference<>();
        int port = freePort();
        ImportsListener opening = new ImportsListener() {
            @Override
            public void onRetry(Retrying retry) {
                if (retry.attempt() == 2) {
                    late.set(new RawServer(n -> json(STARTED), (n, accepted) -> accepted, port));
                }
            }
        };
        try (ReactiveImportsApi client =
                transport.builder("http://127.0.0.1:" + port).listener(opening).build()) {
            assertThat(client.startImport(REQUEST).block(SOON)).isEqualTo("101");
            assertThat(late.get().requests).hasSize(1);
        } finally {
            if (late.get() != null) {
                late.get().close();
            }
        }
    }

    @Test
    void aRejectionThatLastsIsATransportExceptionAfterFourAttempts() throws IOException {
        try (ReactiveImportsApi client =
                transport.builder("http://127.0.0.1:" + freePort()).build()) {
            ImportsTransportException refused = catchThrowableOfType(
                    ImportsTransportException.class,
                    () -> client.startImport(REQUEST).block(SOON));
            assertThat(refused.attempts()).isEqualTo(4);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
