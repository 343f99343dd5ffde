package dev.reactiveimports;

import static dev.reactiveimports.RawServer.answer;
import static dev.reactiveimports.RawServer.json;
import static dev.reactiveimports.Transport.SOON;
import static dev.reactiveimports.Transport.importJson;
import static dev.reactiveimports.Transport.pageJson;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.util.ReferenceCountUtil;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/** A subscriber's discard hook, which releases whatever it gets, never gets anything of the wire. */
@ParameterizedClass
@EnumSource(Transport.class)
class DiscardHookTests {

    private static final StartImportRequest REQUEST = StartImportRequest.of("s3://bucket/dir");

    private final Queue<Object> discarded = new ConcurrentLinkedQueue<>();
    private final Transport transport;

    DiscardHookTests(Transport transport) {
        this.transport = transport;
    }

    private interface Call extends Function<ReactiveImportsApi, Publisher<?>> {}

    private static Arguments call(String name, String body, Call call) {
        return Arguments.of(name, body, call);
    }

    static List<Arguments> calls() {
        return List.of(
                call("list", pageJson(null, "1", "2"), ReactiveImportsApi::listImports),
                call("describe", importJson("1"), client -> client.describeImport("1")),
                call("start", "{\"id\":\"1\"}", client -> client.startImport(REQUEST)),
                call("cancel", "{}", client -> client.cancelImport("1")));
    }

    private Flux<?> hooked(Publisher<?> call) {
        return Flux.from(call).doOnDiscard(Object.class, value -> {
            if (isOfTheWire(value)) {
                discarded.add(value);
            }
            ReferenceCountUtil.release(value);
        });
    }

    private static boolean isOfTheWire(Object value) {
        String name = value.getClass().getName();
        return value instanceof HttpOutcome || name.startsWith("io.netty.") || name.startsWith("reactor.netty.");
    }

    /** One byte a chunk. */
    private static RawServer.Answer inCrumbs(String body) {
        StringBuilder chunks = new StringBuilder("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        body.chars().forEach(c -> chunks.append("1\r\n").append((char) c).append("\r\n"));
        return RawServer.bytes(chunks + "0\r\n\r\n");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("calls")
    void aResponseInAnyNumberOfPiecesIsRead(String name, String body, Call call) {
        try (RawServer server = RawServer.script(json(body), inCrumbs(body));
                ReactiveImportsApi client = transport.client(server)) {
            hooked(call.apply(client)).blockLast(SOON);
            hooked(call.apply(client)).blockLast(SOON);
            assertThat(server.requests).hasSize(2);
            assertThat(server.connections).hasValue(1);
            assertThat(discarded).isEmpty();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("calls")
    void aRejectionIsReadAndOneThatIsTooLargeIsCut(String name, String body, Call call) {
        try (RawServer server = RawServer.script(
                        answer("HTTP/1.1 403 Forbidden", "{\"message\":\"not for you\"}"),
                        answer("HTTP/1.1 403 Forbidden", "x".repeat(1_000_000)));
                ReactiveImportsApi client = transport.client(server)) {
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> hooked(call.apply(client)).blockLast(SOON))
                        .isInstanceOfSatisfying(
                                ImportsApiException.class,
                                rejection -> assertThat(rejection.statusCode()).isEqualTo(403));
            }
            assertThat(server.requests).hasSize(2);
            assertThat(discarded).isEmpty();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("calls")
    void aSuccessThatIsTooLargeIsTooLarge(String name, String body, Call call) {
        try (RawServer server = RawServer.always(json(body + " ".repeat(9 * 1024 * 1024)));
                ReactiveImportsApi client = transport.client(server)) {
            List<?> end = hooked(call.apply(client))
                    .materialize()
                    .map(signal -> signal.getThrowable() == null
                            ? ""
                            : signal.getThrowable().toString())
                    .collectList()
                    .block(SOON);
            if (!name.equals("cancel")) {
                assertThat(end.toString()).contains("larger than");
            }
            assertThat(server.requests).hasSize(1);
            assertThat(discarded).isEmpty();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("calls")
    void aResponseThatIsCancelledHalfwayIsLetGo(String name, String body, Call call) {
        try (RawServer server = RawServer.always(
                        RawServer.bytesThenStall("HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n" + body));
                ReactiveImportsApi client = transport.client(server)) {
            for (int i = 1; i <= 100; i++) {
                int requests = i;
                var subscription = hooked(call.apply(client)).subscribe();
                assertThat(Await.until(server.requests::size, size -> size == requests))
                        .isEqualTo(requests);
                subscription.dispose();
                assertThat(server.awaitOpen(0)).isZero();
            }
            assertThat(discarded).isEmpty();
        }
    }
}
