package dev.reactiveimports;

import java.util.ArrayList;
import java.util.List;

/**
 * How to look at imports that are due together for the fewest requests. A page costs one request and saves one for each import
 * it shows that would be described otherwise. Where an import was seen last is where it is looked for; no order is assumed, and
 * what proves wrong costs no more than describing would have.
 *
 * @param pages how many pages to walk, at the least, from the first; 0 for no walk
 * @param sought what the walk looks for; it may go on for them while that costs less than describing them
 * @param alone what to describe
 */
record WatchPlan(int pages, List<WatchEntry> sought, List<WatchEntry> alone) {

    /** Looks for all of them in the listing, which is walked anyway. */
    static WatchPlan wholeListing(List<WatchEntry> due) {
        return new WatchPlan(Integer.MAX_VALUE, due, List.of());
    }

    /**
     * The cheapest way by what was learned.
     *
     * @param free pages that are walked anyway
     */
    static WatchPlan of(List<WatchEntry> due, WatchListing listing, int free) {
        int pages = cheapestDepth(due, free);
        List<WatchEntry> sought = new ArrayList<>();
        List<WatchEntry> unplaced = new ArrayList<>();
        List<WatchEntry> alone = new ArrayList<>();
        for (WatchEntry watched : due) {
            if (watched.page == WatchEntry.UNPLACED) {
                unplaced.add(watched);
            } else {
                (watched.page <= pages ? sought : alone).add(watched);
            }
        }
        if (alone.size() > 1 && listing.affordsSearchFor(alone.size())) {
            listing.searched();
            unplaced.addAll(alone);
            alone.clear();
        }
        listing.describedUnplaced(alone.size());
        // for one, a page costs as much as its describe, and may not show it
        (pages > 0 || unplaced.size() > 1 ? sought : alone).addAll(unplaced);
        return new WatchPlan(pages, sought, alone);
    }

    private static int cheapestDepth(List<WatchEntry> due, int free) {
        int[] places = due.stream()
                .mapToInt(watched -> watched.page)
                .filter(page -> page != WatchEntry.UNPLACED && page != WatchEntry.NOT_LISTED)
                .sorted()
                .toArray();
        int best = free;
        int leastCost = Integer.MAX_VALUE;
        for (int seen = 0; seen <= places.length; seen++) {
            int page = seen == 0 ? free : places[seen - 1];
            int cost = Math.max(0, page - free) + places.length - seen;
            if (cost < leastCost) {
                leastCost = cost;
                best = Math.max(free, page);
            }
        }
        return best;
    }

    boolean walks() {
        return pages > 0 || !sought.isEmpty();
    }
}
