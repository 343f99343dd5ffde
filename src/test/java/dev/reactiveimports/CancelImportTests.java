package dev.reactiveimports;

import static dev.reactiveimports.RawServer.answer;
import static dev.reactiveimports.RawServer.json;
import static dev.reactiveimports.Transport.SOON;
import static dev.reactiveimports.Transport.endedJson;
import static dev.reactiveimports.Transport.importJson;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.reactiveimports.RawServer.Answer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@ParameterizedClass
@EnumSource(Transport.class)
class CancelImportTests {

    private static final Answer NOT_FOUND = answer("HTTP/1.1 404 Not Found", "{\"code\":5,\"message\":\"no import\"}");

    private final Transport transport;

    CancelImportTests(Transport transport) {
        this.transport = transport;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "200 OK|{}",
                "200 OK|",
                "200 OK|null",
                "200 OK|<html>",
                "202 Accepted|",
                "202 Accepted|{\"id\":\"8\"}",
                "204 No Content|",
                "205 Reset Content|",
                "299 Odd|x"
            })
    void anySuccessIsASuccess(String statusAndBody) {
        String status = statusAndBody.substring(0, statusAndBody.indexOf('|'));
        String body = statusAndBody.substring(statusAndBody.indexOf('|') + 1);
        Answer answer = status.startsWith("204")
                ? RawServer.bytes("HTTP/1.1 204 No Content\r\n\r\n")
                : answer("HTTP/1.1 " + status + "\nContent-Type: text/html", body);
        try (RawServer server = RawServer.always(answer);
                ReactiveImportsApi client = transport.client(server)) {
            assertThat(client.cancelImport("7").blockOptional(SOON)).isEmpty();
            assertThat(server.requests).singleElement().satisfies(request -> {
                assertThat(request.line()).isEqualTo("DELETE /bulk/imports/7 HTTP/1.1");
                assertThat(request.body()).isEmpty();
            });
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"RESET", "FIN", "FIN_IN_HEADERS", "FIN_IN_BODY", "OTHER_PROTOCOL"})
    void anAmbiguousFirstTryIsRepeated(WireFault fault) {
        try (RawServer server = RawServer.script(fault.of("{}{}{}"), json("{}"));
                ReactiveImportsApi client = transport.client(server)) {
            client.cancelImport("7").block(SOON);
            assertThat(server.requests).hasSize(2).allMatch(r -> r.line().startsWith("DELETE "));
        }
    }

    @Test
    void aRetryThatFindsNothingIsASuccessWhenTheImportHasEnded() {
        try (RawServer server = RawServer.script(WireFault.RESET.of(""), NOT_FOUND, json(endedJson("7", "Cancelled")));
                ReactiveImportsApi client = transport.client(server)) {
            assertThat(client.cancelImport("7").blockOptional(SOON)).isEmpty();
            assertThat(server.requests)
                    .extracting(r -> r.line().substring(0, r.line().indexOf(' ')))
                    .containsExactly("DELETE", "DELETE", "GET");
        }
    }

    @Test
    void aRetryThatFindsNothingIsNotFoundWhenTheImportGoesOnOrIsUnknown() {
        for (Answer describe : new Answer[] {json(importJson("7")), NOT_FOUND}) {
            try (RawServer server = RawServer.script(WireFault.RESET.of(""), NOT_FOUND, describe);
                    ReactiveImportsApi client = transport.client(server)) {
                assertThat(catchThrowableOfType(
                                        ImportsApiException.class,
                                        () -> client.cancelImport("7").block(SOON))
                                .isNotFound())
                        .isTrue();
                assertThat(server.requests).hasSize(3);
            }
        }
    }

    @Test
    void aFirstTryThatFindsNothingIsAccepted() {
        try (RawServer server = RawServer.always(NOT_FOUND);
                ReactiveImportsApi client = transport.client(server)) {
            catchThrowableOfType(
                    ImportsApiException.class, () -> client.cancelImport("7").block(SOON));
            assertThat(server.requests).hasSize(1);
        }
    }
}
