package dev.reactiveimports;

import static dev.reactiveimports.WatchedService.answer;
import static dev.reactiveimports.WatchedService.ids;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;

/** How far one walk goes, and what a page that fails or does not come means for it. */
class WatchWalkTests {

    private final WatchBench bench = new WatchBench(WatchKind.IMPORTS);
    private final WatchBench index = new WatchBench(WatchKind.INDEX);

    @Test
    void itEndsWhenAllThatIsDueWasSeen() {
        bench.service.with(ids(0, 1_000));
        List<WatchEntry> due = bench.due("i5", "i150");
        WatchWalk walk = bench.walked(bench.walk(WatchWalk.Goal.DUE, new WatchPlan(9, due, List.of()), null));
        assertThat(walk.pages()).isEqualTo(2);
        assertThat(due).extracting(watched -> watched.page).containsExactly(1, 2);
        assertThat(walk.isAtEnd()).isFalse();
        assertThat(walk.tokenOfLastPage()).isEqualTo("100");
        assertThat(walk.beganAtFirstPage()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"1, 4", "2, 5"})
    void itGoesOnInVainForNoMorePagesThanItSeeks(int planned, int pages) {
        bench.service.with(ids(0, 1_000));
        List<WatchEntry> due = bench.due("x", "y", "z");
        WatchWalk walk = bench.walked(bench.walk(WatchWalk.Goal.DUE, new WatchPlan(planned, due, List.of()), null));
        assertThat(walk.pages()).isEqualTo(pages);
        assertThat(due).extracting(watched -> watched.page).containsOnly(WatchEntry.NOT_LISTED);
        assertThat(describedNow(bench)).containsExactlyInAnyOrder("x", "y", "z");
    }

    @Test
    void forOneItDoesNotGoBeyondWhatIsPlanned() {
        bench.service.with(ids(0, 1_000));
        List<WatchEntry> due = bench.due("i950");
        due.get(0).page = 3;
        WatchWalk walk = bench.walked(bench.walk(WatchWalk.Goal.DUE, new WatchPlan(3, due, List.of()), null));
        assertThat(walk.pages()).isEqualTo(3);
        assertThat(due.get(0).page).as("it moved on").isEqualTo(4);
    }

    @Test
    void itTakesUpWhatIsStillAhead() {
        bench.service.with(ids(0, 1_000));
        bench.service.listing = token -> token == null ? bench.service.page(null) : Mono.never();
        WatchWalk walk = bench.walk(WatchWalk.Goal.DUE, new WatchPlan(5, bench.due("a", "b"), List.of()), null);
        bench.proceed(walk, bench.now());
        assertThat(walk.pagesAhead()).isEqualTo(4);
        assertThat(walk.takesUp(at(1))).as("walked past").isFalse();
        assertThat(walk.takesUp(at(6))).as("beyond").isFalse();
        assertThat(walk.takesUp(at(WatchEntry.UNPLACED))).isFalse();
        assertThat(walk.takesUp(at(5))).isTrue();
        WatchEntry next = at(2);
        assertThat(walk.takesUp(next)).isTrue();
        assertThat(walk.takesUp(next)).as("twice").isFalse();
        assertThat(index.walk(WatchWalk.Goal.WHOLE).takesUp(at(WatchEntry.NOT_LISTED)))
                .isFalse();
    }

    private static WatchEntry at(int page) {
        WatchEntry watched = new WatchEntry("at" + page, 0, 0);
        watched.page = page;
        return watched;
    }

    @Test
    void theFrontIsWalkedAsLongAsAllIsNew() {
        index.service.with(ids(100, 400));
        index.walked(index.walk(WatchWalk.Goal.WHOLE));
        index.service.imports.clear();
        index.service.with(ids(400, 550)).with(ids(100, 400));
        WatchWalk front = index.walked(index.walk(WatchWalk.Goal.FRONT, new WatchPlan(1, List.of(), List.of()), null));
        assertThat(front.pages()).isEqualTo(2);
        WatchWalk again = index.walked(index.walk(WatchWalk.Goal.FRONT, new WatchPlan(1, List.of(), List.of()), null));
        assertThat(again.pages()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(
            names = {"DUE", "FRONT", "TAIL"},
            value = WatchWalk.Goal.class)
    void aPageThatFailsEndsTheWalkAlone(WatchWalk.Goal goal) {
        index.service.listing = token -> Mono.error(answer(503));
        WatchWalk walk = index.walk(goal, new WatchPlan(2, List.of(sought("a")), List.of()), null);
        index.proceed(walk, index.now());
        assertThat(walk.isEnded()).isTrue();
        assertThat(index.proceed(walk, index.now())).isEqualTo(Long.MAX_VALUE);
        assertThat(index.looks.listing().isUsable(index.now())).isFalse();
        assertThat(describedNow(index)).containsExactly("a");
        assertThat(index.looks.health().fatal()).isNull();
    }

    @Test
    void aWalkOfTheWholeListingAsksForThePageAgain() {
        index.service.with(ids(0, 250));
        index.service.listing = token -> "100".equals(token) ? Mono.error(answer(503)) : index.service.page(token);
        WatchWalk walk = index.walk(WatchWalk.Goal.WHOLE);
        index.proceed(walk, index.now());
        index.proceed(walk, index.now());
        assertThat(walk.isEnded()).isFalse();
        assertThat(walk.isStuck()).isTrue();
        assertThat(index.proceed(walk, index.now())).isEqualTo(index.now() + 5_000);
        assertThat(index.service.lists).hasValue(2);
        index.forward(5_000);
        assertThat(walk.isStuck()).isFalse();
        index.service.listing = index.service::page;
        index.walked(walk);
        assertThat(walk.pages()).isEqualTo(3);
        assertThat(index.service.lists).hasValue(4);
    }

    @Test
    void forWantOfAConnectionWhatItSoughtIsPostponed() {
        bench.service.listing = token -> Mono.error(ImportsTransportException.poolExhausted("none", null));
        WatchWalk walk = bench.walk(WatchWalk.Goal.DUE, new WatchPlan(1, bench.due("a", "b"), List.of()), null);
        bench.proceed(walk, bench.now());
        assertThat(walk.isEnded()).isTrue();
        assertThat(bench.imports.soonest()).isEqualTo(bench.now() + 5_000);
        assertThat(bench.looks.listing().isUsable(bench.now())).isTrue();
    }

    @Test
    void anExpiredTokenOrAnUnreadablePageSendsWhatItSoughtToBeDescribed() {
        bench.service.listing = token -> Mono.error(answer(400));
        bench.walked(bench.walk(WatchWalk.Goal.DUE, new WatchPlan(1, bench.due("a"), List.of()), "7"));
        assertThat(bench.looks.listing().isUsable(bench.now())).isTrue();
        bench.service.listing = token -> Mono.error(new ImportsProtocolException("unreadable"));
        bench.walked(bench.walk(WatchWalk.Goal.DUE, new WatchPlan(1, List.of(sought("b")), List.of()), null));
        assertThat(bench.looks.listing().isUsable(bench.now())).isFalse();
        assertThat(describedNow(bench)).containsExactlyInAnyOrder("a", "b");
        assertThat(bench.looks.health().fatal()).isNull();
    }

    @Test
    void aDefiniteFailureEndsTheWatch() {
        Throwable failure = answer(401);
        bench.service.listing = token -> Mono.error(failure);
        bench.walked(bench.walk(WatchWalk.Goal.DUE, new WatchPlan(1, bench.due("a"), List.of()), null));
        assertThat(bench.looks.health().fatal()).isSameAs(failure);
    }

    @Test
    void aListingThatRunsInACircleIsDescribedInstead() {
        bench.service.listing = token -> Mono.just(new ImportPage(List.of(), "again"));
        WatchWalk walk = bench.walked(
                bench.walk(WatchWalk.Goal.DUE, new WatchPlan(9, List.of(sought("a"), sought("b")), List.of()), null));
        assertThat(walk.pages()).isLessThan(9);
        assertThat(bench.looks.listing().isUsable(bench.now())).isFalse();
        assertThat(describedNow(bench)).containsExactly("b", "a");
    }

    @Test
    void aPageThatDoesNotComeHangsAfterItsPatience() {
        bench.service.listing = token -> Mono.never();
        WatchWalk walk = bench.walk(WatchWalk.Goal.DUE, new WatchPlan(1, bench.due("a"), List.of()), null);
        WatchWalk other = bench.walk(WatchWalk.Goal.DUE, new WatchPlan(1, List.of(), List.of()), null);
        long patience = bench.now() + 1_000;
        assertThat(bench.proceed(walk, bench.now())).isEqualTo(patience);
        assertThat(bench.proceed(walk, patience - 1)).isEqualTo(patience);
        assertThat(walk.isStuck()).isFalse();
        assertThat(bench.proceed(walk, patience)).isEqualTo(Long.MAX_VALUE);
        assertThat(walk.isStuck()).isTrue();
        assertThat(bench.proceed(walk, patience + 9)).isEqualTo(Long.MAX_VALUE);
        assertThat(other.isStuck()).isFalse();
        bench.looks.listing().hangs();
        assertThat(bench.looks.listing().isUsable(patience)).as("two hang").isFalse();
        walk.cancel();
        assertThat(walk.isStuck()).isFalse();
        assertThat(bench.looks.listing().isUsable(patience)).isTrue();
    }

    private static WatchEntry sought(String id) {
        WatchEntry watched = new WatchEntry(id, 0, 0);
        watched.slot = WatchEntry.SOUGHT;
        return watched;
    }

    private static List<String> describedNow(WatchBench of) {
        of.looks.describes().proceed(of.now());
        return of.service.described;
    }
}
