package dev.reactiveimports;

/** What a watch learned of the listing: how long it is, how fast, whether it can be used, and what may be spent to learn more. */
final class WatchListing {

    /** For each describe of an import whose place is not known, as much of a request may be spent to look for it. */
    private static final double CREDIT = 0.15;

    /** A page that takes this much longer than others hangs. */
    private static final double HANGING = 4;

    private static final long LEAST_PATIENCE_MILLIS = 1_000;

    /** However slow the service was: one slow response must not make hanging ones go unnoticed. */
    static final long MOST_PATIENCE_MILLIS = 10_000;

    /** Up to this, pages are worth waiting for. */
    private static final double QUICK_MILLIS = 2_000;

    private static final double SMOOTHING = 0.2;
    private static final int MAX_HANGING = 2;
    private static final int MAX_SEARCHES_IN_VAIN = 16;

    private final PollSpec spec;
    private double latency;
    private double credit;
    private int searchesInVain = 1;
    private int pages;
    private int hanging;
    private int failures;
    private long notBefore = Long.MIN_VALUE;

    WatchListing(PollSpec spec) {
        this.spec = spec;
    }

    /** The number of its pages when it was last walked to its end; 0 if it never was. */
    int pages() {
        return pages;
    }

    void walked(int wholePages) {
        pages = wholePages;
    }

    void arrived(long millis) {
        failures = 0;
        latency = latency == 0 ? millis : latency + SMOOTHING * (millis - latency);
    }

    /** How long to wait for a page before what it was to show is looked at otherwise. */
    long patience() {
        return Math.max(LEAST_PATIENCE_MILLIS, Math.min(MOST_PATIENCE_MILLIS, (long) (HANGING * latency)));
    }

    /** Whether so many pages come within two seconds, as fast as they have come so far. */
    boolean isQuick(int some) {
        return some * latency <= QUICK_MILLIS;
    }

    void hangs() {
        hanging++;
    }

    void hangsNoMore() {
        hanging--;
    }

    void failed(Throwable failure, long now) {
        notBefore = now + WatchPace.afterFailure(spec, ++failures, failure);
    }

    /** It cannot be read, or not all of it; no sooner than the longest wait is it tried again. */
    void unreadable(long now) {
        notBefore = now + WatchPace.afterFailure(spec, ++failures);
    }

    /** When a page may be requested again after a failure. */
    long notBefore() {
        return notBefore;
    }

    /** Whether it failed so often in a row that nothing should wait for it. */
    boolean isGivenUp() {
        return failures >= spec.maxFailures();
    }

    boolean isUsable(long now) {
        return now >= notBefore && hanging < MAX_HANGING;
    }

    /** Describes that pages might have saved, had their imports' places been known. */
    void describedUnplaced(int imports) {
        credit += CREDIT * imports;
    }

    /** Whether enough was saved up to look for so many imports through the listing: the more, the more often it was in vain. */
    boolean affordsSearchFor(int imports) {
        return credit >= (double) searchesInVain * (pages == 0 ? imports : Math.min(imports, pages));
    }

    void searched() {
        credit = 0;
    }

    /** A walk ended that found some imports and others not. */
    void walkedFor(int found, int missed) {
        if (found > 0) {
            searchesInVain = 1;
        } else if (missed > 1) {
            searchesInVain = Math.min(MAX_SEARCHES_IN_VAIN, 2 * searchesInVain);
        }
        describedUnplaced(missed);
    }
}
