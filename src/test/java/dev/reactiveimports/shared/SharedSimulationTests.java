package dev.reactiveimports.shared;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Whole clusters in virtual time, one for each seed. To see one again:
 * {@code mvn test -Dtest=SharedSimulationTests -Dsimulation.seed=N}.
 */
class SharedSimulationTests {

    private static final int SEEDS = Integer.getInteger("simulation.seeds", 2_000) / 50;

    /** A start that waited for its retry was sent by a process that woke up after its lease. */
    private static final long[] FOUND_RUNNING = {1366};

    /** A response that had waited for a stopped process was followed by a request when that woke up. */
    private static final long[] FOUND_WATCHING = {196};

    @Test
    @Timeout(value = 20, unit = TimeUnit.MINUTES)
    void promisesHold() {
        Long single = Long.getLong("simulation.seed");
        LongStream seeds = single == null
                ? LongStream.concat(LongStream.rangeClosed(1, SEEDS), LongStream.of(FOUND_WATCHING))
                : LongStream.of(single);
        seeds.forEach(seed -> {
            SharedWorld world = new SharedWorld(seed).run();
            assertThat(world.violations)
                    .as(() -> "promises broken; again by -Dsimulation.seed=" + seed + "; the events:\n"
                            + String.join("\n", world.events) + "\n")
                    .isEmpty();
        });
    }

    @Test
    @Timeout(value = 20, unit = TimeUnit.MINUTES)
    void runsAreStartedOnceAndHeardOf() {
        Long single = Long.getLong("simulation.seed");
        LongStream seeds = single == null
                ? LongStream.concat(LongStream.rangeClosed(1, SEEDS / 2), LongStream.of(FOUND_RUNNING))
                : LongStream.of(single);
        seeds.forEach(seed -> {
            SharedRunsWorld world = new SharedRunsWorld(seed).run();
            assertThat(world.violations)
                    .as(() -> "promises broken; again by -Dsimulation.seed=" + seed + "; the events:\n"
                            + String.join("\n", world.events) + "\n")
                    .isEmpty();
        });
    }

    @Test
    void theSameSeedMakesTheSameWorld() {
        for (long seed = 1; seed <= 2; seed++) {
            assertThat(new SharedWorld(seed).run().events).isEqualTo(new SharedWorld(seed).run().events);
        }
    }
}
