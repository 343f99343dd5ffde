package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SmallHeapTests {

    private static final int PAGES = 10_000;

    @Test
    void aMillionImportsAreListedAt32Megabytes() throws IOException, InterruptedException {
        String items = IntStream.range(0, 100)
                .mapToObj(
                        i -> "{\"id\":\"" + i + "\",\"uri\":\"s3://bucket/path/to/dir/" + i
                                + "\",\"status\":\"Completed\",\"createdAt\":\"2024-08-19T20:49:00.754Z\","
                                + "\"finishedAt\":\"2024-08-19T20:59:00.754Z\",\"percentComplete\":100.0,\"recordsImported\":1000000}")
                .collect(Collectors.joining(","));
        try (RawServer server = new RawServer(n -> RawServer.json("{\"data\":[" + items + "]"
                + (n < PAGES ? ",\"pagination\":{\"next\":\"page" + n + "\"}" : "") + "}"))) {
            Process listing = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx32m",
                            "-XX:+ExitOnOutOfMemoryError",
                            "-cp",
                            System.getProperty("java.class.path"),
                            DrainAtSmallHeap.class.getName(),
                            server.host())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try {
                String said = new String(listing.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                assertThat(listing.waitFor(50, TimeUnit.SECONDS)).isTrue();
                assertThat(said).contains("listed 1000000");
                assertThat(server.requests).hasSize(PAGES);
                assertThat(server.connections).hasValue(1);
            } finally {
                listing.destroyForcibly();
            }
        }
    }
}
