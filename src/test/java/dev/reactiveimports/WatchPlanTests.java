package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Counts what a round of looks costs, in listings of every size and order. */
class WatchPlanTests {

    private static final int ROUNDS = 40;

    @Property(tries = 25)
    void inAnyOrderWatchingCostsLittleMoreThanDescribingEach(
            @ForAll @IntRange(min = 1, max = 200) int watched,
            @ForAll @IntRange(max = 3000) int others,
            @ForAll @IntRange(max = 100) int hidden,
            @ForAll long seed) {
        List<Integer> costs = costs(watched, 0, others, hidden, new Random(seed));
        assertThat(costs.get(0)).as("first round").isLessThanOrEqualTo(2 * watched + 1);
        assertThat(costs.stream().mapToInt(cost -> cost).sum())
                .as("%s", costs)
                .isLessThanOrEqualTo((int) (1.25 * watched * ROUNDS) + 2 * watched + ROUNDS);
    }

    /** Found one by one, each the more: the walk must not go on for what is left as if nothing had been spent. */
    @Property(tries = 25)
    void aFirstLookForScatteredImportsCostsNoMoreThanTwiceDescribingEach(
            @ForAll @IntRange(min = 1, max = 60) int watched, @ForAll long seed) {
        assertThat(costs(watched, 0, 100 * watched, 0, new Random(seed)).get(0)).isLessThanOrEqualTo(2 * watched + 1);
    }

    @Property(tries = 25)
    void inASteadyOrderWatchingCostsTheCheaperOfPagesAndDescribes(
            @ForAll @IntRange(min = 2, max = 300) int watched,
            @ForAll @IntRange(max = 4000) int before,
            @ForAll @IntRange(max = 1000) int after) {
        List<Integer> costs = costs(watched, before, after, 0, null);
        int pages = (before + watched + 99) / 100;
        int cheapest = Math.min(pages, watched);
        assertThat(costs.stream().mapToInt(cost -> cost).sum())
                .as("%s", costs)
                .isLessThanOrEqualTo((int) (1.2 * cheapest * ROUNDS) + watched + cheapest);
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
