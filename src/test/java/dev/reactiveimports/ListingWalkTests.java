package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Counts what walks and the describes after them cost, in listings of every size and order. */
class ListingWalkTests {

    @Property(tries = 300)
    void aTickNeverCostsMoreThanHalfAsMuchAgainAsDescribingEach(
            @ForAll @IntRange(min = 1, max = 300) int due,
            @ForAll @IntRange(max = 3000) int others,
            @ForAll @IntRange(max = 100) int hidden,
            @ForAll long seed) {
        Random random = new Random(seed);
        List<WatchedImport> watched = watched(due);
        List<WatchedImport> listing = new ArrayList<>(watched.subList(0, Math.max(0, due - hidden)));
        for (int i = 0; i < others; i++) {
            listing.add(new WatchedImport("other" + i, 0));
        }
        for (int tick = 1; tick < 20; tick++) {
            Collections.shuffle(listing, random);
            assertThat(cost(watched, listing, tick % 16 == 0)).isLessThanOrEqualTo(due + Math.max(1, due / 2));
        }
    }

    @Property(tries = 200)
    void whatIsListedTogetherIsSoonSeenForTheLeastPossibleCost(
            @ForAll @IntRange(min = 2, max = 500) int due, @ForAll @IntRange(max = 3000) int others) {
        List<WatchedImport> watched = watched(due);
        List<WatchedImport> listing = new ArrayList<>(watched);
        for (int i = 0; i < others; i++) {
            listing.add(new WatchedImport("other" + i, 0));
        }
        cost(watched, listing, false);
        assertThat(cost(watched, listing, false)).isLessThanOrEqualTo((due + 99) / 100 + 1);
    }

    private static List<WatchedImport> watched(int count) {
        List<WatchedImport> watched = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            watched.add(new WatchedImport("i" + i, 0));
        }
        return watched;
    }

    private static int cost(List<WatchedImport> due, List<WatchedImport> listing, boolean explore) {
        ListingWalk walk = new ListingWalk(due, explore);
        Set<WatchedImport> missing = new HashSet<>(due);
        Set<WatchedImport> known = Set.copyOf(due);
        int at = 0;
        int pages = 0;
        while (walk.goesOn()) {
            walk.beginPage();
            int to = Math.min(listing.size(), at + 100);
            for (WatchedImport shown : listing.subList(at, to)) {
                if (known.contains(shown)) {
                    walk.shows(shown, missing.remove(shown));
                }
            }
            at = to;
            pages++;
            walk.endPage(at < listing.size());
        }
        walk.end();
        return pages + missing.size();
    }
}
