package dev.reactiveimports;

import static dev.reactiveimports.RawServer.answer;
import static dev.reactiveimports.RawServer.json;
import static dev.reactiveimports.Transport.KEY;
import static dev.reactiveimports.Transport.SOON;
import static dev.reactiveimports.Transport.importJson;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/** What happens before a request can be sent, and whom the key is shown to. */
@ParameterizedClass
@EnumSource(Transport.class)
class TlsTests {

    private static final StartImportRequest REQUEST = StartImportRequest.of("s3://bucket/dir");

    private final Transport transport;

    TlsTests(Transport transport) {
        this.transport = transport;
    }

    private static RawServer serverOf(RawServer.Door door) {
        return new RawServer(n -> json("{\"id\":\"7\"}"), door, 0);
    }

    private ReactiveImportsApi client(RawServer server, UnaryOperator<HttpClient> tls) {
        return transport.builder(server.secureHost()).configureHttpClient(tls).build();
    }

    @Test
    void aTrustedCertificateOfTheRightHostIsTakenAndItsConnectionKept() {
        try (RawServer server = serverOf(Certificates.LOOPBACK.door());
                ReactiveImportsApi client = client(server, Certificates.LOOPBACK::trustedBy)) {
            client.describeImport("7").block(SOON);
            client.describeImport("7").block(SOON);
            assertThat(server.requests)
                    .hasSize(2)
                    .allMatch(r -> r.header("Api-Key").equals(KEY));
            assertThat(server.connections).hasValue(1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aSelfSignedCertificateIsRejectedBeforeTheKeyIsSent(boolean callersOwn) {
        assertRejected(Certificates.LOOPBACK, client -> client, callersOwn);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aTrustedCertificateOfAnotherHostIsRejectedBeforeTheKeyIsSent(boolean callersOwn) {
        assertRejected(Certificates.ELSEWHERE, Certificates.ELSEWHERE::trustedBy, callersOwn);
    }

    private void assertRejected(Certificates certificate, UnaryOperator<HttpClient> tls, boolean callersOwn) {
        ConnectionProvider pool = ConnectionProvider.create("callers-own", 2);
        try (RawServer server = serverOf(certificate.door())) {
            ReactiveImportsApi.Builder builder =
                    transport.builder(server.secureHost()).configureHttpClient(tls);
            try (ReactiveImportsApi client =
                    (callersOwn ? builder.httpClient(HttpClient.create(pool)) : builder).build()) {
                for (Mono<?> call : List.of(client.describeImport("7"), client.startImport(REQUEST))) {
                    ImportsTransportException refused =
                            catchThrowableOfType(ImportsTransportException.class, () -> call.block(SOON));
                    assertThat(refused).hasMessageContaining("TLS failed").hasCauseInstanceOf(SSLException.class);
                }
                assertThat(server.connections).hasPositiveValue();
                assertThat(server.requests).isEmpty();
            }
        } finally {
            pool.dispose();
        }
    }

    @Test
    void aHandshakeThatIsResetWasSurelyNotAStart() {
        try (RawServer server = serverOf(Doors.resetFirst(2, Certificates.LOOPBACK.door()));
                ReactiveImportsApi client = client(server, Certificates.LOOPBACK::trustedBy)) {
            assertThat(client.startImport(REQUEST).block(SOON)).isEqualTo("7");
            assertThat(server.requests).hasSize(1);
            assertThat(server.connections).hasValue(3);
        }
    }

    @Test
    @Tag("slow")
    void aHandshakeWithoutAnAnswerIsGivenUpAndWasSurelyNotAStart() {
        try (RawServer server = serverOf(Doors.silentFirst(1, Certificates.LOOPBACK.door()));
                ReactiveImportsApi client = transport
                        .builder(server.secureHost())
                        .configureHttpClient(Certificates.LOOPBACK::trustedBy)
                        .attemptTimeout(Duration.ofSeconds(1))
                        .build()) {
            assertThat(client.startImport(REQUEST).block(SOON)).isEqualTo("7");
            assertThat(server.requests).hasSize(1);
            assertThat(server.awaitOpen(1)).isEqualTo(1);
        }
    }

    @Test
    @Tag("slow")
    void connectingAndHandshakingEndAfterFiveSecondsEach() throws IOException {
        List<SocketChannel> queue = new ArrayList<>();
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
                RawServer silent = serverOf(Doors.silentFirst(10, Certificates.LOOPBACK.door()));
                ReactiveImportsApi toFull = transport
                        .builder("http://127.0.0.1:" + full.getLocalPort())
                        .retry(ImportsRetry.none())
                        .build();
                ReactiveImportsApi toSilent = transport
                        .builder(silent.secureHost())
                        .retry(ImportsRetry.none())
                        .build()) {
            fill(full, queue);
            long begin = System.nanoTime();
            List<Throwable> errors = Mono.zip(failure(toFull), failure(toSilent))
                    .map(both -> List.of(both.getT1(), both.getT2()))
                    .block(SOON);
            assertThat(Duration.ofNanos(System.nanoTime() - begin))
                    .isBetween(Duration.ofMillis(4_900), Duration.ofSeconds(9));
            assertThat(errors).allMatch(ImportsTransportException.class::isInstance);
            assertThat(errors.get(0)).hasMessageEndingWith("the connection was not established in time");
            assertThat(errors.get(1)).hasMessageContaining("TLS failed");
        } finally {
            for (SocketChannel channel : queue) {
                channel.close();
            }
        }
    }

    private static Mono<Throwable> failure(ReactiveImportsApi client) {
        return client.startImport(REQUEST)
                .map(id -> (Throwable) new AssertionError(id))
                .onErrorResume(Mono::just);
    }

    @Test
    @Tag("slow")
    void aSynWithoutAnAnswerIsTriedAgainAndWasSurelyNotAStart() throws IOException {
        List<SocketChannel> queue = new ArrayList<>();
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
                ReactiveImportsApi client = transport
                        .builder("http://127.0.0.1:" + full.getLocalPort())
                        .configureHttpClient(c -> c.option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 200))
                        .build()) {
            fill(full, queue);
            ImportsTransportException dropped = catchThrowableOfType(
                    ImportsTransportException.class,
                    () -> client.startImport(REQUEST).block(SOON));
            assertThat(dropped).hasMessageEndingWith("the connection was not established in time");
            assertThat(dropped.attempts()).isEqualTo(4);
        } finally {
            for (SocketChannel channel : queue) {
                channel.close();
            }
        }
    }

    /** From here on the kernel answers no SYN. */
    private static void fill(ServerSocket full, List<SocketChannel> queue) throws IOException {
        for (int i = 0; i < 6; i++) {
            SocketChannel channel = SocketChannel.open();
            channel.configureBlocking(false);
            channel.connect(new InetSocketAddress("127.0.0.1", full.getLocalPort()));
            queue.add(channel);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void aRedirectIsNotFollowedEvenByACallersOwnClientThatWould(int status) {
        ConnectionProvider pool = ConnectionProvider.create("callers-own", 2);
        try (RawServer elsewhere = RawServer.always(json(importJson("7")));
                RawServer server = RawServer.always(answer(
                        "HTTP/1.1 " + status + " Moved\nLocation: " + elsewhere.host() + "/bulk/imports/7", ""));
                ReactiveImportsApi client = transport
                        .builder(server)
                        .httpClient(HttpClient.create(pool).followRedirect(true))
                        .configureHttpClient(c -> c.followRedirect((request, response) -> true))
                        .build()) {
            for (Mono<?> call :
                    List.of(client.describeImport("7"), client.startImport(REQUEST), client.cancelImport("7"))) {
                assertThat(catchThrowableOfType(ImportsApiException.class, () -> call.block(SOON))
                                .statusCode())
                        .isEqualTo(status);
            }
            assertThat(server.requests).hasSize(3);
            assertThat(elsewhere.connections).hasValue(0);
        } finally {
            pool.dispose();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theHiddenRetryOfReactorNettyIsOff(boolean callersOwn) {
        ConnectionProvider pool = ConnectionProvider.create("callers-own", 2);
        try (RawServer server = serverOf(Doors.resetFirst(Integer.MAX_VALUE))) {
            ReactiveImportsApi.Builder builder = transport.builder(server).retry(ImportsRetry.none());
            try (ReactiveImportsApi client =
                    (callersOwn ? builder.httpClient(HttpClient.create(pool).disableRetry(false)) : builder).build()) {
                for (int i = 0; i < 20; i++) {
                    assertThat(catchThrowable(() -> client.describeImport("7").block(SOON)))
                            .isInstanceOf(ImportsTransportException.class);
                }
                assertThat(server.connections).hasValue(20);
            }
        } finally {
            pool.dispose();
        }
    }

    @Test
    void aClientThatWouldSpeakHttp2SpeaksHttp11() {
        try (RawServer server = serverOf(Certificates.LOOPBACK.door());
                ReactiveImportsApi client = client(
                        server,
                        c -> Certificates.LOOPBACK.trustedBy(c.protocol(HttpProtocol.H2, HttpProtocol.HTTP11)))) {
            assertThat(client.describeImport("7").block(SOON).id()).isEqualTo("7");
        }
    }
}
