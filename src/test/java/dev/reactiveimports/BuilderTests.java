package dev.reactiveimports;

import static dev.reactiveimports.RawServer.json;
import static dev.reactiveimports.Transport.KEY;
import static dev.reactiveimports.Transport.SOON;
import static dev.reactiveimports.Transport.importJson;
import static dev.reactiveimports.Transport.pageJson;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bad input is refused before any I/O, odd input arrives as it is. */
class BuilderTests {

    private static ReactiveImportsApi.Builder builder(String host) {
        return ReactiveImportsApi.builder(host, KEY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "https://",
                "https://user@h.example",
                "https://u:p@h.example",
                "h.example/path",
                "https://h.example/a/",
                "h.example?x=1",
                "h.example#f",
                "ftp://h.example",
                "h.example:0",
                "h.example:65536",
                "h.example:",
                "h example",
                "h.example\r\nX: 1",
                "http://h.example",
                "http://10.0.0.1",
                "http://127.0.0.1.example",
                "http://localhost.example",
                "//h.example",
                "http://0.0.0.0",
                "http://[::2]",
                "http://2130706433"
            })
    void aHostThatIsNoneIsRejected(String host) {
        assertThatIllegalArgumentException().isThrownBy(() -> builder(host).build());
    }

    @Test
    void aKeyInThePlaceOfTheHostIsNotEchoed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder("pcsk_secret_of_mine@h").build())
                .withMessageNotContaining("secret");
    }

    @Test
    void plaintextIsForLoopbackOrForThoseWhoAskForIt() {
        for (String host :
                new String[] {"http://127.0.0.1:1", "http://localhost", "http://[::1]:80", "http://127.9.9.9"}) {
            assertThatCode(() -> builder(host).build().close()).doesNotThrowAnyException();
        }
        assertThatCode(() ->
                        builder("http://h.example").allowPlaintext().build().close())
                .doesNotThrowAnyException();
    }

    @Test
    void settingsOutOfRangeAreRejected() {
        ReactiveImportsApi.Builder builder = builder("h.example");
        for (Duration wrong : new Duration[] {Duration.ZERO, Duration.ofMillis(-1), Duration.ofDays(366)}) {
            assertThatIllegalArgumentException().isThrownBy(() -> builder.attemptTimeout(wrong));
        }
        for (String wrong : new String[] {"", "2025-10\r\nX: 1", "2025 10", "x".repeat(33), "\u00fc"}) {
            assertThatIllegalArgumentException().isThrownBy(() -> builder.apiVersion(wrong));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> builder.sourceTag("x".repeat(201)));
    }

    @Test
    void idsLimitsAndUrisOutOfRangeAreRejectedBeforeAnyRequest() {
        try (RawServer server = RawServer.always(json(importJson("7")));
                ReactiveImportsApi client = builder(server.host()).build()) {
            for (String id : new String[] {"", ".", "..", "x".repeat(1_001), "a\nb", "a\u0000", "\ud800", "a\u007f"}) {
                assertThatIllegalArgumentException().isThrownBy(() -> client.describeImport(id));
                assertThatIllegalArgumentException().isThrownBy(() -> client.cancelImport(id));
                assertThatIllegalArgumentException().isThrownBy(() -> client.watchImport(id));
                assertThatIllegalArgumentException().isThrownBy(() -> client.awaitImport(id));
            }
            for (int limit : new int[] {0, 101, -1, Integer.MIN_VALUE}) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> ListImportsSpec.create().pageSize(limit));
            }
            for (String uri : new String[] {"", "s3://" + "x".repeat(1_496), "s3://a\nb"}) {
                assertThatIllegalArgumentException().isThrownBy(() -> StartImportRequest.of(uri));
            }
            assertThat(server.connections).hasValue(0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/b", "a b", "\u00fc", "%2F", "a?b=c#d", "...", "a;b", "\ud83d\ude00", "a+b", "a\\b"})
    void anOddIdArrivesInOneSegment(String id) {
        try (RawServer server = RawServer.always(json(importJson(id.replace("\\", "\\\\"))));
                ReactiveImportsApi client = builder(server.host()).build()) {
            assertThat(client.describeImport(id).block(SOON).id()).isEqualTo(id);
            String path = server.requests.get(0).line().split(" ")[1];
            String segment = path.substring("/bulk/imports/".length());
            assertThat(segment).matches("[A-Za-z0-9._~%-]+");
            assertThat(java.net.URI.create(path).getPath()).isEqualTo("/bulk/imports/" + id);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Tm90aGluZyB0byBzZWUgaGVyZQo=", "a+b/c==", "a&limit=1", "a#b", "50%", "a b", "\u00fc", "%3D"})
    void anOddTokenArrivesUnchanged(String token) {
        try (RawServer server = RawServer.script(json(pageJson(token, "1")), json(pageJson(null, "2")));
                ReactiveImportsApi client = builder(server.host()).build()) {
            assertThat(client.listImports().count().block(SOON)).isEqualTo(2);
            String query = server.requests.get(1).line().split(" ")[1].split("\\?")[1];
            assertThat(query).startsWith("limit=100&paginationToken=");
            String raw = query.substring("limit=100&paginationToken=".length());
            assertThat(raw).matches("[A-Za-z0-9._~%-]+");
            assertThat(java.net.URLDecoder.decode(raw, java.nio.charset.StandardCharsets.UTF_8))
                    .isEqualTo(token);
        }
    }

    @Test
    void theHeadersAreThoseOfTheSettings() {
        try (RawServer server = RawServer.always(json(importJson("7")));
                ReactiveImportsApi client = builder(server.host())
                        .apiVersion("2026-07")
                        .sourceTag(" My App: 1\r\nX-Injected: 2 \u00fc ")
                        .build()) {
            client.describeImport("7").block(SOON);
            assertThat(server.requests).singleElement().satisfies(request -> {
                assertThat(request.header("X-Pinecone-Api-Version")).isEqualTo("2026-07");
                assertThat(request.header("Api-Key")).isEqualTo(KEY);
                assertThat(request.header("User-Agent")).endsWith("; source_tag=my_app:_1xinjected:_2");
                assertThat(request.header("X-Injected")).isEmpty();
            });
        }
    }

    @Test
    void theEnvironmentIsNamedInTheMessage() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Environment.create(Map.of("PINECONE_INDEX_HOST", "h.example")))
                .withMessageContaining("PINECONE_API_KEY");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Environment.create(Map.of("PINECONE_API_KEY", KEY)))
                .withMessageContaining("PINECONE_INDEX_HOST")
                .withMessageNotContaining(KEY);
    }
}
