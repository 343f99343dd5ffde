package dev.reactiveimports;

import static dev.reactiveimports.RawServer.answer;
import static dev.reactiveimports.RawServer.bytesThenFin;
import static dev.reactiveimports.RawServer.json;
import static dev.reactiveimports.Transport.KEY;
import static dev.reactiveimports.Transport.SOON;
import static dev.reactiveimports.Transport.importJson;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.reactiveimports.micrometer.MicrometerImportsListener;
import dev.reactiveimports.testing.Fault;
import dev.reactiveimports.testing.ImportsSimulator;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Publisher;
import reactor.core.observability.micrometer.Micrometer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The key is sent, and said nowhere. */
class SecrecyTests {

    private static final int CALLS = 11;

    private static void assertSilent(Throwable failure) {
        StringWriter all = new StringWriter();
        // messages, causes and suppressed ones
        failure.printStackTrace(new PrintWriter(all, true));
        assertThat(all.toString()).doesNotContainIgnoringCase(KEY).doesNotContain(KEY.substring(5));
    }

    private static List<Mono<?>> calls(ReactiveImportsApi client) {
        return List.of(
                client.describeImport("7"),
                client.startImport(StartImportRequest.of("s3://bucket/dir")),
                client.listImports().next());
    }

    private static void assertAllSilent(RawServer.Answer answer) {
        try (RawServer server = RawServer.always(answer);
                ReactiveImportsApi client = Transport.NIO
                        .builder(server)
                        .attemptTimeout(Duration.ofMillis(500))
                        .build()) {
            List<Throwable> failures = calls(client).stream()
                    .map(call -> catchThrowable(() -> call.block(SOON)))
                    .filter(Objects::nonNull)
                    .toList();
            // what is no import may be a page
            assertThat(failures).isNotEmpty().allMatch(ImportsException.class::isInstance);
            failures.forEach(SecrecyTests::assertSilent);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"RESET", "FIN_IN_BODY", "OTHER_PROTOCOL", "CLOSE_DELIMITED_CUT_SHORT", "NO_ANSWER"})
    void noFaultBringsItOut(WireFault fault) {
        assertAllSilent(fault.of(importJson("7")));
    }

    static Stream<RawServer.Answer> echoes() {
        String page = "<html><pre>GET /bulk/imports/7\nApi-Key: " + KEY + "\n</pre></html>";
        return Stream.of(
                answer("HTTP/1.1 401 Unauthorized", "Invalid API key: " + KEY),
                answer("HTTP/1.1 403 Forbidden", "{\"code\":\"" + KEY + "\",\"message\":\"no " + KEY + "\"}"),
                answer("HTTP/1.1 400 Bad Request", "{\"message\":\"\\u0070" + KEY.substring(1) + "\"}"),
                answer("HTTP/1.1 502 Bad Gateway", page),
                answer("HTTP/1.1 400 No " + KEY, ""),
                answer("HTTP/1.1 400 No\nx-request-id: " + KEY + "\nRetry-After: " + KEY, ""),
                json(page),
                answer("HTTP/1.1 200 OK\nContent-Type: text/html; x=" + KEY, page),
                answer("HTTP/1.1 200 OK\nContent-Type: " + KEY, importJson(KEY)),
                json("{\"id\":\"7\",\"status\":5,\"x\":\"" + KEY + "\"}"),
                json("{\"data\":[{\"id\":\"7\",\"uri\":\"" + KEY),
                // where the codec of HTTP stumbles over it, and shows what over
                bytesThenFin(KEY + " 200 OK\r\nContent-Length: 0\r\n\r\n"),
                bytesThenFin("HTTP/1.1 " + KEY + " OK\r\nContent-Length: 0\r\n\r\n"),
                bytesThenFin("HTTP/1.1 200 OK\r\nContent-Length: " + KEY + "\r\n\r\n{}"),
                bytesThenFin("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: " + KEY + "\r\n\r\n{}"),
                bytesThenFin("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + KEY + "\r\n{}\r\n0\r\n\r\n"),
                bytesThenFin("HTTP/1.1 200 OK\r\n" + KEY + "\u0001: x\r\nContent-Length: 2\r\n\r\n{}"));
    }

    @ParameterizedTest
    @MethodSource("echoes")
    void aServerThatEchoesItIsNotQuoted(RawServer.Answer answer) {
        assertAllSilent(answer);
    }

    @Test
    void noObjectTellsIt() {
        try (RawServer server = RawServer.always(json(importJson("7")));
                ReactiveImportsApi client = Transport.NIO.client(server)) {
            for (Object object : List.of(
                    client,
                    Transport.NIO.builder(server),
                    client.describeImport("7"),
                    client.listImports(),
                    client.disposeLater(),
                    client.describeImport("7").block(SOON),
                    ImportsRetry.ofDefaults(),
                    PollSpec.adaptive(),
                    ListImportsSpec.create(),
                    StartImportRequest.of("s3://bucket/dir"))) {
                assertThat(object.toString()).doesNotContainIgnoringCase(KEY);
            }
        }
    }

    private static List<Publisher<?>> allCalls(ReactiveImportsApi client) {
        StartImportRequest request = StartImportRequest.of("s3://bucket/dir");
        return List.of(
                client.listImports(),
                client.listImportPages(ListImportsSpec.create()),
                client.describeImport("1"),
                client.startImport(request),
                client.cancelImport("1"),
                client.findStarted(request.uri(), Instant.EPOCH),
                client.watchImport("1"),
                client.watchImports(Flux.just("1", "2")),
                client.watchIndex().take(1),
                client.awaitImport("1"),
                client.warmup());
    }

    static Stream<Fault> echoingFaults() {
        Map<String, String> headers = Map.of("x-request-id", KEY, "x-" + KEY, KEY);
        return Stream.of(
                Fault.response(401, headers, "Invalid API key: " + KEY),
                Fault.response(403, headers, "{\"code\":\"" + KEY + "\",\"message\":\"no " + KEY + "\"}"),
                Fault.response(429, headers, "{\"message\":\"too many with " + KEY + "\"}"),
                Fault.response(502, headers, "<html>" + KEY + "</html>"),
                Fault.response(200, headers, "{\"data\":\"" + KEY + "\",\"id\":[\"" + KEY + "\"]}"),
                Fault.reset());
    }

    @Test
    void noMeterHasIt() {
        MeterRegistry registry = new SimpleMeterRegistry();
        // where reactor-netty puts its own
        Metrics.addRegistry(registry);
        try (ImportsSimulator simulator =
                ImportsSimulator.builder().apiKey(KEY).imports(150).build()) {
            ReactiveImportsApi.Builder builder = Transport.NIO
                    .builder(simulator.indexHost())
                    .configureHttpClient(http -> http.metrics(true, uri -> uri))
                    .pollSpec(PollSpec.fixedInterval(Duration.ofMillis(1)).maxConsecutiveFailures(1))
                    .listener(new MicrometerImportsListener(registry));
            try (ReactiveImportsApi client = builder.build()) {
                simulator.enqueue(Fault.status(502));
                allCalls(client)
                        .forEach(call -> Flux.from(call)
                                .tap(Micrometer.metrics(registry))
                                .blockLast(SOON));
            }
            builder.retry(ImportsRetry.none());
            echoingFaults().forEach(fault -> {
                for (int i = 0; i < CALLS; i++) {
                    // one that holds nothing back because of the last refusal
                    try (ReactiveImportsApi client = builder.build()) {
                        simulator.enqueue(fault);
                        Flux.from(allCalls(client).get(i))
                                .tap(Micrometer.metrics(registry))
                                .onErrorComplete(ImportsException.class)
                                .blockLast(SOON);
                    }
                }
            });
            assertThat(meters(registry))
                    .contains("reactive.imports.requests", "reactive.imports.retries", "reactive.imports.list.pages")
                    .contains("reactor.netty.http.client", "status=401", "status=403", "status=429", "status=502")
                    .contains("uri=/bulk/imports/1", "operation=cancel")
                    .doesNotContainIgnoringCase(KEY)
                    .doesNotContain(KEY.substring(5));
            // shows that this check can fail
            registry.counter("refusals", "message", "no " + KEY);
            assertThat(meters(registry)).contains(KEY);
        } finally {
            Metrics.removeRegistry(registry);
        }
    }

    private static String meters(MeterRegistry registry) {
        return registry.getMeters().stream()
                .map(Meter::getId)
                .map(id -> id.getName() + " " + id.getDescription() + " " + id.getBaseUnit() + " "
                        + id.getTags().stream()
                                .map(tag -> tag.getKey() + "=" + tag.getValue())
                                .collect(Collectors.joining(" ")))
                .collect(Collectors.joining("\n"));
    }

    @Test
    void noLogAtAnyLevelHasItUnlessTheCallerTapsTheWire() throws IOException, InterruptedException {
        try (RawServer server = new RawServer(n -> switch (n % 6) {
            case 0 -> WireFault.RESET.of("");
            case 1 -> answer("HTTP/1.1 503 Service Unavailable", "down");
            case 2 -> json("{\"id\":\"7\"}");
            case 3 -> WireFault.CLOSE_DELIMITED_CUT_SHORT.of(importJson("7"));
            case 4 -> bytesThenFin("HTTP/1.1 200 OK\r\nContent-Length: " + KEY + "\r\n\r\n{}");
            default -> WireFault.OTHER_PROTOCOL.of("");
        })) {
            // without an SLF4J binding, which swallows all, both Reactor and Netty can log to the JDK
            String classPath = Arrays.stream(
                            System.getProperty("java.class.path").split(File.pathSeparator))
                    .filter(entry -> !Path.of(entry).getFileName().toString().startsWith("slf4j-"))
                    .collect(Collectors.joining(File.pathSeparator));
            Process program = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Dreactor.logging.fallback=JDK",
                            "-cp",
                            classPath,
                            SpokenSecrets.class.getName(),
                            server.host(),
                            KEY)
                    .redirectErrorStream(true)
                    .start();
            try {
                String said = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                assertThat(program.waitFor(50, TimeUnit.SECONDS)).isTrue();
                for (String logged : new String[] {
                    "JdkLogger debug",
                    "io.netty",
                    "FINE:",
                    "FINEST:",
                    "is retried in",
                    "because the retry policy does not retry it",
                    "walks the whole listing",
                    "The client closes"
                }) {
                    assertThat(said.contains(logged)).as(logged).isTrue();
                }
                assertThat(server.requests)
                        .hasSizeGreaterThan(8)
                        .allMatch(r -> r.header("Api-Key").equals(KEY));
                int wiretap = said.indexOf(SpokenSecrets.WIRETAP);
                assertThat(said.substring(0, wiretap).contains(KEY)).isFalse();
                // shows that this check can fail
                assertThat(said.indexOf(KEY)).isGreaterThan(wiretap);
            } finally {
                program.destroyForcibly();
            }
        }
    }
}
