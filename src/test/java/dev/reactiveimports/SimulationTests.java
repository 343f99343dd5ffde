package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Whole worlds in virtual time, one for each seed. A seed that fails prints itself and what happened last; to see it again:
 * {@code mvn test -Dtest=SimulationTests -Dsimulation.seed=N}.
 */
class SimulationTests {

    private static final long FIRST = Long.getLong("simulation.first", 1);
    private static final int SEEDS = Integer.getInteger("simulation.seeds", 2_000);

    @Test
    void promisesHoldWhateverGoesWrong() {
        Long single = Long.getLong("simulation.seed");
        LongStream seeds = single == null ? LongStream.range(FIRST, FIRST + SEEDS) : LongStream.of(single);
        hold(seeds, SimulationCast::wild);
    }

    @Test
    void theSameSeedMakesTheSameWorld() {
        for (long seed = FIRST; seed < FIRST + 20; seed++) {
            List<String> once = run(SimulationCast.wild(seed)).events();
            List<String> again = run(SimulationCast.wild(seed)).events();
            assertThat(again).as("seed %d", seed).isEqualTo(once);
        }
    }

    private static SimulationLog run(SimulationWorld world) {
        return world.run(SimulationInvariants::check);
    }

    static void hold(LongStream seeds, LongFunction<SimulationWorld> worlds) {
        seeds.forEach(seed -> {
            SimulationLog log = run(worlds.apply(seed));
            assertThat(log.violations())
                    .as(() -> "seed " + seed + ", see it again by -Dsimulation.seed=" + seed + "; the last events:\n"
                            + log.tail())
                    .isEmpty();
        });
    }
}
