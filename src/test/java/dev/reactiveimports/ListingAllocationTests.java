package dev.reactiveimports;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What listing leaves behind for the collector, HTTP and every default included; about 290 bytes of it are the records. */
class ListingAllocationTests {

    private static final int PAGES = 1_000;
    private static final int BYTES_AN_ITEM = 420;
    private static final double MARGIN = 1.03;

    @Test
    void anImportCostsLittleMoreThanItsRecord() throws IOException, InterruptedException {
        String items = IntStream.range(0, 100)
                .mapToObj(i -> "{\"id\":\"" + (100_000 + i)
                        + "\",\"uri\":\"s3://my-bucket-name/embeddings/2025-08/tenant-00"
                        + (100 + i) + "/part-0001/\",\"status\":\"" + (i % 3 == 0 ? "Completed" : "InProgress")
                        + "\",\"createdAt\":\"2025-08-21T11:29:47.886797+00:00\",\"finishedAt\":"
                        + (i % 3 == 2 ? "null" : "\"2025-08-22T11:29:09.754Z\"") + ",\"percentComplete\":42.2,"
                        + "\"recordsImported\":1000000,\"error\":\"" + (i % 6 == 0 ? "User error: no such bucket" : "")
                        + "\"}")
                .collect(Collectors.joining(","));
        try (RawServer server = new RawServer(n -> RawServer.json("{\"data\":[" + items + "]"
                + (n % PAGES == 0 ? "" : ",\"pagination\":{\"next\":\"page" + n + "\"}") + "}"))) {
            String limit = String.valueOf(BYTES_AN_ITEM * MARGIN);
            Process listing = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx128m",
                            "-cp",
                            System.getProperty("java.class.path"),
                            AllocationOfListing.class.getName(),
                            server.host(),
                            limit)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try {
                String said = new String(listing.getInputStream().readAllBytes(), UTF_8);
                assertThat(listing.waitFor(50, TimeUnit.SECONDS)).isTrue();
                System.out.println("listing: bytes an item, until compiled: "
                        + said.lines().map(line -> line.replaceAll("\\..*", "")).collect(Collectors.joining(" ")));
                assertThat(said.lines().mapToDouble(Double::parseDouble).min().orElseThrow())
                        .isLessThanOrEqualTo(BYTES_AN_ITEM * MARGIN);
            } finally {
                listing.destroyForcibly();
            }
        }
    }
}
