package dev.reactiveimports.testing;

import static dev.reactiveimports.testing.SimulatorProbe.await;
import static dev.reactiveimports.testing.SimulatorProbe.ids;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.scheduler.VirtualTimeScheduler;

class FaultTests {

    private static final String START = "{\"uri\":\"s3://bucket/a\"}";

    private final VirtualTimeScheduler clock = VirtualTimeScheduler.create();
    private ImportsSimulator simulator = ImportsSimulator.builder().imports(5).build();
    private SimulatorProbe probe = new SimulatorProbe(simulator);

    @AfterEach
    void close() {
        simulator.close();
        clock.dispose();
    }

    private void use(SimulatorSettings settings) {
        simulator.close();
        simulator = settings.imports(5).build();
        probe = new SimulatorProbe(simulator);
    }

    private void useTransport(boolean epoll) {
        Assumptions.assumeTrue(!epoll || Epoll.isAvailable());
        use(new SimulatorSettings().nativeTransport(epoll));
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .anyMatch(name -> name.startsWith("imports-simulator-" + (epoll ? "epoll" : "nio")));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void resetEndsTheConnectionWithoutAByteAndTheImportIsStarted(boolean epoll) throws IOException {
        useTransport(epoll);
        simulator.enqueue(Fault.reset());
        try (RawConnection raw = new RawConnection(simulator)) {
            raw.post("/bulk/imports", START);
            assertThatExceptionOfType(SocketException.class)
                    .isThrownBy(raw::readToEnd)
                    .withMessageContaining("reset");
            assertThat(raw.received()).isEmpty();
        }
        assertThat(ids(probe.get("/bulk/imports"))).startsWith("6");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void resetMidBodySendsTheHeadAndThenResets(boolean epoll) throws IOException {
        useTransport(epoll);
        simulator.enqueue(Fault.resetMidBody());
        try (RawConnection raw = new RawConnection(simulator)) {
            raw.get("/bulk/imports");
            assertThatExceptionOfType(SocketException.class)
                    .isThrownBy(raw::readToEnd)
                    .withMessageContaining("reset");
            assertHalf(raw.received());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void truncatedBodySendsHalfAndEndsRegularly(boolean epoll) throws IOException {
        useTransport(epoll);
        simulator.enqueue(Fault.truncatedBody());
        try (RawConnection raw = new RawConnection(simulator)) {
            assertHalf(raw.get("/bulk/imports").readToEnd());
        }
    }

    private void assertHalf(String received) {
        String whole = probe.get("/bulk/imports").body();
        assertThat(received)
                .startsWith("HTTP/1.1 200 OK\r\n")
                .containsIgnoringCase("x-pinecone-request-id: simulated-1");
        assertThat(RawConnection.contentLength(received)).isEqualTo(whole.length());
        assertThat(RawConnection.body(received)).isEqualTo(whole.substring(0, whole.length() / 2));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void earlyHintsComeBeforeTheAnswerAndTheConnectionLivesOn(boolean epoll) throws IOException {
        useTransport(epoll);
        simulator.enqueue(Fault.earlyHints());
        try (RawConnection raw = new RawConnection(simulator)) {
            assertThat(raw.get("/bulk/imports/3").readResponse())
                    .startsWith("HTTP/1.1 103 Early Hints\r\n")
                    .contains("link: ")
                    .endsWith("\r\n\r\n");
            assertThat(raw.readResponse()).startsWith("HTTP/1.1 200 OK\r\n").contains("\"id\":\"3\"");
            assertThat(raw.get("/bulk/imports/4").readResponse())
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .contains("\"id\":\"4\"");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void noResponseKeepsTheConnectionOpenUntilTheSimulatorCloses(boolean epoll) throws IOException {
        useTransport(epoll);
        simulator.enqueue(Fault.noResponse());
        try (RawConnection raw = new RawConnection(simulator)) {
            raw.post("/bulk/imports", START).timeout(100);
            assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(raw::readToEnd);
            assertThat(ids(probe.get("/bulk/imports"))).startsWith("6");
            simulator.close();
            assertThat(raw.timeout(5_000).readToEnd()).isEmpty();
        }
    }

    @Test
    void noResponseIsOverWhenTheClientCloses() throws IOException {
        simulator.enqueue(Fault.noResponse());
        try (RawConnection raw = new RawConnection(simulator)) {
            raw.get("/bulk/imports");
            await("the request", () -> simulator.requestCount() == 1);
            assertThat(simulator.activeConnections()).isEqualTo(1);
        }
        await("the close", () -> simulator.activeConnections() == 0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void slowBodySendsTheHeadAtOnceAndOneByteEachStepOfTheClock(boolean epoll) throws IOException {
        Assumptions.assumeTrue(!epoll || Epoll.isAvailable());
        use(new SimulatorSettings().nativeTransport(epoll).clock(clock));
        simulator.enqueue(Fault.slowBody(Duration.ofSeconds(2)));
        String whole = "{\"id\":\"6\"}";
        try (RawConnection raw = new RawConnection(simulator)) {
            String head = raw.post("/bulk/imports", START).readUntil("\r\n\r\n");
            assertThat(RawConnection.contentLength(head)).isEqualTo(whole.length());
            await("the timer", () -> clock.getScheduledTaskCount() == 1);
            raw.timeout(50);
            clock.advanceTimeBy(Duration.ofMillis(1_999));
            assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(raw::readToEnd);
            assertThat(raw.received()).isEqualTo(head);
            raw.timeout(5_000);
            clock.advanceTimeBy(Duration.ofMillis(1));
            assertThat(raw.readUntil("{")).isEqualTo(head + "{");
            clock.advanceTimeBy(Duration.ofSeconds(2L * (whole.length() - 1)));
            assertThat(raw.readUntil("}")).isEqualTo(head + whole);
            assertThat(raw.get("/bulk/imports/6").readResponse()).contains("\"id\":\"6\"");
        }
    }

    @Test
    void delayHoldsTheRightAnswerBackButNotTheWork() throws Exception {
        use(new SimulatorSettings().clock(clock));
        simulator.enqueue(Fault.delay(Duration.ofHours(1)).on("GET", "/bulk/imports/5"));
        CompletableFuture<HttpResponse<String>> response = probe.getAsync("/bulk/imports/5");
        await("the timer", () -> clock.getScheduledTaskCount() == 1);
        clock.advanceTimeBy(Duration.ofMinutes(59));
        assertThat(probe.get("/bulk/imports").statusCode()).isEqualTo(200);
        assertThat(response).isNotDone();
        clock.advanceTimeBy(Duration.ofMinutes(1));
        assertThat(ids(response.get(5, TimeUnit.SECONDS))).containsExactly("5");
    }

    @ParameterizedTest
    @CsvSource({
        "400,3", "401,16", "403,7", "404,5", "409,6", "418,2", "429,8", "500,13", "501,12", "503,14", "504,4", "302,2"
    })
    void statusAnswersWithTheServicesErrorBodyAndDoesNothing(int code, int grpcCode) {
        simulator.enqueue(Fault.status(code));
        HttpResponse<String> response = probe.start(START);
        assertThat(response.statusCode()).isEqualTo(code);
        assertThat(response.headers().firstValue("content-type")).contains("application/json");
        assertThat(response.headers().firstValue("x-pinecone-request-id")).contains("simulated-1");
        assertThat(response.body())
                .isEqualTo("{\"code\":" + grpcCode + ",\"message\":\"Simulated failure with status " + code
                        + ".\",\"details\":[]}");
        assertThat(ids(probe.get("/bulk/imports"))).startsWith("5");
    }

    @Test
    void statusWithoutABodyHasNone() throws IOException {
        simulator.enqueue(Fault.status(304));
        simulator.enqueue(Fault.response(204, Map.of(), ""));
        try (RawConnection raw = new RawConnection(simulator)) {
            assertThat(raw.get("/bulk/imports").readResponse())
                    .startsWith("HTTP/1.1 304 ")
                    .doesNotContainIgnoringCase("content-length")
                    .endsWith("\r\n\r\n");
            assertThat(raw.get("/bulk/imports").readResponse())
                    .startsWith("HTTP/1.1 204 ")
                    .endsWith("\r\n\r\n");
            assertThat(raw.get("/bulk/imports/3").readResponse())
                    .startsWith("HTTP/1.1 200 ")
                    .contains("\"id\":\"3\"");
        }
    }

    @ParameterizedTest
    @CsvSource({"PT0S,0", "PT3S,3", "PT2.001S,3", "PT0.000000001S,1", "P1D,86400"})
    void throttledSaysHowManyWholeSecondsToWait(Duration retryAfter, String seconds) {
        simulator.enqueue(Fault.throttled(retryAfter));
        HttpResponse<String> response = probe.start(START);
        assertThat(response.statusCode()).isEqualTo(429);
        assertThat(response.headers().firstValue("retry-after")).contains(seconds);
        assertThat(response.body()).startsWith("{\"code\":8,");
        assertThat(ids(probe.get("/bulk/imports"))).startsWith("5");
    }

    @Test
    void responseIsSentAsGivenWithNothingButItsLength() throws IOException {
        simulator.enqueue(Fault.response(502, Map.of("X-Proxy", "p"), "<h1>Bäd</h1>"));
        try (RawConnection raw = new RawConnection(simulator)) {
            String response = raw.post("/bulk/imports", START).readResponse();
            assertThat(response.lines().takeWhile(line -> !line.isEmpty()))
                    .map(line -> line.toLowerCase(java.util.Locale.ROOT))
                    .containsExactlyInAnyOrder("http/1.1 502 bad gateway", "x-proxy: p", "content-length: 13");
            assertThat(response).endsWith("<h1>B\u00c3\u00a4d</h1>");
        }
        assertThat(ids(probe.get("/bulk/imports"))).startsWith("5");
    }

    @Test
    void responseComesBeforeKeyAndRoutes() throws Exception {
        simulator.enqueue(Fault.response(200, Map.of("Content-Type", "text/html"), "hello"));
        HttpResponse<String> response = probe.sendBare("PATCH", "/elsewhere");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("hello");
        assertThat(response.headers().firstValue("content-type")).contains("text/html");
    }

    @Test
    void aFaultMeetsSoManyRequestsAsItSaysAndTheFirstThatMatchesIsUsed() {
        simulator.enqueue(Fault.status(503).times(2).on("delete", "/bulk/imports/"));
        simulator.enqueue(Fault.status(500));
        simulator.enqueue(Fault.status(502).on("GET", "/bulk/imports/4"));
        assertThat(List.of(
                        probe.get("/bulk/imports/4").statusCode(),
                        probe.get("/bulk/imports/4").statusCode(),
                        probe.get("/bulk/imports/4").statusCode(),
                        probe.get("/bulk/imports").statusCode(),
                        probe.delete("/bulk/imports/4").statusCode(),
                        probe.get("/bulk/imports/5").statusCode(),
                        probe.delete("/bulk/imports/4").statusCode(),
                        probe.delete("/bulk/imports/4").statusCode()))
                .containsExactly(500, 502, 200, 200, 503, 200, 503, 200);
    }

    @Test
    void faultsAreImmutableTemplates() {
        Fault once = Fault.status(500);
        assertThat(once.times(3)).isNotEqualTo(once).isEqualTo(Fault.status(500).times(3));
        assertThat(once.on("GET", "/")).isNotEqualTo(once);
        simulator.enqueue(once.times(2));
        simulator.enqueue(once);
        for (int i = 0; i < 3; i++) {
            assertThat(probe.get("/bulk/imports").statusCode()).isEqualTo(500);
        }
        assertThat(probe.get("/bulk/imports").statusCode()).isEqualTo(200);
    }

    @Test
    void whatMakesNoSenseIsRejected() {
        Fault any = Fault.reset();
        assertRejected(() -> any.times(0), "n must be between 1 and ");
        assertRejected(() -> any.on(" ", "/"), "method");
        assertRejected(() -> any.on("GET", "bulk"), "pathPrefix");
        assertRejected(() -> Fault.status(200), "code must be between 300 and 599");
        assertRejected(() -> Fault.status(600), "code must be between 300 and 599");
        assertRejected(() -> Fault.response(103, Map.of(), ""), "code must be between 200 and 599");
        assertRejected(() -> Fault.response(204, Map.of(), "x"), "body must be empty");
        assertRejected(() -> Fault.response(200, Map.of("Content-Length", "1"), "x"), "Content-Length");
        assertRejected(() -> Fault.response(200, Map.of("transfer-encoding", "chunked"), "x"), "Content-Length");
        assertRejected(() -> Fault.response(200, Map.of("X", "a\r\nY: b"), "x"), "");
        assertRejected(() -> Fault.throttled(Duration.ofSeconds(-1)), "retryAfter");
        assertRejected(() -> Fault.delay(Duration.ofDays(366)), "d must be");
        assertRejected(() -> Fault.slowBody(Duration.ZERO), "perByte");
    }

    private static void assertRejected(Runnable call, String message) {
        assertThatIllegalArgumentException().isThrownBy(call::run).withMessageContaining(message);
    }
}
