package dev.reactiveimports;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;

/**
 * One walk through pages of the listing. It waits before a page while observations wait for demand. What it was to show and did
 * not is described. A page that fails ends its walk alone; only a walk of the whole listing asks for that page again, since walks
 * begun anew might never come to the end. All of it runs in the {@link SerialExecutor}.
 */
final class WatchWalk {

    /** How far to walk. */
    enum Goal {
        /** Until what is due was seen, or costs less to describe. */
        DUE,
        /** The same, and from the first page on as long as all imports are new. */
        FRONT,
        /** To the end. */
        TAIL,
        /** To the end, from the beginning. */
        WHOLE
    }

    private final WatchLooks looks;
    private final WatchRound round;
    private final Goal goal;
    private final int planned;
    private final Set<WatchEntry> sought;
    private final @Nullable String startToken;
    private final ListingLoopDetector trail;

    private @Nullable String token;
    private @Nullable String tokenOfLastPage;
    private @Nullable Disposable call;
    private long pageBegunAt;
    private long resumesAt = Long.MIN_VALUE;
    private int failuresOfPage;
    private int pages;
    private int pagesInVain;
    private int found;
    private boolean onlyNewOnLastPage;
    private boolean atEnd;
    private boolean hanging;
    private boolean ended;

    WatchWalk(WatchLooks looks, WatchRound round, Goal goal, WatchPlan plan, @Nullable String startToken) {
        this.looks = looks;
        this.round = round;
        this.goal = goal;
        this.planned = plan.pages();
        this.sought = new LinkedHashSet<>(plan.sought());
        this.startToken = startToken;
        this.token = startToken;
        this.trail = new ListingLoopDetector(startToken);
        round.add();
    }

    /** Asks for the next page, if none is under way; notices one that hangs. Returns when to come back. */
    long proceed(long now) {
        if (ended) {
            return Long.MAX_VALUE;
        }
        if (call != null) {
            long hangsFrom = pageBegunAt + looks.listing().patience();
            if (!hanging && now >= hangsFrom) {
                hang();
            }
            return hanging ? Long.MAX_VALUE : hangsFrom;
        }
        if (now < resumesAt) {
            return resumesAt;
        }
        if (!goesOn()) {
            finish();
            return Long.MAX_VALUE;
        }
        pageBegunAt = now;
        long begunAt = now;
        call = looks.call(looks.watch().page(token), page -> turn(page, begunAt), failure -> failed(failure, begunAt));
        return now + looks.listing().patience();
    }

    private boolean goesOn() {
        if (atEnd) {
            return false;
        }
        return switch (goal) {
            case WHOLE, TAIL -> true;
            case FRONT -> pages == 0 || onlyNewOnLastPage || findsMore();
            case DUE -> findsMore();
        };
    }

    private boolean findsMore() {
        return !sought.isEmpty() && (pages < planned || (sought.size() > 1 && pagesInVain < sought.size()));
    }

    private void turn(ImportPage page, long begunAt) {
        if (ended) {
            return;
        }
        arrived();
        looks.listing().arrived(looks.now() - begunAt);
        failuresOfPage = 0;
        pages++;
        int foundBefore = found;
        int known = 0;
        int news = 0;
        for (ImportOperation seen : page.items()) {
            WatchEntry watched = looks.imports().watched(seen.id());
            if (watched != null) {
                known++;
                found += sought.remove(watched) ? 1 : 0;
                place(watched);
                looks.imports().observe(watched, seen, begunAt);
            } else if (looks.discovers()) {
                if (looks.imports().discover(seen, begunAt)) {
                    news++;
                    placeNew(seen);
                } else {
                    known++;
                }
            }
        }
        if (known > 0 || looks.discovers()) {
            looks.health().responded();
        }
        if (pages > planned) {
            // what was found pays for pages: all of them together cost no more than describing each
            pagesInVain = Math.max(0, pagesInVain + 1 - (found - foundBefore));
        }
        onlyNewOnLastPage = news > 0 && known == 0;
        tokenOfLastPage = token;
        token = page.nextToken();
        atEnd = token == null;
        looks.found(goal, pages, news, atEnd);
        ImportsProtocolException objection = trail.objectionTo(page);
        if (objection != null) {
            endless(objection);
        } else if (!goesOn()) {
            finish();
        }
    }

    private void place(WatchEntry watched) {
        if (startToken == null) {
            watched.page = pages;
        }
    }

    private void placeNew(ImportOperation seen) {
        WatchEntry watched = looks.imports().watched(seen.id());
        if (watched != null) {
            place(watched);
        }
    }

    private void arrived() {
        round.requested();
        call = null;
        if (hanging) {
            hanging = false;
            looks.walkHangsNoMore(this);
        }
    }

    /** What it was to show is looked at otherwise; should the page come after all, the walk goes on. */
    private void hang() {
        hanging = true;
        looks.walkHangs(this, takeLeft());
    }

    private void failed(Throwable failure, long begunAt) {
        if (ended) {
            return;
        }
        arrived();
        WatchFailure meaning = WatchFailure.ofPage(failure, token != null);
        List<WatchEntry> left = takeLeft();
        switch (meaning) {
            case NOT_SENT -> left.forEach(watched -> looks.imports().postpone(watched, looks.afterNoLook()));
            case TRANSIENT -> looks.fallback().listingFailed(left, round, failure, begunAt);
            case EXPIRED_TOKEN -> looks.describes().add(left, round);
            case INVALID -> looks.fallback().listingUnreadable(left, round);
            case DEFINITE -> looks.health().endBy(failure);
        }
        if (meaning == WatchFailure.DEFINITE) {
            return;
        }
        Throwable cause = meaning == WatchFailure.NOT_SENT ? null : failure;
        if (meaning == WatchFailure.EXPIRED_TOKEN) {
            end();
            looks.walkExpired(this);
        } else if (goal == Goal.WHOLE) {
            resumesAt = looks.now() + looks.pageFailed(++failuresOfPage, cause);
        } else {
            end();
            looks.walkBrokeOff(this, cause);
        }
    }

    /** The listing makes no sense as a whole, so that to go on would not help. */
    private void endless(ImportsProtocolException objection) {
        looks.fallback().listingUnreadable(takeLeft(), round);
        end();
        looks.walkBrokeOff(this, objection);
    }

    private void finish() {
        List<WatchEntry> left = takeLeft();
        for (WatchEntry watched : left) {
            boolean moved = !atEnd && watched.page != WatchEntry.UNPLACED;
            watched.page = moved ? pages + 1 : WatchEntry.NOT_LISTED;
        }
        looks.describes().add(left, round);
        looks.listing().walkedFor(found, left.size());
        end();
        looks.walked(this);
    }

    private List<WatchEntry> takeLeft() {
        List<WatchEntry> left = new ArrayList<>();
        for (WatchEntry watched : sought) {
            if (watched.slot == WatchEntry.SOUGHT) {
                left.add(watched);
            }
        }
        sought.clear();
        return left;
    }

    private void end() {
        cancel();
        round.remove();
    }

    void cancel() {
        ended = true;
        if (call != null) {
            call.dispose();
            call = null;
        }
        if (hanging) {
            hanging = false;
            looks.walkHangsNoMore(this);
        }
    }

    /** Takes up an import that comes due while it walks, if its place is still ahead. */
    boolean takesUp(WatchEntry watched) {
        boolean ahead = watched.page > pages && watched.page <= planned && watched.page != WatchEntry.NOT_LISTED;
        return ahead && sought.add(watched);
    }

    Goal goal() {
        return goal;
    }

    boolean isAtEnd() {
        return atEnd;
    }

    boolean beganAtFirstPage() {
        return startToken == null;
    }

    /** Whether its next page may be long in coming. */
    boolean isStuck() {
        return hanging || resumesAt > looks.now();
    }

    boolean isEnded() {
        return ended;
    }

    int pages() {
        return pages;
    }

    /** How many pages it has still to go, as far as that is known. */
    int pagesAhead() {
        int last = goal == Goal.WHOLE ? looks.listing().pages() : planned;
        return Math.max(1, last - pages);
    }

    /** What leads to the page that was the last; null if that is the first. */
    @Nullable
    String tokenOfLastPage() {
        return tokenOfLastPage;
    }
}
