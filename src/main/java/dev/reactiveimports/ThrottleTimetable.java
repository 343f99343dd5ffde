package dev.reactiveimports;

/**
 * When the throttle gate lets the next call through, and when the ones after it. All times are the scheduler's, in
 * nanoseconds; guarded by the gate's lock.
 */
final class ThrottleTimetable {

    private static final double SECOND = 1e9;

    /** How late a turn may be without delaying the next ones, in nanoseconds: the precision of timers. */
    private static final long LATENESS = 50_000_000;

    private ThrottlePace pace = ThrottlePace.UNKNOWN;
    private long closedUntil;
    private long nextAt;

    ThrottleTimetable(long now) {
        this.closedUntil = now;
        this.nextAt = now;
    }

    /** When the next call may pass. */
    long nextAt() {
        return nextAt;
    }

    boolean isClosed(long now) {
        return closedUntil - now > 0;
    }

    boolean closesLater(long until) {
        return until - closedUntil > 0;
    }

    void close(long until) {
        closedUntil = until;
        nextAt = until;
    }

    /** The service rejected a call while no pace was known to be too fast. */
    void forgetPace() {
        pace = ThrottlePace.UNKNOWN;
    }

    /** The service accepted calls since the gate reopened, and then rejected one. */
    void halvePace(long now) {
        pace = new ThrottlePace(pace.at(sinceReopening(now)) / 2);
    }

    /** The service accepted nothing since the gate reopened: an outage, during which the known pace ages. */
    void doublePace() {
        pace = new ThrottlePace(pace.knee() * 2);
    }

    /**
     * A call passes.
     *
     * @return whether calls need not wait any more
     */
    boolean grant(long now) {
        long from = now - nextAt < LATENESS ? nextAt : now;
        double seconds = sinceReopening(from);
        boolean isFast = pace.at(seconds) >= ThrottlePace.OPEN;
        nextAt = isFast ? from + (long) (SECOND / pace.drain(seconds)) : after(from, 1);
        return isFast;
    }

    /** When a call is expected to pass with so many calls before it, provided that the service rejects none of them. */
    long turnOf(int before, long now) {
        return after(nextAt - now > 0 ? nextAt : now, before);
    }

    private long after(long from, int calls) {
        double seconds = sinceReopening(from);
        return from + (long) ((pace.secondsFor(pace.released(seconds) + calls) - seconds) * SECOND);
    }

    private double sinceReopening(long now) {
        return Math.max(0, (now - closedUntil) / SECOND);
    }
}
