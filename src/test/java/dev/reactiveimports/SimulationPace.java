package dev.reactiveimports;

import java.time.Duration;

/** A poll spec whose settings a check can look at. */
record SimulationPace(boolean isAdaptive, Duration min, Duration max, double jitter) {

    static SimulationPace fixed(Duration interval, double jitter) {
        return new SimulationPace(false, interval, interval, jitter);
    }

    static SimulationPace adaptive(Duration min, Duration max) {
        return new SimulationPace(true, min, max, 0.1);
    }

    PollSpec spec(SimulationWorld world) {
        PollSpec spec = isAdaptive
                ? PollSpec.adaptive(min, max)
                : min.equals(max) ? PollSpec.fixedInterval(min) : PollSpec.backoff(min, max);
        return spec.jitter(jitter).random(world.jitter::unit);
    }
}
