package dev.reactiveimports;

import static dev.reactiveimports.WatchedService.answer;
import static dev.reactiveimports.WatchedService.ids;
import static dev.reactiveimports.WatchedService.running;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** How many describes are under way, and what each outcome means for its import and for the watch. */
class WatchDescribesTests {

    private static final ImportsListener.Poll ONE_REQUEST = new ImportsListener.Poll(1, 1);

    private final WatchBench bench = new WatchBench(WatchKind.IMPORTS);
    private final WatchDescribes describes = bench.looks.describes();
    private final Map<String, Sinks.One<ImportOperation>> responses = new HashMap<>();

    @Test
    void eightAreUnderWayAndThoseThatHangLetOthersBegin() {
        neverRespond();
        add(50);
        for (int begun = 8; begun < 40; begun += 8) {
            assertThat(proceed()).isEqualTo(bench.now() + 2_000);
            bench.forward(1_999);
            assertThat(proceed()).isEqualTo(bench.now() + 1);
            assertThat(bench.service.described).hasSize(begun);
            bench.forward(1);
        }
        assertThat(proceed()).isEqualTo(Long.MAX_VALUE);
        bench.forward(60_000);
        assertThat(proceed()).isEqualTo(Long.MAX_VALUE);
        assertThat(bench.service.described).hasSize(WatchDescribes.MAX_IN_FLIGHT);
    }

    @Test
    void withNothingQueuedThereIsNothingToComeBackFor() {
        neverRespond();
        add(8);
        assertThat(proceed()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void patienceFollowsHowLongDescribesTake() {
        respondByHand();
        add(20);
        long start = bench.now();
        proceed();
        respondAfter(1_000, 0);
        assertThat(proceed()).isEqualTo(start + 4_000);
        respondAfter(1_000, 1);
        assertThat(proceed()).isEqualTo(start + 4_800);
    }

    @Test
    void patienceEndsAfterTenSeconds() {
        respondByHand();
        add(20);
        proceed();
        respondAfter(20_000, 0);
        bench.service.described.clear();
        assertThat(proceed()).as("seven hang, eight are young").isEqualTo(bench.now() + 10_000);
        assertThat(bench.service.described).hasSize(8);
    }

    private void respondAfter(long millis, int which) {
        bench.forward(millis);
        String id = bench.service.described.get(which);
        responses.get(id).tryEmitValue(running(id, 1));
    }

    @Test
    void thoseThatWereNeverObservedGoFirst() {
        neverRespond();
        List<WatchEntry> due = bench.due("a", "b", "c");
        bench.imports.observe(due.get(0), running("a", 0), bench.now());
        describes.add(due, bench.round());
        proceed();
        assertThat(bench.service.described).containsExactly("c", "b", "a");
        assertThat(due).extracting(watched -> watched.slot).containsOnly(WatchEntry.LOOKED_AT);
    }

    @Test
    void whatWasSeenMeanwhileIsNotDescribed() {
        bench.service.with(ids(0, 1));
        List<WatchEntry> due = bench.due("x", "i0");
        describes.add(due, bench.round());
        due.get(0).slot = WatchEntry.SOUGHT;
        proceed();
        assertThat(bench.service.described).containsExactly("i0");
        assertThat(bench.rounds).containsExactly(ONE_REQUEST);
        assertThat(due.get(1).slot).isNotNegative();
    }

    @Test
    void cancelledItAsksForNothingMore() {
        List<String> cancelled = new ArrayList<>();
        bench.service.describing = id -> Mono.<ImportOperation>never().doOnCancel(() -> cancelled.add(id));
        add(10);
        proceed();
        describes.cancel();
        assertThat(cancelled).hasSize(8);
        bench.forward(60_000);
        assertThat(proceed()).isEqualTo(Long.MAX_VALUE);
        assertThat(bench.service.described).hasSize(8);
    }

    @Test
    void anObservationShowsThatTheServiceResponds() {
        bench.service.with(ids(0, 1));
        assertThat(isHealthyAfter("i0")).isTrue();
    }

    @Test
    void anExpectedFailureSaysNothing() {
        assertThat(isHealthyAfter("fresh")).isTrue();
        assertThat(bench.imports.failures()).isEmpty();
        assertThat(bench.imports.soonest()).isEqualTo(bench.now() + 5_000);
    }

    @Test
    void anUnknownImportEndsAloneThoughTheServiceResponds() {
        assertThat(isHealthyAfter("unknown")).isTrue();
        assertThat(bench.imports.failures()).hasSize(1);
        assertThat(bench.looks.health().fatal()).isNull();
    }

    @Test
    void whatWasNotSentIsPostponed() {
        bench.service.describing = id -> Mono.error(ImportsTransportException.poolExhausted("none", null));
        assertThat(isHealthyAfter("a")).as("it says nothing of the service").isFalse();
        assertThat(bench.imports.soonest()).isEqualTo(bench.now() + 5_000);
    }

    @Test
    void eightTransientFailuresAreAnOutage() {
        bench.service.describing = id -> Mono.error(answer(503));
        add(8);
        proceed();
        assertThat(bench.looks.health().pausedUntil()).isEqualTo(bench.now() + 5_000);
        assertThat(bench.imports.soonest()).isEqualTo(bench.now() + 5_000);
        assertThat(bench.rounds).containsExactly(new ImportsListener.Poll(1, 8));
    }

    @Test
    void aDefiniteFailureEndsTheWatch() {
        Throwable failure = answer(401);
        bench.service.describing = id -> Mono.error(failure);
        add(1);
        proceed();
        assertThat(bench.looks.health().fatal()).isSameAs(failure);
        assertThat(bench.rounds).containsExactly(ONE_REQUEST);
    }

    /** Whether the seven failures before the describe no longer count. */
    private boolean isHealthyAfter(String id) {
        bench.due(ids(10, 30).toArray(String[]::new));
        List<WatchEntry> due = List.of(bench.dueLater(id));
        for (int i = 0; i < 7; i++) {
            bench.looks.health().failed(i, answer(503), bench.now());
        }
        describes.add(due, bench.round());
        proceed();
        bench.looks.health().failed(8, answer(503), bench.now());
        return bench.looks.health().pausedUntil() == Long.MIN_VALUE;
    }

    private void neverRespond() {
        bench.service.describing = id -> Mono.never();
    }

    private void respondByHand() {
        bench.service.describing =
                id -> responses.computeIfAbsent(id, any -> Sinks.one()).asMono();
    }

    private void add(int some) {
        describes.add(bench.due(ids(0, some).toArray(String[]::new)), bench.round());
    }

    private long proceed() {
        return bench.describe();
    }
}
