package dev.reactiveimports;

import static dev.reactiveimports.WatchedService.answer;
import static dev.reactiveimports.WatchedService.running;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is known of the imports of one watch, and what ends one of them alone. */
class WatchEntriesTests {

    private static final long MEMORY_MILLIS = 30 * 60 * 1_000;

    private final WatchBench bench = new WatchBench(WatchKind.INDEX);
    private final List<ImportStatusChange> changes = new ArrayList<>();
    private WatchEntries imports = entries(WatchKind.INDEX);

    private WatchEntries entries(WatchKind kind) {
        return new WatchEntries(kind, bench.spec, bench.clock, new ImportsListener() {
            @Override
            public void onStatusChange(ImportStatusChange change) {
                changes.add(change);
            }
        });
    }

    @Test
    void whatTheListingShowsIsTakenUpOnce() {
        assertThat(discover("a")).isTrue();
        assertThat(discover("b")).isTrue();
        WatchEntry watched = imports.watched("a");
        assertThat(watched.slot).as("in the schedule").isNotNegative();
        assertThat(watched.order).isZero();
        assertThat(imports.watched("b").order).isEqualTo(1);
        end("a");
        assertThat(watched.slot).isEqualTo(WatchEntry.GONE);
        assertThat(imports.watched("a")).isNull();
        assertThat(imports.endedCount()).isEqualTo(1);
        assertThat(discover("a")).isFalse();
        assertThat(imports.size()).isEqualTo(1);
    }

    @Test
    void theListenerReceivesEachChangeOfStatusOnce() {
        discover("a");
        imports.observe(imports.watched("a"), running("a", 50), bench.now());
        end("a");
        assertThat(changes)
                .extracting(change -> change.to())
                .containsExactly(ImportStatus.IN_PROGRESS, ImportStatus.COMPLETED);
    }

    @Test
    void ofAWatchOfTheIndexNoImportEndsByFailures() {
        discover("a");
        for (int i = 0; i < 20; i++) {
            imports.failed(imports.watched("a"), answer(503));
        }
        assertThat(imports.failures()).isEmpty();
        assertThat(imports.size()).isEqualTo(1);
    }

    @Test
    void whatIsUnknownIsForgottenOnceAWalkThatBeganLaterDidNotShowIt() {
        discover("a");
        WatchEntry watched = imports.watched("a");
        imports.takeDue();
        imports.unknown(watched, answer(404));
        assertThat(watched.dueAt()).isEqualTo(bench.now() + 5_000);
        imports.wholeListingWalked();
        imports.unknown(watched, answer(404));
        assertThat(imports.watched("a")).as("that walk may have begun before").isSameAs(watched);
        imports.wholeListingWalked();
        imports.unknown(watched, new ImportsProtocolException("unreadable"));
        assertThat(imports.watched("a")).as("it exists").isSameAs(watched);
        imports.unknown(watched, answer(404));
        assertThat(imports.watched("a")).isNull();
        assertThat(watched.slot).isEqualTo(WatchEntry.GONE);
        assertThat(imports.soonest()).isEqualTo(Long.MAX_VALUE);
        assertThat(imports.outbox().isEmpty()).isFalse();
    }

    @Test
    void anUnknownImportIsLookedAtLessAndLess() {
        discover("a");
        WatchEntry watched = imports.watched("a");
        imports.takeDue();
        watched.slot = WatchEntry.SOUGHT;
        imports.unknown(watched, answer(404));
        assertThat(watched.slot).isNotNegative();
        assertThat(imports.soonest()).isEqualTo(bench.now() + 5_000);
    }

    @Test
    void endedIdsAgeByWalksThatAreHalfAnHourApart() {
        discover("a");
        end("a");
        for (int i = 0; i < 9; i++) {
            imports.wholeListingWalked();
        }
        bench.forward(MEMORY_MILLIS - 1);
        imports.wholeListingWalked();
        bench.forward(1);
        imports.wholeListingWalked();
        bench.forward(MEMORY_MILLIS - 1);
        imports.wholeListingWalked();
        bench.forward(1);
        imports.wholeListingWalked();
        assertThat(imports.endedCount()).as("two ages").isEqualTo(1);
        bench.forward(MEMORY_MILLIS);
        imports.wholeListingWalked();
        assertThat(imports.endedCount()).isZero();
    }

    @ParameterizedTest
    @EnumSource(
            names = {"IMPORTS", "OBSERVATIONS"},
            value = WatchKind.class)
    void aCallersIdEndsAloneByWhatTheServiceSaysOfIt(WatchKind kind) {
        imports = entries(kind);
        imports.join("a");
        WatchEntry watched = imports.watched("a");
        Throwable unknown = answer(404);
        imports.unknown(watched, unknown);
        imports.unknown(watched, unknown);
        imports.failed(watched, unknown);
        imports.join("a");
        assertThat(imports.isEmpty()).isTrue();
        assertThat(imports.endedCount()).isEqualTo(1);
        if (kind == WatchKind.IMPORTS) {
            assertThat(imports.failures()).containsExactly(unknown);
            assertThat(imports.outbox().isEmpty()).isTrue();
        } else {
            assertThat(imports.failures()).isEmpty();
            assertThat(imports.outbox().next()).isEqualTo(new ImportObservation.Failed("a", unknown));
        }
    }

    @Test
    void aHundredFailuresAreKept() {
        imports = entries(WatchKind.IMPORTS);
        for (int i = 0; i < 101; i++) {
            imports.join("a" + i);
            imports.unknown(imports.watched("a" + i), answer(404));
        }
        assertThat(imports.failures()).hasSize(100);
        assertThat(imports.endedCount()).isEqualTo(101);
    }

    @Test
    void theFifthFailureInARowEndsACallersId() {
        imports = entries(WatchKind.IMPORTS);
        imports.join("a");
        WatchEntry watched = imports.watched("a");
        for (int i = 1; i < 5; i++) {
            imports.failed(watched, answer(503));
            assertThat(imports.soonest()).isEqualTo(bench.now() + 5_000);
        }
        imports.failed(watched, answer(503));
        assertThat(imports.isEmpty()).isTrue();
    }

    @Test
    void thoseThatJoinSoonAfterOthersShareTheirNextLook() {
        imports.join("a");
        assertThat(imports.takeDue()).extracting(WatchEntry::id).containsExactly("a");
        assertThat(imports.takeDue()).isEmpty();
        imports.join("b");
        assertThat(imports.soonest()).isEqualTo(bench.now() + 2_000);
        bench.forward(2_000);
        assertThat(imports.takeDue()).extracting(WatchEntry::id).containsExactly("b");
    }

    @Test
    void whatIsDueSoonSharesTheLookUnlessThatWereTooEarly() {
        discover("a");
        bench.forward(1_250);
        discover("b");
        bench.forward(1);
        discover("c");
        bench.forward(2_498);
        assertThat(imports.takeDue()).as("none is due").isEmpty();
        bench.forward(1_251);
        assertThat(imports.takeDue()).extracting(WatchEntry::id).containsExactly("a", "b");
        assertThat(imports.soonest()).isEqualTo(imports.watched("c").dueAt());
    }

    @Test
    void anOlderLookCountsOnlyIfItShowsTheEnd() {
        discover("a");
        long begunAt = bench.now();
        bench.forward(10);
        WatchEntry watched = imports.watched("a");
        imports.observe(watched, running("a", 9), bench.now());
        imports.observe(watched, running("a", 5), begunAt);
        assertThat(watched.lastSeen()).isEqualTo(running("a", 9));
        imports.observe(watched, ImportOperation.of("a", ImportStatus.COMPLETED), begunAt);
        assertThat(imports.isEmpty()).isTrue();
        imports.observe(watched, running("a", 10), bench.now());
        imports.postpone(watched, 1);
        assertThat(imports.soonest()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void whatWaitsForItsDescribeIsNotDue() {
        imports.join("a");
        imports.queue(imports.watched("a"));
        assertThat(imports.takeDue()).isEmpty();
        assertThat(imports.watched("a").slot).isEqualTo(WatchEntry.QUEUED);
    }

    @Test
    void clearedItKeepsNothing() {
        discover("a");
        end("a");
        discover("b");
        imports.clear();
        assertThat(imports.size()).isZero();
        assertThat(imports.endedCount()).isZero();
        assertThat(imports.soonest()).isEqualTo(Long.MAX_VALUE);
        assertThat(imports.outbox().isEmpty()).isTrue();
    }

    private boolean discover(String id) {
        return imports.discover(running(id, 0), bench.now());
    }

    private void end(String id) {
        imports.observe(imports.watched(id), ImportOperation.of(id, ImportStatus.COMPLETED), bench.now());
    }
}
