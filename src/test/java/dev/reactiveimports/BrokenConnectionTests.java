package dev.reactiveimports;

import static dev.reactiveimports.RawServer.json;
import static dev.reactiveimports.Transport.SOON;
import static dev.reactiveimports.Transport.importJson;
import static dev.reactiveimports.Transport.pageJson;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The connection or the answer breaks, and what can be asked again is. */
@ParameterizedClass
@EnumSource(Transport.class)
class BrokenConnectionTests {

    private static final Duration ATTEMPT = Duration.ofMillis(400);

    private final Transport transport;

    BrokenConnectionTests(Transport transport) {
        this.transport = transport;
    }

    private ReactiveImportsApi client(RawServer server) {
        return transport.builder(server).attemptTimeout(ATTEMPT).build();
    }

    @ParameterizedTest
    @EnumSource
    void aDescribeIsAskedAgainAndTheBrokenConnectionIsNotPooled(WireFault fault) {
        RawServer.Answer broken = fault.of(importJson("7"));
        try (RawServer server = RawServer.script(broken, broken, json(importJson("7")));
                ReactiveImportsApi client = client(server)) {
            assertThat(client.describeImport("7").block(SOON).id()).isEqualTo("7");
            assertThat(server.requests).hasSize(3).allMatch(r -> r.line().equals("GET /bulk/imports/7 HTTP/1.1"));
            assertThat(server.connections).hasValue(3);
            assertThat(server.awaitOpen(1)).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.MATCH_NONE,
            names = {"NO_ANSWER", "STALL.*", "DRIPPING.*"})
    void afterFourAttemptsTheFaultItselfIsTheError(WireFault fault) {
        try (RawServer server = RawServer.always(fault.of(importJson("7")));
                ReactiveImportsApi client = client(server)) {
            assertThat(catchThrowable(() -> client.describeImport("7").block(SOON)))
                    .isInstanceOfAny(ImportsTransportException.class, ImportsProtocolException.class)
                    .satisfies(
                            e -> assertThat(((ImportsException) e).attempts()).isEqualTo(4));
            assertThat(server.requests).hasSize(4);
            assertThat(server.awaitOpen(0)).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.MATCH_NONE,
            names = {"NO_ANSWER", "STALL.*", "DRIPPING.*"})
    void onlyTheBrokenPageIsFetchedAgainAndNoneOfItsItemsAreEmittedTwice(WireFault fault) {
        try (RawServer server = RawServer.script(
                        json(pageJson("t2", "1", "2")),
                        fault.of(pageJson(null, "3", "4", "5")),
                        json(pageJson(null, "3", "4", "5")));
                ReactiveImportsApi client = client(server)) {
            assertThat(client.listImports()
                            .map(ImportOperation::id)
                            .collectList()
                            .block(SOON))
                    .containsExactly("1", "2", "3", "4", "5");
            assertThat(server.requests)
                    .extracting(RawServer.Request::line)
                    .containsExactly(
                            "GET /bulk/imports?limit=100 HTTP/1.1",
                            "GET /bulk/imports?limit=100&paginationToken=t2 HTTP/1.1",
                            "GET /bulk/imports?limit=100&paginationToken=t2 HTTP/1.1");
        }
    }

    @Test
    void whatWasFetchedIsDeliveredBeforeTheErrorWhichNamesThePage() {
        try (RawServer server = RawServer.script(
                        json(pageJson("t2", "1", "2")), WireFault.RESET_IN_BODY.of(pageJson(null, "3")));
                ReactiveImportsApi client = client(server)) {
            List<String> seen = new ArrayList<>();
            Throwable error = catchThrowable(
                    () -> client.listImports().doOnNext(i -> seen.add(i.id())).blockLast(SOON));
            assertThat(seen).containsExactly("1", "2");
            assertThat(((ImportsException) error).paginationToken()).isEqualTo("t2");
            assertThat(server.requests).hasSize(5);
        }
    }

    @Test
    void aConnectionThatIsResetBeforeTheRequestIsReadCostsAnAttempt() {
        try (RawServer server = new RawServer(n -> json(importJson("7")), Doors.resetFirst(2), 0);
                ReactiveImportsApi client = client(server)) {
            assertThat(client.describeImport("7").block(SOON).id()).isEqualTo("7");
            assertThat(server.requests).hasSize(1);
            assertThat(server.connections).hasValue(3);
        }
    }

    @Test
    void aPooledConnectionThatTheServerClosedWhileIdleIsReplaced() throws InterruptedException {
        RawServer.Answer lastOne = connection -> {
            json(importJson("7")).write(connection);
            connection.fin();
            connection.awaitClose();
            return false;
        };
        try (RawServer server = RawServer.script(lastOne, json(importJson("7")));
                ReactiveImportsApi client =
                        transport.builder(server).retry(ImportsRetry.none()).build()) {
            client.describeImport("7").block(SOON);
            assertThat(server.awaitOpen(0)).isZero();
            assertThat(client.describeImport("7").block(SOON).id()).isEqualTo("7");
            assertThat(server.connections).hasValue(2);
        }
    }

    @Test
    void aPooledConnectionThatTheServerClosesAtOnceNeverFailsACall() {
        RawServer.Answer lastOne = connection -> {
            json(importJson("7")).write(connection);
            connection.fin();
            return false;
        };
        try (RawServer server = RawServer.always(lastOne);
                ReactiveImportsApi client = client(server)) {
            for (int i = 0; i < 100; i++) {
                assertThat(client.describeImport("7").block(SOON).id()).isEqualTo("7");
            }
        }
    }
}
