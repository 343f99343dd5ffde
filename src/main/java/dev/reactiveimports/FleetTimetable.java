package dev.reactiveimports;

/** When the next tick of a fleet's watch may be; all times are milliseconds of its clock. */
final class FleetTimetable {

    /** How soon after a tick there may be one for ids that joined; others wait as long as the spec says. */
    private static final double NEWCOMERS_MILLIS = 2_000;

    private long due = Long.MAX_VALUE;
    private long notBefore = Long.MIN_VALUE;
    private long newcomersNotBefore = Long.MIN_VALUE;
    private boolean joined;

    /** Whether there is anything to look at. */
    boolean isEmpty() {
        return due == Long.MAX_VALUE;
    }

    long next() {
        return Math.max(due, joined ? newcomersNotBefore : notBefore);
    }

    /** From when on someone is due. */
    void due(long when) {
        due = when;
    }

    void joined(long now) {
        joined = true;
        due = Math.min(due, now);
    }

    void tickBegun() {
        joined = false;
    }

    /** @param pause that the service asked for; 0 if it asked for none */
    void tickEnded(PollSpec spec, long pause, long now) {
        notBefore = now + Math.max(pause, (long) spec.minMillis());
        newcomersNotBefore = now + Math.max(pause, (long) Math.min(NEWCOMERS_MILLIS, spec.minMillis()));
    }

    void tickFailed(long wait, long now) {
        notBefore = now + wait;
        newcomersNotBefore = notBefore;
    }
}
