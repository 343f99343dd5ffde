package dev.reactiveimports;

import static dev.reactiveimports.RawServer.answer;
import static dev.reactiveimports.RawServer.json;
import static dev.reactiveimports.Transport.SOON;
import static dev.reactiveimports.Transport.importJson;
import static dev.reactiveimports.Transport.pageJson;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Headers up to a limit, which an error names; a byte order mark before JSON is no fault. */
@ParameterizedClass
@EnumSource(Transport.class)
class ResponseLimitTests {

    private static final StartImportRequest REQUEST = StartImportRequest.of("s3://bucket/dir");
    private static final String MARK = "\uFEFF";

    private final Transport transport;

    ResponseLimitTests(Transport transport) {
        this.transport = transport;
    }

    private static RawServer.Answer withHeaders(int bytes, String body) {
        return answer("HTTP/1.1 200 OK\nX-Trail: " + "x".repeat(bytes), body);
    }

    @Test
    void largeHeadersAreRead() {
        try (RawServer server = RawServer.always(withHeaders(60_000, importJson("7")));
                ReactiveImportsApi client = transport.client(server)) {
            assertThat(client.describeImport("7").block(SOON).id()).isEqualTo("7");
        }
    }

    @Test
    void headersOverTheLimitNameItAfterOneRequest() {
        try (RawServer server = RawServer.always(withHeaders(70_000, importJson("7")));
                ReactiveImportsApi client = transport.client(server)) {
            assertThatThrownBy(() -> client.describeImport("7").block(SOON))
                    .isInstanceOf(ImportsTransportException.class)
                    .hasMessageContaining("65536")
                    .hasMessageContaining("httpResponseDecoder");
            assertThat(server.requests).hasSize(1);
            assertThatThrownBy(() -> client.listImports().blockLast(SOON)).hasMessageContaining("65536");
            assertThat(server.requests).hasSize(2);
            assertThatThrownBy(() -> client.cancelImport("7").block(SOON)).hasMessageContaining("65536");
            assertThat(server.requests).hasSize(3);
            assertThatThrownBy(() -> client.startImport(REQUEST).block(SOON))
                    .isInstanceOf(ImportOutcomeUnknownException.class)
                    .hasMessageContaining("65536");
            assertThat(server.requests).hasSize(4);
        }
    }

    @Test
    void aLimitOfTheCallersIsKept() {
        try (RawServer server = RawServer.always(withHeaders(2_000, importJson("7")));
                ReactiveImportsApi client = transport
                        .builder(server)
                        .configureHttpClient(http -> http.httpResponseDecoder(spec -> spec.maxHeaderSize(1_000)))
                        .build()) {
            assertThatThrownBy(() -> client.describeImport("7").block(SOON)).hasMessageContaining("1000");
            assertThat(server.requests).hasSize(1);
        }
    }

    @Test
    void aByteOrderMarkIsSkipped() {
        try (RawServer server = RawServer.script(
                        json(MARK + importJson("7")),
                        json(MARK + pageJson(null, "8")),
                        json(MARK + "{\"id\":\"9\"}"),
                        answer("HTTP/1.1 403 Forbidden", MARK + "{\"code\":7,\"message\":\"not yours\"}"));
                ReactiveImportsApi client = transport.client(server)) {
            assertThat(client.describeImport("7").block(SOON).id()).isEqualTo("7");
            assertThat(client.listImports().blockLast(SOON).id()).isEqualTo("8");
            assertThat(client.startImport(REQUEST).block(SOON)).isEqualTo("9");
            assertThatThrownBy(() -> client.describeImport("7").block(SOON))
                    .isInstanceOfSatisfying(
                            ImportsApiException.class,
                            rejection -> assertThat(rejection.code()).isEqualTo("7"))
                    .hasMessageContaining("not yours");
        }
    }

    @Test
    void aMarkWithNothingAfterItIsAnEmptyBody() {
        try (RawServer server = RawServer.always(json(MARK));
                ReactiveImportsApi client = transport.client(server)) {
            assertThatThrownBy(() -> client.describeImport("7").block(SOON))
                    .isInstanceOf(ImportsProtocolException.class);
        }
    }
}
