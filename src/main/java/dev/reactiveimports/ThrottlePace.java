package dev.reactiveimports;

/**
 * How fast the throttle gate lets calls through once it has reopened: from {@value #FIRST} a second, doubled every second up
 * to a knee, then 10 % more each second up to {@value #OPEN} a second.
 *
 * @param knee {@value #FIRST} to {@value #OPEN} calls a second
 */
record ThrottlePace(double knee) {

    /** Calls a second right after reopening. */
    static final double FIRST = 4;

    /** Calls a second from which on no call needs to wait; a higher pace is not assumed. */
    static final double OPEN = 1000;

    /** The pace while none is known to be too fast. */
    static final ThrottlePace UNKNOWN = new ThrottlePace(OPEN);

    private static final double MOST = 10 * OPEN;
    private static final double DOUBLING = Math.log(2);
    private static final double CREEP = Math.log(1.1);

    ThrottlePace {
        knee = Math.min(OPEN, Math.max(FIRST, knee));
    }

    /** The pace in calls a second, the given number of seconds after reopening. */
    double at(double seconds) {
        double pace = seconds < kneeAt()
                ? FIRST * Math.exp(DOUBLING * seconds)
                : knee * Math.exp(CREEP * (seconds - kneeAt()));
        return Math.min(OPEN, pace);
    }

    /** The number of calls let through in the given number of seconds: the integral of the pace. */
    double released(double seconds) {
        double doubled = Math.min(seconds, kneeAt());
        double crept = Math.max(0, Math.min(seconds, openAt()) - kneeAt());
        double open = Math.max(0, seconds - openAt());
        return FIRST * Math.expm1(DOUBLING * doubled) / DOUBLING
                + knee * Math.expm1(CREEP * crept) / CREEP
                + OPEN * open;
    }

    /** The seconds it takes to let so many calls through: the inverse of {@link #released}. */
    double secondsFor(double calls) {
        double untilKnee = released(kneeAt());
        double untilOpen = released(openAt());
        if (calls <= untilKnee) {
            return Math.log1p(calls * DOUBLING / FIRST) / DOUBLING;
        }
        if (calls <= untilOpen) {
            return kneeAt() + Math.log1p((calls - untilKnee) * CREEP / knee) / CREEP;
        }
        return openAt() + (calls - untilOpen) / OPEN;
    }

    /**
     * The pace at which a queue drains that is not empty even at {@value #OPEN} calls a second, while the service accepts
     * all.
     */
    double drain(double seconds) {
        return Math.min(MOST, OPEN * Math.exp(CREEP * Math.max(0, seconds - openAt())));
    }

    private double kneeAt() {
        return Math.log(knee / FIRST) / DOUBLING;
    }

    private double openAt() {
        return kneeAt() + Math.log(OPEN / knee) / CREEP;
    }
}
