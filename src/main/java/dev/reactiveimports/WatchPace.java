package dev.reactiveimports;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How soon to look at one import again, learned from what was seen of it. One for each import that a subscription
 * watches; all times are milliseconds of a monotonic clock.
 *
 * <p>The adaptive rule is the smaller of two waits. The first keeps the delay in seeing the end in proportion to the
 * import's age. The second closes in on the end that its progress foretells, by the slower of all its progress and the
 * newest, so that an import that speeds up is not seen late. A percent that has not moved for a while foretells nothing,
 * and neither do 0 and 100.
 */
final class WatchPace {

    /** What a wait grows by as the import ages. */
    private static final double OF_AGE = 0.04;
    /** How much of the time that is left to wait. */
    private static final double OF_REMAINING = 0.7;
    /** For how much of its age a percent may stand still and still foretell the end. */
    private static final double STANDSTILL = 0.05;

    private static final double BACKOFF = 1.5;
    private static final Duration LONGEST_PAUSE = Duration.ofDays(1);

    private final long firstSeen;
    private final long started;
    private double wait;
    private double percent;
    private long movedAt;
    private double endsAt = Double.MAX_VALUE;

    /**
     * Begins at the first sight of an import.
     *
     * @param createdAt by the service's clock; used if it is in the past, since a watch may begin late
     * @param wallClock to compare it with
     */
    WatchPace(@Nullable Instant createdAt, Instant wallClock, long now) {
        this.firstSeen = now;
        this.movedAt = now;
        this.started = createdAt != null && createdAt.isAfter(Instant.EPOCH) && createdAt.isBefore(wallClock)
                ? now - Duration.between(createdAt, wallClock).toMillis()
                : now;
    }

    /** How long to wait after a poll that showed {@code seenPercent}. */
    long afterPoll(PollSpec spec, double seenPercent, long now) {
        wait = switch (spec.growth()) {
            case ADAPTIVE -> adaptive(spec.minMillis(), seenPercent, now);
            case BACKOFF -> Math.max(spec.minMillis(), wait * BACKOFF);
        };
        wait = Math.max(spec.minMillis(), Math.min(spec.maxMillis(), wait));
        return spec.jittered(wait);
    }

    /** How long to wait after the given number of failed polls in a row: the smallest wait, doubled by each failure. */
    static long afterFailure(PollSpec spec, int failures) {
        double doubled = spec.minMillis() * Math.scalb(1.0, Math.min(failures, 40) - 1);
        return spec.jittered(Math.min(spec.maxMillis(), doubled));
    }

    /**
     * The same, but no sooner than the {@code Retry-After} of the failure allows, up to a day: that pause may be longer than the retries
     * of one call wait for.
     */
    static long afterFailure(PollSpec spec, int failures, Throwable failure) {
        return Math.max(afterFailure(spec, failures), pauseAskedBy(failure));
    }

    /** In milliseconds; 0 if the failure has no {@code Retry-After}. */
    static long pauseAskedBy(Throwable failure) {
        Duration asked = failure instanceof ImportsApiException rejection ? rejection.retryAfter() : null;
        if (asked == null) {
            return 0;
        }
        return asked.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE.toMillis() : asked.toMillis();
    }

    private double adaptive(double min, double seenPercent, long now) {
        foretell(seenPercent, now);
        double age = now - started;
        double byAge = min + OF_AGE * age;
        if (seenPercent > 0 && seenPercent < 100 && now - movedAt <= STANDSTILL * age) {
            byAge = Math.min(byAge, OF_REMAINING * (endsAt - now));
        }
        // a wrong createdAt costs a few short waits, or a delay no longer than the watch
        return Math.min(byAge, min + (now - firstSeen));
    }

    private void foretell(double seenPercent, long now) {
        if (seenPercent == percent) {
            return;
        }
        double missing = 100 - seenPercent;
        double remaining = (now - started) * missing / seenPercent;
        if (percent > 0 && seenPercent > percent && now > movedAt) {
            remaining = Math.min(remaining, (now - movedAt) * missing / (seenPercent - percent));
        }
        endsAt = now + remaining;
        percent = seenPercent;
        movedAt = now;
    }
}
