package dev.reactiveimports.testing;

import static dev.reactiveimports.testing.SimulatorProbe.encoded;
import static dev.reactiveimports.testing.SimulatorProbe.ids;
import static dev.reactiveimports.testing.SimulatorProbe.next;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import dev.reactiveimports.ImportOperation;
import dev.reactiveimports.ImportStatus;
import dev.reactiveimports.testing.SimulatedIndex.Page;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.test.scheduler.VirtualTimeScheduler;

class SimulatedIndexTests {

    private final VirtualTimeScheduler clock = VirtualTimeScheduler.create();
    private final ImportsSimulator simulator = ImportsSimulator.builder()
            .clock(clock)
            .importDuration(ofSeconds(100))
            .build();
    private final SimulatorProbe probe = new SimulatorProbe(simulator);
    private final SimulatedIndex index = new SimulatedIndex(Instant.EPOCH);

    @AfterEach
    void close() {
        simulator.close();
        clock.dispose();
    }

    @Test
    void anImportLivesByTheClock() {
        clock.advanceTimeBy(ofSeconds(5));
        String id = probe.started("s3://bucket/a");
        assertThat(id).isEqualTo("1");
        String born = "{\"id\":\"1\",\"uri\":\"s3://bucket/a\",\"status\":\"";
        String at = "\",\"createdAt\":\"1970-01-01T00:00:05Z\",\"percentComplete\":";
        assertThat(described(id)).isEqualTo(born + "Pending" + at + "0.0,\"recordsImported\":0}");
        clock.advanceTimeBy(ofSeconds(9));
        assertThat(described(id)).isEqualTo(born + "Pending" + at + "0.0,\"recordsImported\":0}");
        clock.advanceTimeBy(ofSeconds(1));
        assertThat(described(id)).isEqualTo(born + "InProgress" + at + "0.0,\"recordsImported\":0}");
        clock.advanceTimeBy(ofSeconds(40));
        assertThat(described(id)).isEqualTo(born + "InProgress" + at + "50.0,\"recordsImported\":500000}");
        clock.advanceTimeBy(ofSeconds(41));
        assertThat(described(id)).isEqualTo(born + "InProgress" + at + "100.0,\"recordsImported\":1000000}");
        clock.advanceTimeBy(Duration.ofMillis(8_999));
        assertThat(described(id)).startsWith(born + "InProgress");
        clock.advanceTimeBy(Duration.ofMillis(1));
        String completed = born + "Completed\",\"createdAt\":\"1970-01-01T00:00:05Z\","
                + "\"finishedAt\":\"1970-01-01T00:01:45Z\",\"percentComplete\":100.0,\"recordsImported\":1000000}";
        assertThat(described(id)).isEqualTo(completed);
        clock.advanceTimeBy(Duration.ofDays(30));
        assertThat(described(id)).isEqualTo(completed);
        assertThat(probe.get("/bulk/imports").body()).isEqualTo("{\"data\":[" + completed + "]}");
    }

    @Test
    void progressOnlyRises() {
        index.start("s3://b/a", ofSeconds(100), Instant.EPOCH);
        List<Double> percents = IntStream.rangeClosed(0, 120)
                .mapToObj(second -> index.describe("1", Instant.ofEpochSecond(second)))
                .map(ImportOperation::percentComplete)
                .toList();
        assertThat(percents).isSorted().startsWith(0.0).endsWith(100.0);
        assertThat(percents.get(30)).isCloseTo(25, within(1e-9));
    }

    @Test
    void aUriWithFailInItsPathFailsAtHalfTime() {
        String id = probe.started("s3://bucket/to-fail/a");
        clock.advanceTimeBy(ofSeconds(49));
        assertThat(described(id)).contains("\"status\":\"InProgress\"").doesNotContain("error");
        clock.advanceTimeBy(ofSeconds(1));
        assertThat(described(id))
                .contains("\"status\":\"Failed\"", "\"finishedAt\":\"1970-01-01T00:00:50Z\"")
                .contains("\"percentComplete\":50.0,\"recordsImported\":500000")
                .contains("\"error\":\"User error: The namespace \\\"simulated\\\" already exists."
                        + " Imports are only allowed into nonexistent namespaces.\"");
        assertThat(probe.delete("/bulk/imports/" + id).statusCode()).isEqualTo(200);
        assertThat(described(id)).contains("\"status\":\"Failed\"");
    }

    @Test
    void aBucketNamedFailDoesNot() {
        for (String uri : List.of("s3://failover", "s3://failover/a", "https://fail.blob.core.windows.net/a")) {
            String id = index.start(uri, ofSeconds(1), Instant.EPOCH);
            assertThat(index.describe(id, Instant.MAX.minusSeconds(1)))
                    .extracting(ImportOperation::status)
                    .isEqualTo(ImportStatus.COMPLETED);
        }
    }

    @Test
    void withoutDurationAnImportEndsAtOnce() {
        index.start("s3://b/a", Duration.ZERO, Instant.EPOCH);
        index.start("s3://b/fail", Duration.ZERO, Instant.EPOCH);
        assertThat(index.page(null, 9, Instant.EPOCH).items())
                .extracting(ImportOperation::status, ImportOperation::finishedAt)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(ImportStatus.FAILED, Instant.EPOCH),
                        org.assertj.core.groups.Tuple.tuple(ImportStatus.COMPLETED, Instant.EPOCH));
    }

    @Test
    void cancelEndsWhatHasNotEndedAndKeepsWhatWasImported() {
        String id = probe.started("s3://bucket/a");
        clock.advanceTimeBy(ofSeconds(50));
        HttpResponse<String> response = probe.delete("/bulk/imports/" + id);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("{}");
        String cancelled = "{\"id\":\"1\",\"uri\":\"s3://bucket/a\",\"status\":\"Cancelled\","
                + "\"createdAt\":\"1970-01-01T00:00:00Z\",\"finishedAt\":\"1970-01-01T00:00:50Z\","
                + "\"percentComplete\":50.0,\"recordsImported\":500000}";
        assertThat(described(id)).isEqualTo(cancelled);
        clock.advanceTimeBy(ofSeconds(100));
        assertThat(probe.delete("/bulk/imports/" + id).statusCode()).isEqualTo(200);
        assertThat(described(id)).isEqualTo(cancelled);
    }

    @Test
    void cancelChangesNothingOfAFinishedOne() {
        simulator.add(1);
        String before = described("1");
        assertThat(before).contains("\"status\":\"Completed\"");
        assertThat(probe.delete("/bulk/imports/1").body()).isEqualTo("{}");
        assertThat(described("1")).isEqualTo(before);
    }

    @Test
    void anAddedImportIsSteppedByHand() {
        simulator.add(2);
        assertThat(simulator.add(ImportOperation.of("x", ImportStatus.PENDING))).isEqualTo("x");
        simulator.add(1);
        clock.advanceTimeBy(Duration.ofDays(1));
        assertThat(described("x")).contains("\"status\":\"Pending\"");
        simulator.add(ImportOperation.of("x", ImportStatus.IN_PROGRESS));
        assertThat(described("x")).contains("\"status\":\"InProgress\"");
        simulator.add(ImportOperation.of("2", ImportStatus.FAILED));
        assertThat(described("2")).contains("\"status\":\"Failed\"");
        assertThat(ids(probe.get("/bulk/imports"))).containsExactly("4", "x", "2", "1");
        probe.delete("/bulk/imports/x");
        assertThat(described("x")).contains("\"status\":\"Cancelled\"");
    }

    @Test
    void idsCountOnFromTheHighestNumberAndNeverMeet() {
        assertThat(List.of(
                        index.add(ImportOperation.of("101", ImportStatus.PENDING)),
                        index.start("s3://b/a", ofSeconds(1), Instant.EPOCH),
                        index.add(ImportOperation.of("7", ImportStatus.PENDING)),
                        index.add(ImportOperation.of("99999999999999999999", ImportStatus.PENDING)),
                        index.start("s3://b/a", ofSeconds(1), Instant.EPOCH)))
                .containsExactly("101", "102", "7", "99999999999999999999", "105");
        index.addPast(3);
        assertThat(index.page(null, 100, Instant.EPOCH).items())
                .extracting(ImportOperation::id)
                .containsExactly("108", "107", "106", "105", "99999999999999999999", "7", "102", "101");
        assertThat(index.describe("103", Instant.EPOCH)).isNull();
        assertThat(index.describe("1", Instant.EPOCH)).isNull();
    }

    @Test
    void pagesAreNewestFirstAndTheLastHasNoToken() {
        simulator.add(250);
        HttpResponse<String> first = probe.get("/bulk/imports");
        assertThat(ids(first)).hasSize(100).startsWith("250", "249").endsWith("151");
        HttpResponse<String> second = probe.get("/bulk/imports?paginationToken=" + encoded(next(first)));
        assertThat(ids(second)).hasSize(100).startsWith("150").endsWith("51");
        HttpResponse<String> third = probe.get("/bulk/imports?limit=50&paginationToken=" + encoded(next(second)));
        assertThat(ids(third)).hasSize(50).startsWith("50").endsWith("1");
        assertThat(third.body()).doesNotContain("pagination");
    }

    @Test
    void anEmptyIndexHasOneEmptyPage() {
        assertThat(probe.get("/bulk/imports").body()).isEqualTo("{\"data\":[]}");
    }

    @Test
    void aWalkMissesAndRepeatsNothingWhileImportsAreAdded() {
        simulator.add(10);
        List<String> seen = new ArrayList<>();
        String token = "";
        do {
            HttpResponse<String> page = probe.get("/bulk/imports?limit=3&paginationToken=" + encoded(token));
            seen.addAll(ids(page));
            token = next(page);
            probe.started("s3://bucket/new");
            simulator.add(2);
        } while (!token.isEmpty());
        assertThat(seen).containsExactly("10", "9", "8", "7", "6", "5", "4", "3", "2", "1");
    }

    @Test
    void aTokenStaysGoodWhenItsImportIsReplaced() {
        simulator.add(4);
        String token = next(probe.get("/bulk/imports?limit=2"));
        simulator.add(ImportOperation.of("3", ImportStatus.FAILED));
        assertThat(ids(probe.get("/bulk/imports?paginationToken=" + encoded(token))))
                .containsExactly("2", "1");
    }

    @Test
    void aMillionImportsCostNoMoreThanAPage() {
        index.addPast(1_000_000_000);
        index.addPast(100_000);
        List<Integer> sizes = new ArrayList<>();
        assertTimeout(ofSeconds(10), () -> {
            Long below = null;
            for (int i = 0; i < 1_500; i++) {
                Page page = index.page(below, 100, Instant.EPOCH);
                sizes.add(page.items().size());
                below = page.next();
            }
            assertThat(below).isEqualTo(1_000_000_000 + 100_000 - 150_000 + 1);
        });
        assertThat(sizes).hasSize(1_500).containsOnly(100);
    }

    @Test
    void pastImportsCameOneAfterTheOther() {
        index.addPast(2);
        index.addPast(1);
        List<ImportOperation> items = index.page(null, 3, Instant.EPOCH).items();
        assertThat(items).extracting(ImportOperation::createdAt).isSortedAccordingTo((a, b) -> b.compareTo(a));
        assertThat(items).allSatisfy(item -> {
            assertThat(item.finishedAt()).isBefore(Instant.EPOCH);
            assertThat(item.uri()).isEqualTo("s3://simulated/past/" + item.id());
        });
    }

    @Test
    void aNegativeNumberOfImportsIsRejected() {
        assertThatIllegalArgumentException().isThrownBy(() -> simulator.add(-1)).withMessageContaining("howMany");
        assertThat(simulator.add(0)).isSameAs(simulator);
    }

    private String described(String id) {
        return probe.get("/bulk/imports/" + id).body();
    }
}
