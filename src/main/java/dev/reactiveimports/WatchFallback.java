package dev.reactiveimports;

import java.util.List;
import reactor.util.Logger;
import reactor.util.Loggers;

/**
 * What becomes of imports that the listing was to show while it fails: few are described and the others wait for it, unless it
 * has failed for too long. All of it runs in the {@link SerialExecutor}.
 */
final class WatchFallback {

    private static final Logger LOG = Loggers.getLogger(WatchFallback.class);

    private final WatchLooks looks;

    WatchFallback(WatchLooks looks) {
        this.looks = looks;
    }

    /** Imports are due and the listing is not usable, since it failed or a page of it hangs. */
    void look(List<WatchEntry> due, WatchRound round, long now) {
        WatchListing listing = looks.listing();
        boolean waits = now < listing.notBefore() && !listing.isGivenUp();
        describeSome(due, waits ? WatchHealth.OUTAGE : due.size(), round);
    }

    /**
     * A page of the listing failed.
     *
     * @param left what its walk was looking for
     */
    void listingFailed(List<WatchEntry> left, WatchRound round, Throwable failure, long begunAt) {
        WatchListing listing = looks.listing();
        listing.failed(failure, looks.now());
        LOG.debug("A page of the listing failed; no other is requested for {} ms.", listing.notBefore() - looks.now());
        looks.health().failed(listing, failure, begunAt);
        boolean pauseAsked = WatchPace.pauseAskedBy(failure) > 0;
        describeSome(left, pauseAsked ? 0 : listing.isGivenUp() ? left.size() : WatchHealth.OUTAGE, round);
    }

    /** A page of the listing is not valid, but its imports can be described one by one. */
    void listingUnreadable(List<WatchEntry> left, WatchRound round) {
        looks.listing().unreadable(looks.now());
        looks.describes().add(left, round);
    }

    private void describeSome(List<WatchEntry> due, int some, WatchRound round) {
        int few = Math.min(some, due.size());
        looks.describes().add(due.subList(0, few), round);
        long wait = Math.max(1, looks.listing().notBefore() - looks.now());
        due.subList(few, due.size()).forEach(watched -> looks.imports().postpone(watched, wait));
    }
}
