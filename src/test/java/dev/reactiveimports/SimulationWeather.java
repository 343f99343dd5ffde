package dev.reactiveimports;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the network does to each request: latencies, and faults by phases. All times are milliseconds. */
final class SimulationWeather {

    /** What happens to a request. */
    enum Fault {
        NONE,
        NOT_CONNECTED,
        RESET_BEFORE_READ,
        RESET_AFTER_READ,
        HANG_BEFORE_READ,
        HANG_AFTER_READ,
        STATUS_500,
        STATUS_502,
        STATUS_503,
        STATUS_503_RETRY_AFTER,
        STATUS_429,
        STATUS_429_RETRY_AFTER,
        /** The service did what it was asked for, and a proxy made an error of it. */
        STATUS_502_AFTER_READ
    }

    /** Faults of one kind for a while; of every kind if that is null. */
    record Phase(
            long from,
            long to,
            double probability,
            @Nullable Fault fault) {}

    /** What one request will meet. */
    record Fate(Fault fault, long toHead, long toServer, long toClient, boolean isReadThoughCancelled) {}

    private static final Fault[] FAULTS = Fault.values();

    final List<Phase> phases = new ArrayList<>();
    final SimulationDice dice;
    long fastest = 5;
    long slowest = 60;
    /** One in so many requests takes up to two seconds; 0 for none. */
    int tail;
    /** Seconds of a Retry-After at most. */
    int longestRetryAfter = 10;
    /** Requests a second that the service takes, as far as it limits them. */
    double rate = Double.MAX_VALUE;

    double burst = 20;
    private double allowance = 20;
    private long allowanceAt;
    int throttled;

    SimulationWeather(SimulationDice dice) {
        this.dice = dice;
    }

    Fate fate(long time) {
        return new Fate(fault(time), latency() / 4, latency() / 4, latency() / 2 + 1, dice.chance(0.5));
    }

    private Fault fault(long time) {
        for (Phase phase : phases) {
            if (phase.from() <= time && time < phase.to() && dice.chance(phase.probability())) {
                return phase.fault() == null ? FAULTS[dice.between(1, FAULTS.length - 1)] : phase.fault();
            }
        }
        return Fault.NONE;
    }

    private long latency() {
        return tail > 0 && dice.between(1, tail) == 1 ? dice.between(200L, 2_000L) : dice.between(fastest, slowest);
    }

    long longestLatency() {
        return tail > 0 ? 2_000 : slowest;
    }

    /** Whether the service's own rate limit is exceeded by one more request. */
    boolean exceedsRate(long time) {
        if (rate == Double.MAX_VALUE) {
            return false;
        }
        allowance = Math.min(burst, allowance + (time - allowanceAt) * rate / 1000);
        allowanceAt = time;
        if (allowance < 1) {
            return true;
        }
        allowance--;
        return false;
    }

    /** The response of a fault; null if the service's own is to be had. */
    SimulationService.@Nullable Response response(Fault fault) {
        return switch (fault) {
            case STATUS_500 -> SimulationService.Response.error(500);
            case STATUS_502, STATUS_502_AFTER_READ -> SimulationService.Response.error(502);
            case STATUS_503 -> SimulationService.Response.error(503);
            case STATUS_503_RETRY_AFTER -> withRetryAfter(503, seconds());
            case STATUS_429 -> throttle(null);
            case STATUS_429_RETRY_AFTER -> throttle(seconds());
            default -> null;
        };
    }

    SimulationService.Response throttle(@Nullable String retryAfter) {
        return withRetryAfter(429, retryAfter);
    }

    private SimulationService.Response withRetryAfter(int status, @Nullable String retryAfter) {
        throttled++;
        SimulationService.Response error = SimulationService.Response.error(status);
        return new SimulationService.Response(status, error.body(), retryAfter);
    }

    private String seconds() {
        return dice.chance(0.1) ? dice.oneOf("0", "-3", "soon", "") : "" + dice.between(1, longestRetryAfter);
    }

    /** When the last phase is over. */
    long clearFrom() {
        return phases.stream().mapToLong(Phase::to).max().orElse(0);
    }
}
