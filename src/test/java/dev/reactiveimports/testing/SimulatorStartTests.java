package dev.reactiveimports.testing;

import static dev.reactiveimports.testing.SimulatorProbe.ids;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the service checks of a start. */
class SimulatorStartTests {

    private static final String URI_REFUSED = "{\"code\":3,\"message\":\"Import URI parameter is required."
            + " Import URI must contain between 1 and 1500 characters.\",\"details\":[]}";

    private final ImportsSimulator simulator =
            ImportsSimulator.builder().imports(3).build();
    private final SimulatorProbe probe = new SimulatorProbe(simulator);

    @AfterEach
    void close() {
        simulator.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"uri\":\"\"}", "{\"uri\":null}", "{\"integrationId\":\"a\"}"})
    void aStartNeedsAUri(String body) {
        HttpResponse<String> response = probe.start(body);
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.headers().firstValue("content-type")).contains("application/json");
        assertThat(response.body()).isEqualTo(URI_REFUSED);
    }

    @Test
    void textsOfAStartHaveTheServicesLimits() {
        String uri = "s3://" + "é".repeat(1494);
        assertThat(probe.start("{\"uri\":\"" + uri + "a\"}").statusCode()).isEqualTo(200);
        assertThat(probe.start("{\"uri\":\"" + uri + "ab\"}").body()).isEqualTo(URI_REFUSED);
        String integration = "{\"uri\":\"s3://b/a\",\"integrationId\":\"" + "i".repeat(1000);
        assertThat(probe.start(integration + "\"}").statusCode()).isEqualTo(200);
        assertRejected(probe.start(integration + "i\"}"), "Integration ID must contain between 1 and 1000 characters.");
        assertRejected(
                probe.start("{\"uri\":\"s3://b/a\",\"integrationId\":\"\"}"), "Integration ID must contain between");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"onError\":\"abort\"}",
                "{\"onError\":\"continue\",\"more\":[1]}",
                "{\"onError\":null}",
                "{}",
                "null"
            })
    void aStartTakesTheErrorModesThereAre(String errorMode) {
        assertThat(probe.start("{\"more\":{\"a\":[]},\"errorMode\":" + errorMode + ",\"uri\":\"s3://b/a\"}")
                        .statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"onError\":\"ABORT\"}|errorMode.onError must be one of abort, continue.",
                "{\"onError\":\"\"}|errorMode.onError must be one of abort, continue.",
                "{\"onError\":1}|onError must be a string.",
                "\"abort\"|errorMode must be an object."
            })
    void aStartRejectsOtherErrorModes(String errorMode, String message) {
        assertRejected(probe.start("{\"uri\":\"s3://b/a\",\"errorMode\":" + errorMode + "}"), message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                " ",
                "{",
                "[]",
                "null",
                "\"s3://b/a\"",
                "{\"uri\":\"s3://b/a\"} x",
                "{\"uri\":\"s3://b/a\"}{}",
                "{\"uri\":1}",
                "{'uri':'s3://b/a'}",
                "{\"uri\":\"s3://b/a\",\"uri\":\"s3://b/b\"}"
            })
    void aStartRejectsWhatIsNotOneJsonObject(String body) {
        assertRejected(probe.start(body), "");
        assertThat(ids(probe.get("/bulk/imports"))).hasSize(3);
    }

    @Test
    void aBodyWithoutEndIsRejected() {
        assertRejected(probe.start("{\"uri\":\"s3://b/" + "a".repeat(70_000) + "\"}"), "Request body is too large.");
        assertThat(simulator.requests().get(0).body().length()).isLessThan(66_000);
        assertThat(probe.get("/bulk/imports").statusCode()).isEqualTo(200);
    }

    private static void assertRejected(HttpResponse<String> response, String message) {
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body())
                .startsWith("{\"code\":3,\"message\":\"" + message)
                .endsWith("\",\"details\":[]}");
    }
}
