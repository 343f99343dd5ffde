package dev.reactiveimports;

import static dev.reactiveimports.RawServer.json;
import static dev.reactiveimports.Transport.SOON;
import static dev.reactiveimports.Transport.importJson;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.reactiveimports.RawServer.Answer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Answers before the answer never reach a caller, nor give him another's. */
@ParameterizedClass
@EnumSource(Transport.class)
class HttpInterimResponsesTests {

    private static final int CALLERS = 64;
    private static final String EARLY_HINTS = "HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n";
    private static final String PROCESSING = "HTTP/1.1 102 Processing\r\n\r\n";
    private static final String UNKNOWN = "HTTP/1.1 199 Whatever\r\nContent-Length: 0\r\n\r\n";
    private static final String CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";

    private final Transport transport;

    HttpInterimResponsesTests(Transport transport) {
        this.transport = transport;
    }

    static Stream<Arguments> wires() {
        return Stream.of(false, true).flatMap(tls -> Stream.of(false, true).map(gap -> Arguments.of(tls, gap)));
    }

    private ReactiveImportsApi client(RawServer server, boolean tls) {
        return (tls
                        ? transport.builder(server.secureHost()).configureHttpClient(Certificates.LOOPBACK::trustedBy)
                        : transport.builder(server))
                .retry(ImportsRetry.none())
                .build();
    }

    /** What was asked for, after something else. */
    private static Answer after(String interim, boolean gap) {
        return connection -> {
            String line = connection.request.line();
            String real =
                    importJson(line.substring(line.lastIndexOf('/', line.lastIndexOf(' ')) + 1, line.lastIndexOf(' ')));
            String answer = "HTTP/1.1 200 OK\r\nContent-Length: " + real.length() + "\r\n\r\n" + real;
            if (gap) {
                connection.send(interim);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
                connection.send(answer);
            } else {
                connection.send(interim + answer);
            }
            return true;
        };
    }

    private static RawServer server(boolean tls, boolean gap) {
        String[] interims = {
            "", EARLY_HINTS, PROCESSING, UNKNOWN, EARLY_HINTS + PROCESSING + UNKNOWN, CONTINUE, PROCESSING + CONTINUE
        };
        return new RawServer(
                n -> after(interims[n % interims.length], gap),
                tls ? Certificates.LOOPBACK.door() : (n, accepted) -> accepted,
                0);
    }

    @ParameterizedTest(name = "TLS {0}, gap {1}")
    @MethodSource("wires")
    void eachOfManyCallersGetsItsOwnImport(boolean tls, boolean gap) {
        try (RawServer server = server(tls, gap);
                ReactiveImportsApi client = client(server, tls)) {
            Flux.range(0, 4 * CALLERS)
                    .flatMap(
                            i -> client.describeImport("import-" + i)
                                    .doOnNext(found -> assertThat(found.id()).isEqualTo("import-" + i)),
                            CALLERS)
                    .count()
                    .as(count -> assertThat(count.block(SOON)).isEqualTo(4L * CALLERS));
            assertThat(server.requests).hasSize(4 * CALLERS);
            // none was dropped on the way: nothing but what the pool may hold was ever opened
            assertThat(server.connections.get()).isBetween(1, 50);
        }
    }

    @ParameterizedTest(name = "TLS {0}, gap {1}")
    @MethodSource("wires")
    void oneConnectionServesCallsInARow(boolean tls, boolean gap) {
        try (RawServer server = server(tls, gap);
                ReactiveImportsApi client = client(server, tls)) {
            IntStream.range(0, 40)
                    .forEach(i -> assertThat(
                                    client.describeImport("i" + i).block(SOON).id())
                            .isEqualTo("i" + i));
            assertThat(server.connections).hasValue(1);
        }
    }

    @Test
    void aSwitchOfProtocolsThatNobodyAskedForFailsAndCostsTheConnection() {
        Answer switching = RawServer.bytesThenStall(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n");
        try (RawServer server = RawServer.script(switching, json(importJson("2")));
                ReactiveImportsApi client = client(server, false)) {
            assertThat(catchThrowable(() -> client.describeImport("1").block(SOON)))
                    .isInstanceOf(ImportsException.class);
            assertThat(client.describeImport("2").block(SOON).id()).isEqualTo("2");
            assertThat(server.awaitOpen(1)).isEqualTo(1);
        }
    }

    @Test
    void anAnswerAboutAnotherImportIsRefusedAndItsConnectionClosed() {
        try (RawServer server = RawServer.script(json(importJson("someone-elses")), json(importJson("7")));
                ReactiveImportsApi client = client(server, false)) {
            assertThat(catchThrowable(() -> client.describeImport("7").block(SOON)))
                    .isInstanceOf(ImportsProtocolException.class)
                    .hasMessageContaining("a different import");
            assertThat(server.awaitOpen(0)).isZero();
            assertThat(server.clientCloses).hasValue(1);
            assertThat(client.describeImport("7").block(SOON).id()).isEqualTo("7");
            assertThat(server.connections).hasValue(2);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aSecondAnswerToOneRequestIsNotTheNextCallers(boolean gap) {
        String uncalledFor = "HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{\"id\":\"stolen\"}";
        Answer two = connection -> {
            String own = "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n{\"id\":\"own\"}";
            if (gap) {
                connection.send(own);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
                connection.send(uncalledFor);
            } else {
                connection.send(own + uncalledFor);
            }
            return true;
        };
        try (RawServer server = new RawServer(n -> n == 1 ? two : json("{\"id\":\"own\"}"));
                ReactiveImportsApi client = client(server, false)) {
            StartImportRequest request = StartImportRequest.of("s3://bucket/dir");
            assertThat(client.startImport(request).block(SOON)).isEqualTo("own");
            if (gap) {
                assertThat(server.awaitOpen(0)).isZero();
            }
            assertThat(client.startImport(request).block(SOON)).isEqualTo("own");
        }
    }

    @Test
    void interimAnswersWithoutEndAreBoundedByTheAttempt() {
        Answer endless = connection -> {
            while (!Thread.interrupted()) {
                connection.send(PROCESSING);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            }
            return false;
        };
        try (RawServer server = RawServer.always(endless);
                ReactiveImportsApi client = transport
                        .builder(server)
                        .retry(ImportsRetry.none())
                        .attemptTimeout(java.time.Duration.ofMillis(400))
                        .build()) {
            assertThat(client.describeImport("7")
                            .onErrorResume(e -> Mono.empty())
                            .blockOptional(SOON))
                    .isEmpty();
            assertThat(server.awaitOpen(0)).isZero();
        }
    }
}
