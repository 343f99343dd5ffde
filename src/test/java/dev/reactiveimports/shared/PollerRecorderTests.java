package dev.reactiveimports.shared;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reactiveimports.ImportOperation;
import dev.reactiveimports.ImportStatus;
import dev.reactiveimports.PollSpec;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.util.retry.Retry;

class PollerRecorderTests {

    private final MemoryStore store = new MemoryStore(System::currentTimeMillis);
    private final SharedSettings settings = new SharedSettings(
            "imports",
            false,
            Duration.ofMinutes(1),
            Duration.ofDays(1),
            PollSpec.adaptive(),
            Retry.max(1),
            Schedulers.parallel(),
            () -> 0.5,
            SharedImportsListener.NONE);
    private final PollerRecorder recorder = new PollerRecorder(
            store,
            settings,
            SharedLease.acquire(store, settings, ImportsStore.POLLER, "a").block());

    private List<ImportStatus> record(ImportStatus... observed) {
        Mono<Void> recording = recorder.record(List.of(observed).stream()
                .map(status -> ImportOperation.of("a", status))
                .toList());
        recording.block();
        return store.read("imports", Cursor.START, 10).block().changes().stream()
                .map(row -> row.change().to())
                .toList();
    }

    @Test
    void ofSeveralObservationsTheLastIsRecorded() {
        assertThat(record(ImportStatus.PENDING, ImportStatus.IN_PROGRESS)).containsExactly(ImportStatus.IN_PROGRESS);
    }

    @Test
    void ofSeveralObservationsTheEndIsRecorded() {
        assertThat(record(ImportStatus.COMPLETED, ImportStatus.IN_PROGRESS)).containsExactly(ImportStatus.COMPLETED);
        assertThat(record(ImportStatus.IN_PROGRESS)).containsExactly(ImportStatus.COMPLETED);
    }

    @Test
    void whatIsKnownIsNotNews() {
        assertThat(recorder.isNews(ImportOperation.of("a", ImportStatus.PENDING)))
                .isTrue();
        record(ImportStatus.PENDING);
        assertThat(recorder.isNews(ImportOperation.of("a", ImportStatus.PENDING)))
                .isFalse();
        assertThat(recorder.isNews(ImportOperation.of("a", ImportStatus.IN_PROGRESS)))
                .isTrue();
    }
}
