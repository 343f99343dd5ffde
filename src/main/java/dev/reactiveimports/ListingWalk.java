package dev.reactiveimports;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * Decides how far one tick walks the listing. A page costs one request and saves one for each import it shows that would be
 * described otherwise. Where an import was seen last is where it is looked for; no order is assumed, so that what proves
 * wrong is only counted:
 *
 * <ul>
 *   <li>the plan is the number of pages that, with describing the rest, costs least if all are where they were
 *   <li>beyond it the walk goes on while it looks for two imports or more and finds some
 *   <li>pages that saved nothing are at most half as many as the imports that are due, and one at least
 * </ul>
 */
final class ListingWalk {

    private final Set<WatchedImport> sought = new HashSet<>();
    private final int allowance;
    private final int planned;
    private int pages;
    private int saved;
    private int savedByLastPage;
    private int pagesInVain;
    private boolean atEnd;

    /**
     * Plans a walk.
     *
     * @param due what this tick must see
     * @param explore whether to look again for what the listing is not supposed to show soon
     */
    ListingWalk(Collection<WatchedImport> due, boolean explore) {
        allowance = Math.max(1, due.size() / 2);
        planned = plan(due, allowance);
        for (WatchedImport watched : due) {
            if (explore && watched.page > planned) {
                watched.page = WatchedImport.UNPLACED;
            }
            if (watched.page <= planned) {
                sought.add(watched);
            }
        }
    }

    private static int plan(Collection<WatchedImport> due, int allowance) {
        int[] places = due.stream()
                .mapToInt(watched -> watched.page)
                .filter(page -> page != WatchedImport.UNPLACED && page != WatchedImport.NOT_LISTED)
                .sorted()
                .toArray();
        int best = 0;
        int leastCost = places.length;
        for (int i = 1; i <= places.length; i++) {
            int page = places[i - 1];
            if (page - i >= allowance) {
                break;
            }
            int cost = page + places.length - i;
            if (cost < leastCost) {
                leastCost = cost;
                best = page;
            }
        }
        return best;
    }

    /** Whether another page is worth its request. */
    boolean goesOn() {
        if (atEnd || sought.isEmpty() || pages - saved >= allowance) {
            return false;
        }
        return pages < planned || (sought.size() > 1 && pagesInVain < Math.max(1, sought.size() / 2));
    }

    boolean isAtEnd() {
        return atEnd;
    }

    void beginPage() {
        pages++;
        savedByLastPage = 0;
    }

    /** A watched import is on this page; {@code missing} if this tick had not seen it, though it must. */
    void shows(WatchedImport watched, boolean missing) {
        watched.page = pages;
        sought.remove(watched);
        if (missing) {
            saved++;
            savedByLastPage++;
        }
    }

    void endPage(boolean hasNext) {
        pagesInVain = savedByLastPage == 0 ? pagesInVain + 1 : 0;
        atEnd = !hasNext;
    }

    /** Remembers what was looked for in vain: it moved on by a little, or it is not worth looking for. */
    void end() {
        for (WatchedImport watched : sought) {
            boolean moved = !atEnd && watched.page != WatchedImport.UNPLACED;
            watched.page = moved ? pages + 1 : WatchedImport.NOT_LISTED;
        }
    }
}
