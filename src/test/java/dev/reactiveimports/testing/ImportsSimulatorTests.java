package dev.reactiveimports.testing;

import static dev.reactiveimports.testing.SimulatorProbe.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.scheduler.VirtualTimeScheduler;

class ImportsSimulatorTests {

    private final VirtualTimeScheduler clock = VirtualTimeScheduler.create();
    private final List<ImportsSimulator> opened = new ArrayList<>();

    @AfterEach
    void close() {
        opened.forEach(ImportsSimulator::close);
        clock.dispose();
    }

    private ImportsSimulator open(ImportsSimulator.Builder builder) {
        ImportsSimulator simulator = builder.build();
        opened.add(simulator);
        return simulator;
    }

    @Test
    void listensOnLoopbackOnlyAndSaysWhere() {
        ImportsSimulator simulator = open(ImportsSimulator.builder());
        assertThat(simulator.indexHost()).matches("http://127\\.0\\.0\\.1:[1-9][0-9]+");
        assertThat(simulator.apiKey()).isEqualTo("simulator-key");
        assertThat(new SimulatorProbe(simulator).get("/bulk/imports").statusCode())
                .isEqualTo(200);
        // another address of this machine, which a server on all of them would respond on
        int port = URI.create(simulator.indexHost()).getPort();
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> new Socket("127.0.0.2", port).close());
    }

    @Test
    void takesTheKeyAndThePortItIsGiven() {
        ImportsSimulator first = open(ImportsSimulator.builder().apiKey("mine"));
        int port = URI.create(first.indexHost()).getPort();
        assertThat(new SimulatorProbe(first).get("/bulk/imports").statusCode()).isEqualTo(200);
        assertThatExceptionOfType(RuntimeException.class)
                .isThrownBy(() -> ImportsSimulator.builder().port(port).build());
        first.close();
        ImportsSimulator again = open(ImportsSimulator.builder().port(port));
        assertThat(again.indexHost()).isEqualTo(first.indexHost());
        assertThat(new SimulatorProbe(again).get("/bulk/imports").statusCode()).isEqualTo(200);
    }

    @Test
    void recordsWhatWasAskedInOrderButNotTheKey() {
        ImportsSimulator simulator =
                open(ImportsSimulator.builder().clock(clock).apiKey("s3cret"));
        SimulatorProbe probe = new SimulatorProbe(simulator);
        clock.advanceTimeBy(Duration.ofSeconds(7));
        probe.send("POST", "/bulk/imports", "{\"uri\":\"s3://b/ü\"}", "X-A", "1", "X-A", "2");
        probe.get("/bulk/imports?limit=7&paginationToken=a%2Bb%3D&x=1;2&x=3");
        probe.get("/bulk/imports/a%2Fb");
        List<RecordedRequest> requests = simulator.requests();
        assertThat(requests).hasSize(3);
        assertThat(simulator.requestCount()).isEqualTo(3);
        RecordedRequest start = requests.get(0);
        assertThat(start.method()).isEqualTo("POST");
        assertThat(start.path()).isEqualTo("/bulk/imports");
        assertThat(start.body()).isEqualTo("{\"uri\":\"s3://b/ü\"}");
        assertThat(start.at()).isEqualTo(Instant.ofEpochSecond(7));
        assertThat(start.headers()).containsEntry("API-KEY", "***").containsEntry("x-a", "1, 2");
        assertThat(requests.get(1).query())
                .isEqualTo(Map.of("limit", List.of("7"), "paginationToken", List.of("a+b="), "x", List.of("1;2", "3")));
        assertThat(requests.get(2).path()).isEqualTo("/bulk/imports/a%2Fb");
        assertThat(requests.toString() + simulator).doesNotContain("s3cret");
    }

    @Test
    void latencyHoldsEveryAnswerBackByTheClock() throws Exception {
        ImportsSimulator simulator =
                open(ImportsSimulator.builder().clock(clock).latency(Duration.ofSeconds(3)));
        simulator.enqueue(Fault.delay(Duration.ofSeconds(2)).on("GET", "/bulk/imports/1"));
        SimulatorProbe probe = new SimulatorProbe(simulator);
        CompletableFuture<HttpResponse<String>> plain = probe.getAsync("/bulk/imports");
        CompletableFuture<HttpResponse<String>> delayed = probe.getAsync("/bulk/imports/1");
        await("both timers", () -> clock.getScheduledTaskCount() == 2);
        clock.advanceTimeBy(Duration.ofMillis(2_999));
        assertThat(plain).isNotDone();
        clock.advanceTimeBy(Duration.ofMillis(1));
        assertThat(plain.get(5, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        clock.advanceTimeBy(Duration.ofMillis(1_999));
        assertThat(delayed).isNotDone();
        clock.advanceTimeBy(Duration.ofMillis(1));
        assertThat(delayed.get(5, TimeUnit.SECONDS).statusCode()).isEqualTo(404);
    }

    @Test
    void aClientThatLeavesEndsTheWait() throws Exception {
        Disposable.Swap timer = Disposables.swap();
        ImportsSimulator simulator = open(
                ImportsSimulator.builder().clock(new ClockWithOneTimer(timer)).latency(Duration.ofSeconds(3)));
        try (RawConnection raw = new RawConnection(simulator)) {
            raw.get("/bulk/imports");
            await("the timer", () -> timer.get() != null);
            assertThat(timer.get().isDisposed()).isFalse();
        }
        await("the timer's end", () -> timer.get().isDisposed());
    }

    @Test
    void throttlesWhatIsTooMuchForASecond() {
        ImportsSimulator simulator =
                open(ImportsSimulator.builder().clock(clock).throttleAfter(2));
        SimulatorProbe probe = new SimulatorProbe(simulator);
        clock.advanceTimeBy(Duration.ofMillis(300));
        assertThat(probe.get("/bulk/imports").statusCode()).isEqualTo(200);
        assertThat(probe.get("/bulk/imports").statusCode()).isEqualTo(200);
        clock.advanceTimeBy(Duration.ofMillis(999));
        HttpResponse<String> refused = probe.start("{\"uri\":\"s3://b/a\"}");
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.headers().firstValue("retry-after")).contains("1");
        assertThat(refused.body()).startsWith("{\"code\":8,").endsWith("\"details\":[]}");
        clock.advanceTimeBy(Duration.ofMillis(1));
        assertThat(probe.get("/bulk/imports").body()).isEqualTo("{\"data\":[]}");
        assertThat(probe.get("/bulk/imports").statusCode()).isEqualTo(200);
        assertThat(probe.get("/bulk/imports").statusCode()).isEqualTo(429);
    }

    @ParameterizedTest
    @MethodSource("unreadableRequests")
    void keyAndRateAreCheckedBeforeTheRequestIsRead(String line, String body) throws IOException {
        ImportsSimulator simulator =
                open(ImportsSimulator.builder().clock(clock).throttleAfter(3));
        try (RawConnection raw = new RawConnection(simulator)) {
            assertThat(raw.send(request(line, "", body)).readResponse()).startsWith("HTTP/1.1 401 ");
            assertThat(raw.send(request(line, "Api-Key: wrong\r\n", body)).readResponse())
                    .startsWith("HTTP/1.1 401 ")
                    .contains("www-authenticate: Api-Key");
            String right = request(line, "Api-Key: " + simulator.apiKey() + "\r\n", body);
            assertThat(raw.send(right).readResponse()).startsWith("HTTP/1.1 400 ");
            assertThat(raw.send(right).readResponse()).startsWith("HTTP/1.1 429 ");
        }
    }

    private static Stream<Arguments> unreadableRequests() {
        return Stream.of(
                Arguments.of("GET /bulk/imports?limit=%zz", ""),
                Arguments.of("GET /bulk/imports?paginationToken=abc%", ""),
                Arguments.of("POST /bulk/imports", "a".repeat(70_000)));
    }

    private static String request(String line, String key, String body) {
        return line + " HTTP/1.1\r\nHost: x\r\n" + key + "Content-Length: " + body.length() + "\r\n\r\n" + body;
    }

    @Test
    void keepsConnectionsAliveAndCountsThem() throws IOException {
        ImportsSimulator simulator = open(ImportsSimulator.builder().imports(1));
        assertThat(simulator.activeConnections()).isZero();
        try (RawConnection one = new RawConnection(simulator);
                RawConnection two = new RawConnection(simulator)) {
            for (int i = 0; i < 3; i++) {
                assertThat(one.get("/bulk/imports/1").readResponse()).startsWith("HTTP/1.1 200");
                assertThat(two.get("/bulk/imports/2").readResponse()).startsWith("HTTP/1.1 404");
            }
            assertThat(simulator.activeConnections()).isEqualTo(2);
        }
        await("both closes", () -> simulator.activeConnections() == 0);
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() throws IOException {
        ImportsSimulator simulator = open(ImportsSimulator.builder().imports(2));
        try (RawConnection raw = new RawConnection(simulator)) {
            raw.get("/bulk/imports/1").get("/bulk/imports/2");
            assertThat(raw.readResponse()).contains("\"id\":\"1\"");
            assertThat(raw.readResponse()).contains("\"id\":\"2\"");
        }
    }

    @Test
    void whatMakesNoSenseIsRejected() {
        ImportsSimulator.Builder builder = ImportsSimulator.builder();
        assertRejected(() -> builder.apiKey(" "), "k must not be blank");
        assertRejected(() -> builder.imports(-1), "howMany must be between 0 and ");
        assertRejected(() -> builder.importDuration(Duration.ofSeconds(-1)), "d must be");
        assertRejected(() -> builder.latency(Duration.ofDays(366)), "d must be");
        assertRejected(() -> builder.throttleAfter(0), "requestsPerSecond must be between 1 and ");
        assertRejected(() -> builder.port(65_536), "port must be between 0 and 65535");
    }

    private static void assertRejected(Runnable call, String message) {
        assertThatIllegalArgumentException().isThrownBy(call::run).withMessageContaining(message);
    }

    /** Tells what became of its newest timer, which never fires. */
    private record ClockWithOneTimer(Disposable.Swap timer) implements Scheduler {

        @Override
        public Disposable schedule(Runnable task) {
            return Schedulers.parallel().schedule(task);
        }

        @Override
        public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
            Disposable never = Disposables.single();
            timer.replace(never);
            return never;
        }

        @Override
        public Worker createWorker() {
            return Schedulers.parallel().createWorker();
        }
    }
}
