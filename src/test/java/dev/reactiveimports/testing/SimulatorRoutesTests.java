package dev.reactiveimports.testing;

import static dev.reactiveimports.testing.SimulatorProbe.encoded;
import static dev.reactiveimports.testing.SimulatorProbe.ids;
import static dev.reactiveimports.testing.SimulatorProbe.next;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reactiveimports.ImportOperation;
import dev.reactiveimports.ImportStatus;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SimulatorRoutesTests {

    private final ImportsSimulator simulator =
            ImportsSimulator.builder().imports(3).build();
    private final SimulatorProbe probe = new SimulatorProbe(simulator);

    @AfterEach
    void close() {
        simulator.close();
    }

    @Test
    void aWrongOrMissingKeyIsRejectedInPlainText() throws Exception {
        for (HttpResponse<String> response : List.of(
                probe.sendBare("GET", "/bulk/imports"),
                probe.sendBare("GET", "/bulk/imports", "Api-Key", "simulator-keyx"),
                probe.sendBare("DELETE", "/bulk/imports/1", "Api-Key", "SIMULATOR-KEY"))) {
            assertThat(response.statusCode()).isEqualTo(401);
            assertThat(response.headers().firstValue("content-type"))
                    .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain"));
            assertThat(response.headers().firstValue("www-authenticate")).isPresent();
            assertThat(response.headers().firstValue("x-pinecone-request-id")).isPresent();
            assertThat(response.body()).doesNotContain("{").doesNotContain("simulator-key");
        }
        assertThat(probe.sendBare("GET", "/bulk/imports", "api-key", "simulator-key")
                        .statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "GET,/",
        "GET,/bulk/imports/",
        "GET,/bulk/imports/1/2",
        "GET,/bulk",
        "GET,/bulk/importsx",
        "PUT,/bulk/imports",
        "DELETE,/bulk/imports",
        "POST,/bulk/imports/1",
        "PATCH,/bulk/imports/1",
        "GET,/vectors/list"
    })
    void anUnknownRouteOrMethodIs401WithItsReason(String method, String path) {
        HttpResponse<String> response = probe.send(method, path, "");
        assertThat(response.statusCode()).isEqualTo(401);
        assertThat(response.headers().firstValue("x-pinecone-auth-rejected-reason"))
                .isPresent();
        assertThat(response.headers().firstValue("www-authenticate")).isEmpty();
    }

    @Test
    void headIsAnUnknownMethodAndHasNoBody() {
        HttpResponse<String> response = probe.send("HEAD", "/bulk/imports", "");
        assertThat(response.statusCode()).isEqualTo(401);
        assertThat(response.body()).isEmpty();
        assertThat(probe.get("/bulk/imports/2").body()).startsWith("{\"id\":\"2\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"2024-10", "2025-01", "2025-04", "2025-10", "2026-01", "2026-04", "2026-07"})
    void aKnownVersionIsFine(String version) {
        HttpResponse<String> response = probe.get("/bulk/imports/1", "X-Pinecone-Api-Version", version);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body().contains("\"validationResult\":{\"importSuccesses\":1000,\"importErrors\":0}"))
                .isEqualTo(version.equals("2026-07"));
        assertThat(probe.get("/bulk/imports", "X-Pinecone-Api-Version", version)
                        .body()
                        .contains("validationResult"))
                .isEqualTo(version.equals("2026-07"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"2025-02", "2024-07", "2026-10", "latest", "2025-10-01", "''"})
    void anUnknownVersionIsRejected(String version) {
        HttpResponse<String> response = probe.get("/bulk/imports", "X-Pinecone-Api-Version", version);
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).startsWith("{\"code\":3,\"message\":\"Unknown X-Pinecone-Api-Version");
    }

    @Test
    void aMissingVersionMeansTheOldest() {
        HttpResponse<String> response = probe.get("/bulk/imports/1");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).doesNotContain("validationResult");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "101", "-1", "abc", "1.5", "+5", "%2B5", "99999999999999999999", "1e1", "%20"})
    void aLimitOutOfRangeIsRejected(String limit) {
        assertRejected(probe.get("/bulk/imports?limit=" + limit), "Limit must be a number between 1 and 100.");
    }

    @ParameterizedTest
    @CsvSource({"limit=1,1", "limit=2,2", "limit=100,3", "limit=,3", "paginationToken=,3", "other=1,3"})
    void aLimitInRangeIsKept(String query, int shown) {
        assertThat(ids(probe.get("/bulk/imports?" + query))).hasSize(shown);
    }

    @Test
    void anUnknownTokenIsRejected() {
        String token = next(probe.get("/bulk/imports?limit=1"));
        assertThat(probe.get("/bulk/imports?paginationToken=" + encoded(token)).statusCode())
                .isEqualTo(200);
        String refusal = "Invalid pagination token.";
        assertRejected(probe.get("/bulk/imports?paginationToken=" + token), refusal); // its plus is a space
        assertRejected(probe.get("/bulk/imports?paginationToken=abc"), refusal);
        assertRejected(probe.get("/bulk/imports?paginationToken=" + encoded(PageToken.of(4))), refusal);
        assertRejected(probe.get("/bulk/imports?paginationToken=" + encoded(PageToken.of(-1))), refusal);
    }

    @Test
    void anUnknownIdIsNotFound() {
        for (HttpResponse<String> response : List.of(
                probe.get("/bulk/imports/4"),
                probe.delete("/bulk/imports/4"),
                probe.get("/bulk/imports/01"),
                probe.get("/bulk/imports/0"),
                probe.get("/bulk/imports/abc"),
                probe.get("/bulk/imports/99999999999999999999"))) {
            assertThat(response.statusCode()).isEqualTo(404);
            assertThat(response.body())
                    .startsWith("{\"code\":5,\"message\":\"Import ")
                    .endsWith(",\"details\":[]}");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "a%2Fb,a/b",
        "a%20b,a b",
        "%C3%BC,ü",
        "%252F,%2F",
        "a+b,a+b",
        "a%2Bb,a+b",
        "a;b,a;b",
        "a%3Fb%23,a?b#",
        "%F0%9F%90%8C,🐌"
    })
    void anIdIsOneDecodedSegment(String segment, String id) {
        simulator.add(ImportOperation.of(id, ImportStatus.PENDING));
        assertThat(probe.get("/bulk/imports/" + segment).body()).contains("\"id\":\"" + id + "\"");
        assertThat(simulator.requests().get(0).path()).isEqualTo("/bulk/imports/" + segment);
        assertThat(probe.delete("/bulk/imports/" + segment).statusCode()).isEqualTo(200);
    }

    @Test
    void aThousandCharactersOfAnIdArrive() {
        String id = "ü".repeat(1000);
        simulator.add(ImportOperation.of(id, ImportStatus.PENDING));
        assertThat(probe.get("/bulk/imports/" + "%C3%BC".repeat(1000)).body()).contains(id);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/bulk/imports/%zz", "/bulk/imports/a%2", "/bulk/imports?limit=%", "/bulk/imports?a=%g1"})
    void badPercentEncodingIsRejected(String target) throws IOException {
        try (RawConnection raw = new RawConnection(simulator)) {
            assertThat(raw.get(target).readResponse()).startsWith("HTTP/1.1 400 Bad Request\r\n");
        }
    }

    @Test
    void theAbsoluteFormOfAProxyIsTaken() throws IOException {
        try (RawConnection raw = new RawConnection(simulator)) {
            assertThat(raw.get("http://index.example/bulk/imports/2?x=1").readResponse())
                    .startsWith("HTTP/1.1 200 OK\r\n");
            assertThat(raw.get("http://index.example").readResponse()).startsWith("HTTP/1.1 401 ");
        }
        assertThat(simulator.requests()).extracting(RecordedRequest::path).containsExactly("/bulk/imports/2", "/");
    }

    @Test
    void everyAnswerIsFramedByItsLengthAndHasARequestIdOfItsOwn() throws IOException {
        try (RawConnection raw = new RawConnection(simulator)) {
            String first = raw.get("/bulk/imports").readResponse();
            assertThat(first).doesNotContainIgnoringCase("transfer-encoding").contains("x-pinecone-request-id: ");
            assertThat(RawConnection.contentLength(first)).isPositive();
            String second = raw.get("/bulk/imports").readResponse();
            assertThat(second).isNotEqualTo(first);
            assertThat(RawConnection.body(second)).isEqualTo(RawConnection.body(first));
        }
    }

    @Test
    void anImportIsWrittenInCamelCaseAndWhatIsNullIsLeftOut() {
        simulator.add(new ImportOperation(
                "x",
                "s3://b/a",
                ImportStatus.UNKNOWN,
                "Paused",
                Instant.parse("2024-08-19T20:49:00.754Z"),
                Instant.parse("2024-08-19T20:50:00Z"),
                42.2,
                1_000_000,
                "it \"broke\"",
                new ImportOperation.ValidationResult(7, 8)));
        assertThat(probe.get("/bulk/imports/x", "X-Pinecone-Api-Version", "2026-07")
                        .body())
                .isEqualTo("{\"id\":\"x\",\"uri\":\"s3://b/a\",\"status\":\"Paused\","
                        + "\"createdAt\":\"2024-08-19T20:49:00.754Z\",\"finishedAt\":\"2024-08-19T20:50:00Z\","
                        + "\"percentComplete\":42.2,\"recordsImported\":1000000,\"error\":\"it \\\"broke\\\"\","
                        + "\"validationResult\":{\"importSuccesses\":7,\"importErrors\":8}}");
        simulator.add(ImportOperation.of("y", ImportStatus.PENDING));
        assertThat(probe.get("/bulk/imports/y", "X-Pinecone-Api-Version", "2026-07")
                        .body())
                .isEqualTo("{\"id\":\"y\",\"status\":\"Pending\",\"percentComplete\":0.0,\"recordsImported\":0}");
        assertThat(probe.get("/bulk/imports?limit=1").body())
                .startsWith("{\"data\":[{\"id\":\"y\",\"status\":\"Pending\",\"percentComplete\":0.0,"
                        + "\"recordsImported\":0}],\"pagination\":{\"next\":\"");
    }

    private static void assertRejected(HttpResponse<String> response, String message) {
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body())
                .startsWith("{\"code\":3,\"message\":\"" + message)
                .endsWith("\",\"details\":[]}");
    }
}
