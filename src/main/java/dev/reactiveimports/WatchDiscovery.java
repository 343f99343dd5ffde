package dev.reactiveimports;

import org.jspecify.annotations.Nullable;
import reactor.util.Logger;
import reactor.util.Loggers;

/**
 * When to look for imports that are new in the index. Where new ones were found before, at one end of the listing as a rule, is
 * looked at in the rhythm of the {@link PollSpec}: that is quick and costs a request or two. The safety net is a walk of the
 * whole listing, as often as its length allows: a short one each time, one of a million imports twice an hour.
 */
final class WatchDiscovery {

    /** One page in this time on average: what walks of the whole listing may cost. */
    static final long MILLIS_FOR_EACH_PAGE = 180;

    /** Up to this length, a walk of the whole listing also shows what is due. */
    private static final int SHORT = 20;

    /** A look may be early by this part of its wait, to be made together with others. */
    private static final double EARLY = 0.25;

    private static final Logger LOG = Loggers.getLogger(WatchDiscovery.class);
    private static final int EXPIRED_TO_WARN = 10;
    private static final int MAX_NOT_TRANSIENT = 5;

    private final PollSpec spec;
    private final WatchListing listing;
    private final WatchHealth health;
    private final WatchTime time;
    private final SuppressedFailures earlier = new SuppressedFailures();

    private WatchPace pace;
    private long nextAt;
    private long earlyBy;
    private long wholeNotBefore = Long.MIN_VALUE;
    private int walksUnderWay;
    private boolean wholeUnderWay;
    private boolean wholeIsLong;
    private int failures;
    private int failuresOfWhole;
    private int expiredInARow;
    private int found;
    private boolean foundAtFront;
    private boolean foundAtTail;
    private @Nullable String tailToken;

    WatchDiscovery(PollSpec spec, WatchListing listing, WatchHealth health, WatchTime time) {
        this.spec = spec;
        this.listing = listing;
        this.health = health;
        this.time = time;
        this.nextAt = time.now();
        this.pace = newPace();
    }

    private WatchPace newPace() {
        return new WatchPace(null, time.wallClock(), time.now());
    }

    /** When to look; never while a look is under way, unless that is the walk of a long listing, or hangs. */
    long nextAt() {
        return walksUnderWay > 0 ? Long.MAX_VALUE : nextAt;
    }

    /** From when on to look if there is a look at imports that are due anyway. */
    long dueFrom() {
        return walksUnderWay > 0 ? Long.MAX_VALUE : nextAt - earlyBy;
    }

    boolean isWholeDue(long now) {
        return !wholeUnderWay && now >= wholeNotBefore;
    }

    boolean isListingShort() {
        return listing.pages() > 0 && listing.pages() <= SHORT && listing.isQuick(listing.pages());
    }

    /**
     * Until it is known where new imports appear, both ends are looked at. Once found at an end they are looked for there for
     * ever: should the service list them in another order from then on, the walks of the whole listing notice it, both ends are
     * looked at, and that costs a request more, while to forget an end would delay what appears there.
     */
    boolean looksAtFront() {
        return foundAtFront || !foundAtTail || tailToken == null;
    }

    @Nullable
    String tailToken() {
        return foundAtTail || !foundAtFront ? tailToken : null;
    }

    void begun() {
        walksUnderWay++;
    }

    /** A walk of the whole listing begins. A long one, unless it is the first, must not keep the ends from being looked at. */
    void wholeBegun() {
        wholeUnderWay = true;
        LOG.debug("A watch of the index walks the whole listing, of {} pages the last time.", listing.pages());
        wholeIsLong = listing.pages() > SHORT;
        if (wholeIsLong) {
            lookLater();
        } else {
            begun();
        }
    }

    void hangs(WatchWalk walk) {
        walksUnderWay -= isBesideOthers(walk) ? 0 : 1;
    }

    void hangsNoMore(WatchWalk walk) {
        walksUnderWay += isBesideOthers(walk) ? 0 : 1;
    }

    private boolean isBesideOthers(WatchWalk walk) {
        return wholeIsLong && walk.goal() == WatchWalk.Goal.WHOLE;
    }

    /** A page showed imports for the first time. */
    void found(WatchWalk.Goal goal, int page, int news, boolean atEnd) {
        if (news == 0) {
            return;
        }
        found += news;
        if (listing.pages() > 0) {
            foundAtFront |= goal == WatchWalk.Goal.FRONT || (goal == WatchWalk.Goal.WHOLE && page == 1);
            foundAtTail |= goal == WatchWalk.Goal.TAIL || (goal == WatchWalk.Goal.WHOLE && atEnd);
        }
    }

    void walked(WatchWalk walk) {
        failures = 0;
        if (walk.goal() == WatchWalk.Goal.WHOLE) {
            failuresOfWhole = 0;
            expiredInARow = 0;
            earlier.clear();
            wholeNotBefore = time.now() + walk.pages() * MILLIS_FOR_EACH_PAGE;
        }
        if (walk.goal() != WatchWalk.Goal.FRONT) {
            tailToken = walk.tokenOfLastPage();
        }
        over(walk, 0);
    }

    /**
     * A walk may last longer than a token; since the watch goes on all the same, a warning reports when that never ends. Without
     * a token for the tail only a walk from the first page leads there: that is the next one of the whole listing, since another
     * one would cost as much.
     */
    void expired(WatchWalk walk) {
        if (walk.goal() == WatchWalk.Goal.TAIL) {
            tailToken = null;
        }
        if (walk.goal() == WatchWalk.Goal.WHOLE && ++expiredInARow % EXPIRED_TO_WARN == 0) {
            LOG.warn(
                    "the service rejected the page token of {} walks of the listing in a row, this time after {} pages:"
                            + " imports further on are not seen",
                    expiredInARow,
                    walk.pages());
        }
        brokeOff(walk, null);
    }

    /** @param failure null if nobody is to blame */
    void brokeOff(WatchWalk walk, @Nullable Throwable failure) {
        if (walk.goal() == WatchWalk.Goal.TAIL) {
            if (failure instanceof ImportsProtocolException && !ImportsRetry.isTransient(failure)) {
                tailToken = null;
            }
            over(walk, 0);
            return;
        }
        boolean whole = walk.goal() == WatchWalk.Goal.WHOLE;
        if (whole) {
            // what it cost must be paid off before the next one, too
            wholeNotBefore = time.now() + walk.pages() * MILLIS_FOR_EACH_PAGE;
            LOG.debug("The walk of the whole listing ended early after {} pages and begins anew later.", walk.pages());
        }
        if (failure == null) {
            over(walk, WatchPace.afterFailure(spec, 1));
            return;
        }
        over(walk, pageFailed(whole ? ++failuresOfWhole : ++failures, failure));
    }

    /** Ends the watch if it was too often; returns how long to wait otherwise. */
    long pageFailed(int inARow, Throwable failure) {
        if (inARow >= tolerated(failure)) {
            health.endBy(earlier.suppressedBy(failure));
        } else {
            earlier.add(failure);
        }
        return WatchPace.afterFailure(spec, inARow, failure);
    }

    /** What does not pass by itself, a page that cannot be read say, hides imports for as long as it is tolerated. */
    private int tolerated(Throwable failure) {
        return ImportsRetry.isTransient(failure) ? spec.maxFailures() : Math.min(spec.maxFailures(), MAX_NOT_TRANSIENT);
    }

    private void over(WatchWalk walk, long wait) {
        boolean besideOthers = isBesideOthers(walk);
        walksUnderWay -= besideOthers ? 0 : 1;
        wholeUnderWay &= walk.goal() != WatchWalk.Goal.WHOLE;
        if (found > 0) {
            found = 0;
            pace = newPace();
        }
        if (wait > 0) {
            nextAt = time.now() + wait;
            earlyBy = 0;
        } else if (walksUnderWay == 0 && !besideOthers) {
            lookLater();
        }
    }

    private void lookLater() {
        long now = time.now();
        long regular = pace.afterPoll(spec, 0, now);
        earlyBy = nextAt > now + regular ? 0 : (long) (EARLY * regular);
        nextAt = Math.max(nextAt, now + regular);
    }
}
