package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Counts what a round of looks costs, in listings of every size and order. */
class WatchPlanTests {

    private static final int ROUNDS = 40;
    private static final int UNPLACED = WatchEntry.UNPLACED;
    private static final int NOT_LISTED = WatchEntry.NOT_LISTED;

    private final WatchListing listing = new WatchListing(PollSpec.adaptive());

    @Tag("large")
    @Test
    void inAnyOrderWatchingCostsLittleMoreThanDescribingEach() {
        assertCostsLittleMoreThanDescribing(1, 0, 0, 0);
        assertCostsLittleMoreThanDescribing(200, 3000, 100, 0);
        assertCostsLittleMoreThanDescribing(5, 696, 4, 0);
        assertCostsLittleMoreThanDescribing(7, 994, 5, 2);
        Samples.check(
                25,
                samples -> assertCostsLittleMoreThanDescribing(
                        samples.between(1, 200), samples.between(0, 3000), samples.between(0, 100), samples.anyLong()));
    }

    private static void assertCostsLittleMoreThanDescribing(int watched, int others, int hidden, long seed) {
        List<Integer> costs = costs(watched, 0, others, hidden, new Random(seed));
        assertThat(costs.get(0)).as("first round").isLessThanOrEqualTo(2 * watched + 1);
        assertThat(costs.stream().mapToInt(cost -> cost).sum())
                .as("%s", costs)
                .isLessThanOrEqualTo((int) (1.25 * watched * ROUNDS) + 2 * watched + ROUNDS);
    }

    /** Found one by one, each the more: the walk must not go on for what is left as if nothing had been spent. */
    @Tag("large")
    @Test
    void aFirstLookForScatteredImportsCostsNoMoreThanTwiceDescribingEach() {
        assertFirstLookIsCheap(1, 0);
        assertFirstLookIsCheap(60, 0);
        Samples.check(25, samples -> assertFirstLookIsCheap(samples.between(1, 60), samples.anyLong()));
    }

    private static void assertFirstLookIsCheap(int watched, long seed) {
        assertThat(costs(watched, 0, 100 * watched, 0, new Random(seed)).get(0)).isLessThanOrEqualTo(2 * watched + 1);
    }

    @Tag("large")
    @Test
    void inASteadyOrderWatchingCostsTheCheaperOfPagesAndDescribes() {
        assertCostsTheCheaper(2, 0, 0);
        assertCostsTheCheaper(300, 4000, 1000);
        Samples.check(
                25,
                samples -> assertCostsTheCheaper(
                        samples.between(2, 300), samples.between(0, 4000), samples.between(0, 1000)));
    }

    private static void assertCostsTheCheaper(int watched, int before, int after) {
        List<Integer> costs = costs(watched, before, after, 0, null);
        int pages = (before + watched + 99) / 100;
        int cheapest = Math.min(pages, watched);
        assertThat(costs.stream().mapToInt(cost -> cost).sum())
                .as("%s", costs)
                .isLessThanOrEqualTo((int) (1.2 * cheapest * ROUNDS) + watched + cheapest);
    }

    @Test
    void oneWhosePlaceIsNotKnownIsDescribed() {
        WatchPlan plan = plan(0, UNPLACED);
        assertThat(plan.walks()).isFalse();
        assertThat(plan.alone()).hasSize(1);
    }

    @Test
    void severalWhosePlacesAreNotKnownAreLookedForTogether() {
        WatchPlan plan = plan(0, UNPLACED, UNPLACED);
        assertThat(plan.walks()).isTrue();
        assertThat(plan.pages()).isZero();
        assertThat(places(plan.sought())).containsExactly(UNPLACED, UNPLACED);
        assertThat(plan.alone()).isEmpty();
    }

    @Test
    void aPageIsWalkedForTwoButNotForOne() {
        assertThat(plan(0, 1).walks()).isFalse();
        assertThat(plan(0, 1, 1).pages()).isEqualTo(1);
        assertThat(plan(0, 2, 2).walks()).as("two pages for two").isFalse();
        assertThat(plan(0, 2, 2, 2).pages()).isEqualTo(2);
    }

    @Test
    void theWalkEndsWhereFurtherPagesCostMoreThanTheySave() {
        WatchPlan plan = plan(0, 50, 1, NOT_LISTED, 1, UNPLACED, 2, 2);
        assertThat(plan.pages()).isEqualTo(2);
        assertThat(places(plan.sought())).containsExactly(1, 1, 2, 2, UNPLACED);
        assertThat(places(plan.alone())).containsExactly(50, NOT_LISTED);
    }

    @Test
    void pagesThatAreWalkedAnywayCostNothing() {
        WatchPlan plan = plan(3, 2, 4);
        assertThat(plan.pages()).isEqualTo(3);
        assertThat(places(plan.sought())).containsExactly(2);
        assertThat(places(plan.alone())).containsExactly(4);
        assertThat(plan(3, 2, 4, 4).pages()).isEqualTo(4);
        assertThat(plan(1, 1).pages()).isEqualTo(1);
        assertThat(plan(1, UNPLACED).alone()).isEmpty();
    }

    @Test
    void aWalkOfTheWholeListingLooksForAll() {
        WatchPlan plan = WatchPlan.wholeListing(List.of(new WatchEntry("i", 0, 0)));
        assertThat(plan.walks()).isTrue();
        assertThat(plan.sought()).hasSize(1);
        assertThat(plan.alone()).isEmpty();
    }

    @Test
    void whatIsNotListedIsLookedForOnceDescribingItHasCostMore() {
        int searches = 0;
        for (int round = 0; round < 30; round++) {
            searches += plan(0, NOT_LISTED, NOT_LISTED).walks() ? 1 : 0;
        }
        assertThat(searches).as("two are saved up in 7 rounds").isEqualTo(3);
    }

    @Test
    void oneAloneIsNeverLookedForInTheListing() {
        for (int round = 0; round < 30; round++) {
            assertThat(plan(0, NOT_LISTED).walks()).isFalse();
        }
        assertThat(plan(0, NOT_LISTED, NOT_LISTED).walks())
                .as("but was saved up for")
                .isTrue();
    }

    private WatchPlan plan(int free, int... places) {
        List<WatchEntry> due = new ArrayList<>();
        for (int place : places) {
            WatchEntry watched = new WatchEntry("i" + due.size(), due.size(), 0);
            watched.page = place;
            due.add(watched);
        }
        return WatchPlan.of(due, listing, free);
    }

    private static List<Integer> places(List<WatchEntry> some) {
        return some.stream().map(watched -> watched.page).toList();
    }

    private static List<Integer> costs(int watched, int before, int after, int hidden, Random shuffle) {
        WatchClock time = new WatchClock();
        WatchedService service = new WatchedService();
        service.shuffle = shuffle;
        service.with(WatchedService.ids(10_000, 10_000 + before));
        List<String> ids = WatchedService.ids(0, watched);
        service.with(ids).with(WatchedService.ids(20_000, 20_000 + after));
        Set<String> unlisted = new HashSet<>(ids.subList(0, Math.min(hidden, watched)));
        service.listing = token -> service.page(token)
                .map(page -> new ImportPage(
                        page.items().stream()
                                .filter(one -> !unlisted.contains(one.id()))
                                .toList(),
                        page.nextToken()));
        List<Integer> costs = new ArrayList<>();
        service.watch(PollSpec.fixedInterval(Duration.ofSeconds(5)).scheduler(time), new ImportsListener() {
                    @Override
                    public void onPoll(Poll poll) {
                        costs.add(poll.requests());
                    }
                })
                .watchImports(Flux.fromIterable(ids).concatWith(Mono.never()))
                .subscribe();
        time.forward(Duration.ofSeconds(5 * (ROUNDS - 1)));
        assertThat(costs).hasSize(ROUNDS);
        return costs;
    }
}
