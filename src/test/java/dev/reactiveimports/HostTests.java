package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.rsocket.Payload;
import io.rsocket.SocketAcceptor;
import io.rsocket.core.RSocketConnector;
import io.rsocket.core.RSocketServer;
import io.rsocket.transport.netty.client.TcpClientTransport;
import io.rsocket.transport.netty.server.TcpServerTransport;
import io.rsocket.util.DefaultPayload;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.server.reactive.ReactorHttpHandlerAdapter;
import org.springframework.web.reactive.socket.server.support.HandshakeWebSocketService;
import org.springframework.web.reactive.socket.server.upgrade.ReactorNettyRequestUpgradeStrategy;
import org.springframework.web.server.WebHandler;
import org.springframework.web.server.adapter.WebHttpHandlerBuilder;
import reactor.core.publisher.Flux;
import reactor.netty.DisposableServer;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.netty.tcp.TcpClient;
import reactor.netty.tcp.TcpServer;

/**
 * Calls that are subscribed to by a server, which puts a discard hook of its own into their Context and releases what it finds:
 * all of them work there as anywhere.
 */
class HostTests {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String LOOPBACK = "127.0.0.1";

    private static final List<String> ALL = List.of(
            "describe IN_PROGRESS", "list a", "list b", "list c", "start new", "watch IN_PROGRESS", "watch COMPLETED");

    /** A server that sends lines, and a client that gets them. */
    interface Host {
        List<String> send(Flux<String> lines);
    }

    static Stream<Arguments> hosts() {
        return Stream.of(
                Arguments.of("HTTP", (Host) HostTests::http),
                Arguments.of("SSE", (Host) HostTests::serverSentEvents),
                Arguments.of("WebSocket", (Host) HostTests::webSocket),
                Arguments.of("TCP", (Host) HostTests::tcp),
                Arguments.of("WebFlux", (Host) HostTests::webFlux),
                Arguments.of("WebFlux WebSocketHandler", (Host) HostTests::webFluxWebSocket),
                Arguments.of("RSocket stream", (Host) HostTests::rsocketStream),
                Arguments.of("RSocket response", (Host) HostTests::rsocketResponse));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("hosts")
    void everyCallWorksInside(String name, Host host) {
        for (OpaqueService.Trouble trouble : List.of(
                OpaqueService.Trouble.NONE, OpaqueService.Trouble.ONE_503, OpaqueService.Trouble.RESET_MID_BODY)) {
            try (OpaqueService service = new OpaqueService(trouble);
                    ReactiveImportsApi api =
                            OpaquePublishers.client(service.host()).build()) {
                assertThat(host.send(calls(api))).as("%s, %s", name, trouble).isEqualTo(ALL);
                assertThat(service.requestLines()).hasSize(trouble == OpaqueService.Trouble.NONE ? 6 : 7);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("hosts")
    void everyFailureIsSeenInside(String name, Host host) {
        try (OpaqueService service = new OpaqueService(OpaqueService.Trouble.ALWAYS_503);
                ReactiveImportsApi api = OpaquePublishers.client(service.host()).build()) {
            assertThat(host.send(api.describeImport("b")
                            .map(ImportOperation::id)
                            .onErrorResume(
                                    ImportsApiException.class,
                                    e -> Flux.just("" + e.statusCode()).next())
                            .flux()))
                    .containsExactly("503");
            assertThat(service.requestLines()).hasSize(3);
        }
    }

    private static Flux<String> calls(ReactiveImportsApi api) {
        return Flux.concat(
                api.describeImport("b").map(now -> "describe " + now.status()),
                api.listImports().map(one -> "list " + one.id()),
                api.startImport(StartImportRequest.of("s3://bucket/x")).map(id -> "start " + id),
                api.watchImport("d").map(now -> "watch " + now.status()));
    }

    private static List<String> http(Flux<String> lines) {
        return overHttp(
                HttpServer.create().handle((request, response) -> response.sendString(lines.map(line -> line + "\n"))));
    }

    private static List<String> serverSentEvents(Flux<String> lines) {
        return overHttp(HttpServer.create()
                        .handle((request, response) -> response.sse()
                                .send(
                                        lines.map(line -> Unpooled.copiedBuffer(
                                                "data: " + line + "\n\n", StandardCharsets.UTF_8)),
                                        buffer -> true)))
                .stream()
                .filter(line -> !line.isEmpty())
                .map(line -> line.substring("data: ".length()))
                .toList();
    }

    private static List<String> webFlux(Flux<String> lines) {
        WebHandler handler = exchange -> exchange.getResponse()
                .writeWith(lines.map(line ->
                        DefaultDataBufferFactory.sharedInstance.wrap((line + "\n").getBytes(StandardCharsets.UTF_8))));
        return overHttp(HttpServer.create().handle(adapted(handler)));
    }

    private static List<String> webSocket(Flux<String> lines) {
        return overWebSocket(
                HttpServer.create().route(routes -> routes.ws("/", (inbound, outbound) -> outbound.sendString(lines))));
    }

    private static List<String> webFluxWebSocket(Flux<String> lines) {
        HandshakeWebSocketService service = new HandshakeWebSocketService(new ReactorNettyRequestUpgradeStrategy());
        WebHandler handler =
                exchange -> service.handleRequest(exchange, session -> session.send(lines.map(session::textMessage)));
        return overWebSocket(HttpServer.create().handle(adapted(handler)));
    }

    private static ReactorHttpHandlerAdapter adapted(WebHandler handler) {
        return new ReactorHttpHandlerAdapter(
                WebHttpHandlerBuilder.webHandler(handler).build());
    }

    private static List<String> overHttp(HttpServer server) {
        DisposableServer bound = server.host(LOOPBACK).port(0).bindNow(LIMIT);
        try {
            return HttpClient.newConnection()
                    .get()
                    .uri("http://" + LOOPBACK + ":" + bound.port() + "/")
                    .responseContent()
                    .aggregate()
                    .asString()
                    .block(LIMIT)
                    .lines()
                    .toList();
        } finally {
            bound.disposeNow(LIMIT);
        }
    }

    private static List<String> overWebSocket(HttpServer server) {
        DisposableServer bound = server.host(LOOPBACK).port(0).bindNow(LIMIT);
        try {
            return HttpClient.newConnection()
                    .websocket()
                    .uri("ws://" + LOOPBACK + ":" + bound.port() + "/")
                    .handle((inbound, outbound) -> inbound.receive().asString())
                    .collectList()
                    .block(LIMIT);
        } finally {
            bound.disposeNow(LIMIT);
        }
    }

    private static List<String> tcp(Flux<String> lines) {
        DisposableServer bound = TcpServer.create()
                .handle((inbound, outbound) -> outbound.sendString(lines.map(line -> line + "\n")))
                .host(LOOPBACK)
                .port(0)
                .bindNow(LIMIT);
        try {
            return TcpClient.newConnection()
                    .host(LOOPBACK)
                    .port(bound.port())
                    .connect()
                    .flatMapMany(connection -> connection.inbound().receive().asString())
                    .collectList()
                    .block(LIMIT)
                    .stream()
                    .flatMap(String::lines)
                    .toList();
        } finally {
            bound.disposeNow(LIMIT);
        }
    }

    private static List<String> rsocketStream(Flux<String> lines) {
        return overRSocket(SocketAcceptor.forRequestStream(payload -> lines.map(DefaultPayload::create)), true);
    }

    private static List<String> rsocketResponse(Flux<String> lines) {
        return overRSocket(
                SocketAcceptor.forRequestResponse(
                        payload -> lines.collectList().map(all -> DefaultPayload.create(String.join("\n", all)))),
                false);
    }

    private static List<String> overRSocket(SocketAcceptor acceptor, boolean stream) {
        var bound = RSocketServer.create(acceptor)
                .bind(TcpServerTransport.create(LOOPBACK, 0))
                .block(LIMIT);
        try {
            var client = RSocketConnector.create()
                    .connect(TcpClientTransport.create(bound.address()))
                    .block(LIMIT);
            try {
                Payload request = DefaultPayload.create("go");
                Flux<Payload> received = stream
                        ? client.requestStream(request)
                        : client.requestResponse(request).flux();
                return received.map(Payload::getDataUtf8).collectList().block(LIMIT).stream()
                        .flatMap(String::lines)
                        .toList();
            } finally {
                client.dispose();
            }
        } finally {
            bound.dispose();
        }
    }
}
