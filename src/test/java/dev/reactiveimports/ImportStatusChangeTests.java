package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

class ImportStatusChangeTests {

    private static final ImportStatus PENDING = ImportStatus.PENDING;
    private static final ImportStatus RUNNING = ImportStatus.IN_PROGRESS;
    private static final ImportStatus COMPLETED = ImportStatus.COMPLETED;

    @Test
    void firstObservationIsAChangeFromNull() {
        ImportOperation seen = ImportOperation.of("1", PENDING);
        Flux.just(seen)
                .transform(ImportStatusChange::detect)
                .as(StepVerifier::create)
                .expectNext(new ImportStatusChange("1", null, PENDING, seen))
                .verifyComplete();
    }

    @Test
    void onlyChangesAreEmittedEachImportByItself() {
        Flux.just(of("1", PENDING), of("2", RUNNING), of("1", PENDING), progress("2", 50), of("1", RUNNING))
                .concatWith(Flux.just(of("2", COMPLETED), of("1", PENDING), of("2", COMPLETED)))
                .transform(ImportStatusChange::detect)
                .map(c -> c.id() + " " + c.from() + " " + c.to())
                .as(StepVerifier::create)
                .expectNext("1 null PENDING", "2 null IN_PROGRESS", "1 PENDING IN_PROGRESS")
                .expectNext("2 IN_PROGRESS COMPLETED", "1 IN_PROGRESS PENDING")
                .verifyComplete();
    }

    @Test
    void unknownStatusesOfDifferentTextAreChanges() {
        Flux.just(unknown("1", "Paused"), unknown("1", "Paused"), unknown("1", "Resting"), of("1", RUNNING))
                .transform(ImportStatusChange::detect)
                .map(c -> c.from() + " " + c.operation().statusText())
                .as(StepVerifier::create)
                .expectNext("null Paused", "UNKNOWN Resting", "UNKNOWN InProgress")
                .verifyComplete();
    }

    @Test
    void anUnknownStatusKnownFromBeforeEqualsAnyText() {
        Flux.just(unknown("1", "Paused"), unknown("1", "Resting"))
                .transform(ImportStatusChange.since(Map.of("1", ImportStatus.UNKNOWN)))
                .map(c -> c.operation().statusText())
                .as(StepVerifier::create)
                .expectNext("Resting")
                .verifyComplete();
    }

    @Test
    void sinceEmitsOnlyWhatChangedMeanwhile() {
        Map<String, ImportStatus> known = new HashMap<>(Map.of("1", PENDING, "2", RUNNING, "3", COMPLETED));
        var changes = ImportStatusChange.since(known);
        known.clear();
        Flux.just(of("1", RUNNING), of("2", RUNNING), of("3", COMPLETED), of("4", PENDING))
                .transform(changes)
                .map(c -> c.id() + " " + c.from() + " " + c.to())
                .as(StepVerifier::create)
                .expectNext("1 PENDING IN_PROGRESS", "4 null PENDING")
                .verifyComplete();
    }

    @Test
    void everySubscriptionStartsFromWhatWasKnown() {
        Flux<ImportStatusChange> changes =
                Flux.just(of("1", RUNNING)).transform(ImportStatusChange.since(Map.of("1", PENDING)));
        StepVerifier.create(changes).expectNextCount(1).verifyComplete();
        StepVerifier.create(changes).expectNextCount(1).verifyComplete();
    }

    @Test
    void demandIsPassedOnAndWhatIsDroppedIsReplaced() {
        TestPublisher<ImportOperation> source = TestPublisher.create();
        List<ImportStatusChange> seen = new ArrayList<>();
        BaseSubscriber<ImportStatusChange> subscriber = new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(org.reactivestreams.Subscription subscription) {}

            @Override
            protected void hookOnNext(ImportStatusChange value) {
                seen.add(value);
            }
        };
        source.flux().transform(ImportStatusChange::detect).subscribe(subscriber);
        source.assertMaxRequested(0);
        subscriber.request(2);
        source.assertMaxRequested(2);
        source.next(of("1", PENDING)).next(of("1", PENDING)).next(of("1", PENDING));
        source.next(of("1", RUNNING));
        assertThat(seen).extracting(ImportStatusChange::to).containsExactly(PENDING, RUNNING);
        subscriber.cancel();
        source.assertCancelled();
    }

    @Test
    void nullsInWhatWasKnownAreRejected() {
        Map<String, ImportStatus> known = new HashMap<>();
        known.put("1", null);
        assertThatThrownBy(() -> ImportStatusChange.since(known)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void changesChainFromOneStatusToTheNext() {
        assertChangesChain(List.of());
        Samples.check(200, samples -> assertChangesChain(samples.list(60, some -> some.between(0, 14))));
    }

    private static void assertChangesChain(List<Integer> draws) {
        List<ImportOperation> observations = draws.stream()
                .map(n -> of("" + n % 3, ImportStatus.values()[n / 3]))
                .toList();
        List<ImportStatusChange> changes = Flux.fromIterable(observations)
                .transform(ImportStatusChange::detect)
                .collectList()
                .block();
        Map<String, ImportStatus> at = new HashMap<>();
        for (ImportStatusChange change : changes) {
            assertThat(change.from())
                    .isEqualTo(at.put(change.id(), change.to()))
                    .isNotEqualTo(change.to());
        }
        Map<String, ImportStatus> ends = new HashMap<>();
        observations.forEach(o -> ends.put(o.id(), o.status()));
        assertThat(at).isEqualTo(ends);
    }

    @Test
    void anObservationWithoutChangeAllocatesNothing() {
        int rounds = 200_000;
        ImportOperation[] same = {of("1", RUNNING), of("2", PENDING), unknown("3", "Paused")};
        Flux<ImportStatusChange> changes =
                Flux.range(0, rounds).map(i -> same[i % 3]).transform(ImportStatusChange::detect);
        long best = Long.MAX_VALUE;
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int i = 0; i < 20; i++) {
            long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
            changes.blockLast();
            best = Math.min(
                    best, threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before);
        }
        // Flux.range boxes its numbers: 16 bytes each, unless the compiler sees that nobody keeps them
        assertThat(best).isLessThan(rounds * 17L);
    }

    private static ImportOperation of(String id, ImportStatus status) {
        return ImportOperation.of(id, status);
    }

    private static ImportOperation unknown(String id, String text) {
        return new ImportOperation(id, null, ImportStatus.UNKNOWN, text, null, null, 0, 0, null, null);
    }

    private static ImportOperation progress(String id, double percent) {
        return new ImportOperation(id, null, RUNNING, "InProgress", null, null, percent, 0, null, null);
    }
}
