package dev.reactiveimports;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What decoding a page leaves behind for the collector. The records themselves are about 290 bytes an item. */
class JsonCodecAllocationTests {

    private static final int ITEMS = 100;
    private static final int ROUNDS = 300;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @ParameterizedTest
    @CsvSource({"false,1000000", "false,'\"1000000\"'", "true,1000000"})
    void aPageCostsLittleMoreThanItsRecords(boolean snake, String recordsImported) {
        byte[] page = page(snake, recordsImported);
        decode(page, ROUNDS);

        long thread = Thread.currentThread().getId();
        long before = THREADS.getThreadAllocatedBytes(thread);
        long start = THREADS.getCurrentThreadCpuTime();
        decode(page, ROUNDS);
        long nanos = THREADS.getCurrentThreadCpuTime() - start;
        double bytesPerItem = (THREADS.getThreadAllocatedBytes(thread) - before) / (double) (ROUNDS * ITEMS);

        System.out.printf(
                "decode: page of %d bytes, %.0f bytes and %.0f ns an item%n",
                page.length, bytesPerItem, nanos / (double) (ROUNDS * ITEMS));
        assertThat(bytesPerItem).isLessThanOrEqualTo(320);
    }

    private static void decode(byte[] page, int times) {
        for (int i = 0; i < times; i++) {
            assertThat(JsonCodec.decodePage(page, 0, page.length).items()).hasSize(ITEMS);
        }
    }

    private static byte[] page(boolean snake, String recordsImported) {
        String names = snake
                ? "\"started_at\":\"%s\",\"finished_at\":\"%s\",\"percent_complete\":%s,\"records_imported\":%s"
                : "\"createdAt\":\"%s\",\"finishedAt\":\"%s\",\"percentComplete\":%s,\"recordsImported\":%s";
        String items = IntStream.range(0, ITEMS)
                .mapToObj(i ->
                        "{\"id\":\"" + (100 + i) + "\",\"uri\":\"s3://my-bucket-name/embeddings/2025/part-" + (1000 + i)
                                + "/\",\"status\":\"" + (i % 3 == 0 ? "Completed" : "InProgress") + "\","
                                + names.formatted(
                                        "2024-08-19T20:49:00.754Z",
                                        "2025-08-21T11:29:47.886797+00:00",
                                        i % 2 == 0 ? "42.2" : "100",
                                        recordsImported)
                                + ",\"error\":\"\"}")
                .collect(Collectors.joining(
                        ",", "{\"data\":[", "],\"pagination\":{\"next\":\"Tm90aGluZyB0byBzZWUgaGVyZQo=\"}}"));
        return items.getBytes(UTF_8);
    }
}
