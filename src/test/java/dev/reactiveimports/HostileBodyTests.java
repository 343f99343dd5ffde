package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/** Bodies made to exhaust whoever reads them, against a client of 64 megabytes that accepts compressed answers. */
class HostileBodyTests {

    private static final int MB = 1 << 20;
    private static final int CAP = 8 * MB;
    private static final String OK = "HTTP/1.1 200 OK";
    private static final String REFUSED = "HTTP/1.1 400 Bad Request";

    /** By the name that is asked for; in the order in which it is. */
    private static Map<String, RawServer.Answer> bodies() {
        Map<String, RawServer.Answer> bodies = new LinkedHashMap<>();
        bodies.put("page-of-50-MB", plain(OK, 50 * MB, "{\"data\":[", " "));
        bodies.put("page-of-50-MB-in-chunks", chunked(50 * MB));
        bodies.put("page-gzip-bomb", gzip(OK, 400));
        bodies.put("page-depth-bomb", plain(OK, CAP, "{\"data\":", "["));
        bodies.put("page-depth-bomb-in-a-field-unknown", plain(OK, CAP, "{\"x\":", "{\"x\":"));
        bodies.put("page-number-bomb", plain(OK, CAP, "{\"data\":[{\"id\":\"1\",\"recordsImported\":", "9"));
        bodies.put("page-number-bomb-in-a-field-unknown", plain(OK, CAP, "{\"x\":", "1"));
        bodies.put("page-string-bomb", plain(OK, CAP, "{\"data\":[{\"id\":\"", "\\u0041"));
        bodies.put("page-of-small-imports", plain(OK, CAP, "{\"data\":[{\"id\":\"1\"}", ",{\"id\":\"1\"}"));
        bodies.put("page-of-many-names", names());
        bodies.put("import-of-50-MB", plain(OK, 50 * MB, "{\"id\":\"", "9"));
        bodies.put("import-gzip-bomb", gzip(OK, 400));
        bodies.put("import-depth-bomb", plain(OK, 200_000, "{\"id\":", "["));
        bodies.put("import-number-bomb", plain(OK, 200_000, "{\"percentComplete\":", "9"));
        bodies.put("error-of-10-MB", plain(REFUSED, 10 * MB, "{\"message\":\"", "A"));
        bodies.put("error-gzip-bomb", gzip(REFUSED, 400));
        bodies.put("error-depth-bomb", plain(REFUSED, 60_000, "{\"error\":", "{\"error\":"));
        bodies.put("start-of-50-MB", plain(OK, 50 * MB, "{\"id\":\"", "9"));
        return bodies;
    }

    @Test
    void eachEndsInAnExceptionAndTheirConnectionsAreClosed() throws IOException, InterruptedException {
        Map<String, RawServer.Answer> bodies = bodies();
        try (RawServer server = RawServer.always(
                connection -> bodies.get(asked(bodies, connection.request)).write(connection))) {
            String said = run(Stream.concat(Stream.of(server.host()), bodies.keySet().stream())
                    .toArray(String[]::new));
            assertThat(said).contains("alive");
            Map<String, String> ends = new LinkedHashMap<>();
            said.lines().filter(line -> line.contains(": ")).forEach(line -> {
                int colon = line.indexOf(": ");
                ends.put(line.substring(0, colon), line.substring(colon + 2));
            });
            assertThat(ends.keySet()).isEqualTo(bodies.keySet());
            assertThat(ends)
                    .allSatisfy((name, end) -> assertThat(end)
                            .startsWith(ReactiveImportsApi.class.getPackageName())
                            .contains(
                                    name.startsWith("error")
                                            ? "ImportsApiException"
                                            : name.startsWith("start")
                                                    ? "ImportOutcomeUnknownException"
                                                    : "ImportsProtocolException")
                            .hasSizeLessThan(1000));
            assertThat(Await.until(server.clientCloses::get, Predicate.isEqual(server.connections.get())))
                    .isEqualTo(server.connections.get())
                    .isGreaterThanOrEqualTo(bodies.size() - 1);
        }
    }

    private static String asked(Map<String, RawServer.Answer> bodies, RawServer.Request request) {
        String text = request.line() + request.body();
        return bodies.keySet().stream()
                .filter(name -> text.contains(name + " ") || text.contains(name + "\""))
                .findFirst()
                .orElseThrow();
    }

    private static String run(String... arguments) throws IOException, InterruptedException {
        String[] java = {
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx64m",
            "-XX:+ExitOnOutOfMemoryError",
            "-cp",
            System.getProperty("java.class.path"),
            HostileBodiesAtSmallHeap.class.getName()
        };
        Process client = new ProcessBuilder(
                        Stream.of(java, arguments).flatMap(Arrays::stream).toList())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            String said = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(client.waitFor(20, TimeUnit.SECONDS)).isTrue();
            return said;
        } finally {
            client.destroyForcibly();
        }
    }

    /** A beginning, then the same again and again. */
    private static RawServer.Answer plain(String status, int size, String beginning, String again) {
        byte[] piece = again.repeat(64 * 1024 / again.length()).getBytes(StandardCharsets.UTF_8);
        int pieces = (size - beginning.length()) / piece.length;
        return connection -> {
            connection.send(status + "\r\nContent-Length: " + (beginning.length() + pieces * piece.length) + "\r\n\r\n"
                    + beginning);
            for (int i = 0; i < pieces; i++) {
                connection.send(piece);
            }
            return true;
        };
    }

    private static RawServer.Answer chunked(int size) {
        byte[] piece = ("10000\r\n" + " ".repeat(64 * 1024) + "\r\n").getBytes(StandardCharsets.UTF_8);
        return connection -> {
            connection.send(OK + "\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n");
            for (int i = 0; i < size / (64 * 1024); i++) {
                connection.send(piece);
            }
            connection.send("0\r\n\r\n");
            return true;
        };
    }

    /** A page whose every name is another. */
    private static RawServer.Answer names() {
        StringBuilder body = new StringBuilder("{\"data\":[]");
        for (int i = 0; body.length() < CAP - 100; i++) {
            body.append(",\"").append(Integer.toString(i, 36)).append("\":0");
        }
        return RawServer.answer(OK, body.append("}").toString());
    }

    /** So many megabytes of blanks, a thousandth of that on the wire. */
    private static RawServer.Answer gzip(String status, int megabytes) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            byte[] blanks = " ".repeat(MB).getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i < megabytes; i++) {
                gzip.write(blanks);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return connection -> {
            connection.send(status + "\r\nContent-Encoding: gzip\r\nContent-Length: " + packed.size() + "\r\n\r\n");
            connection.send(packed.toByteArray());
            return true;
        };
    }
}
