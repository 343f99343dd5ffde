package dev.reactiveimports;

import static dev.reactiveimports.RawServer.answer;
import static dev.reactiveimports.RawServer.json;
import static dev.reactiveimports.Transport.SOON;
import static dev.reactiveimports.Transport.importJson;
import static dev.reactiveimports.Transport.pageJson;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.reactiveimports.RawServer.Answer;
import java.io.ByteArrayOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

/** Successes that cannot be believed are asked for once more, and never decoded into something. */
@ParameterizedClass
@EnumSource(Transport.class)
class InvalidResponseTests {

    private final Transport transport;

    InvalidResponseTests(Transport transport) {
        this.transport = transport;
    }

    static Stream<Arguments> unbelievable() {
        String html = "<html>\u001b[31m<body>" + "sorry ".repeat(200) + "</body></html>";
        Stream<Arguments> bodies = Stream.of(
                        "",
                        "  ",
                        "null",
                        "true",
                        "7",
                        "\"text\"",
                        "[]",
                        "[{}]",
                        html,
                        importJson("7") + "x",
                        importJson("7") + importJson("7"),
                        "{}",
                        "{\"id\":null}",
                        "{\"id\":\"\"}",
                        "{\"id\":\"8\",\"id\":\"7\"}",
                        "{\"id\":\"7\",\"status\":1}",
                        "{\"id\":\"7\",\"x\":" + "[".repeat(1_000) + "]".repeat(1_000) + "}",
                        "{\"id\":\"7\",\"recordsImported\":" + "9".repeat(5_000) + "}",
                        "{\"id\":\"7\",\"recordsImported\":1.5}",
                        "{\"id\":\"7\",\"recordsImported\":NaN}",
                        "{\"id\":\"7\",\"recordsImported\":1e999}",
                        "{\"id\":\"7\",\"percentComplete\":\"Infinity\"}",
                        "{'id':'7'}")
                .map(body -> Arguments.of("200 " + body.substring(0, Math.min(40, body.length())), json(body)));
        Stream<Arguments> types = Stream.of("text/html", "text/plain; charset=utf-8", "application/octet-stream")
                .map(type -> Arguments.of(type, answer("HTTP/1.1 200 OK\nContent-Type: " + type, importJson("7"))));
        return Stream.of(
                        bodies,
                        types,
                        Stream.of(
                                Arguments.of("204", RawServer.bytes("HTTP/1.1 204 No Content\r\n\r\n")),
                                Arguments.of("invalid UTF-8", invalidUtf8())))
                .flatMap(cases -> cases);
    }

    private static Answer invalidUtf8() {
        return connection -> {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            bytes.writeBytes("HTTP/1.1 200 OK\r\nContent-Length: 26\r\n\r\n{\"id\":\"7\",\"uri\":\"s3://a".getBytes());
            bytes.writeBytes(new byte[] {(byte) 0xC0, (byte) 0xAF, '"', '}'});
            bytes.write(' ');
            connection.send(bytes.toByteArray());
            return true;
        };
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("unbelievable")
    void isAskedForOnceMoreOnAnotherConnection(String name, Answer answer) {
        try (RawServer server = RawServer.always(answer);
                ReactiveImportsApi client = transport.client(server)) {
            ImportsProtocolException refusal = catchThrowableOfType(
                    ImportsProtocolException.class,
                    () -> client.describeImport("7").block(SOON));
            assertThat(refusal.attempts()).isEqualTo(2);
            assertThat(refusal.getMessage()).hasSizeLessThan(400).doesNotContainPattern("\\p{Cntrl}");
            assertThat(refusal.getCause()).isNull();
            assertThat(server.requests).hasSize(2);
            assertThat(server.connections).hasValue(2);
            assertThat(server.awaitOpen(0)).isZero();
        }
        try (RawServer mending = RawServer.script(answer, json(importJson("7")));
                ReactiveImportsApi client = transport.client(mending)) {
            assertThat(client.describeImport("7").block(SOON).id()).isEqualTo("7");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"data\":[null]}",
                "{\"data\":[{\"uri\":\"s3://x\"}]}",
                "{\"data\":{}}",
                "{\"data\":\"\"}",
                "{\"pagination\":[]}",
                "{\"pagination\":{\"next\":5}}",
                "{\"data\":[{\"id\":\"1\",\"recordsImported\":0.5}]}"
            })
    void aPageWithOneBadItemEmitsNone(String page) {
        try (RawServer server = RawServer.always(json(page));
                ReactiveImportsApi client = transport.client(server)) {
            Mono<Long> count = client.listImports().count();
            catchThrowableOfType(ImportsProtocolException.class, () -> count.block(SOON));
            assertThat(client.listImports().onErrorComplete().count().block(SOON))
                    .isZero();
            assertThat(server.requests).hasSize(4);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"data\":[]}",
                "{\"data\":null}",
                "{\"data\":[],\"pagination\":null}",
                "{\"pagination\":{}}",
                "{\"pagination\":{\"next\":null}}",
                "{\"pagination\":{\"next\":\"\"}}"
            })
    void anEndWithoutItemsIsAnEnd(String page) {
        try (RawServer server = RawServer.always(json(page));
                ReactiveImportsApi client = transport.client(server)) {
            assertThat(client.listImports().count().block(SOON)).isZero();
            assertThat(server.requests).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 100})
    void aCycleOfTokensEndsWithAnError(int length) {
        try (RawServer server = new RawServer(n -> json(pageJson("t" + n % length, "i" + n)));
                ReactiveImportsApi client = transport.client(server)) {
            catchThrowableOfType(
                    ImportsProtocolException.class, () -> client.listImports().blockLast(SOON));
            assertThat(server.requests).hasSizeBetween(length, 4 * length + 2);
        }
    }

    @Test
    void aThousandEmptyPagesInARowEndWithAnError() {
        try (RawServer server = new RawServer(n -> json(pageJson("t" + n)));
                ReactiveImportsApi client = transport.client(server)) {
            ImportsProtocolException endless = catchThrowableOfType(
                    ImportsProtocolException.class, () -> client.listImports().blockLast(SOON));
            assertThat(endless.paginationToken()).isEqualTo("t1000");
            assertThat(server.requests).hasSize(1_000);
        }
    }
}
