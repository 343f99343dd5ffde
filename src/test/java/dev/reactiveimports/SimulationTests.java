package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whole worlds in virtual time, one for each seed: the real client, a service and a network that do what services and
 * networks do, and subscribers of every kind. A seed that fails prints itself and what happened last. To see it again:
 * {@code mvn test -Dtest=SimulationTests -Dsimulation.family=WILD -Dsimulation.seed=N}.
 */
class SimulationTests {

    private static final String FAMILY = System.getProperty("simulation.family", "");
    private static final long FIRST = Long.getLong("simulation.first", 1);
    private static final int SEEDS = Integer.getInteger("simulation.seeds", 2_000);

    @ParameterizedTest
    @EnumSource
    @Timeout(value = 20, unit = TimeUnit.MINUTES)
    void promisesHold(SimulationFamily family) {
        if (!FAMILY.isEmpty() && !FAMILY.equals(family.name())) {
            return;
        }
        Long single = Long.getLong("simulation.seed");
        LongStream seeds =
                single == null ? LongStream.range(FIRST, FIRST + family.seeds(SEEDS)) : LongStream.of(single);
        seeds.forEach(seed -> hold(family, seed));
    }

    @ParameterizedTest
    @EnumSource(names = {"WILD", "HIDDEN", "EXPIRING", "THROTTLED"})
    void theSameSeedMakesTheSameWorld(SimulationFamily family) {
        for (long seed = FIRST; seed < FIRST + family.seeds(100); seed++) {
            assertThat(family.run(seed).events())
                    .as("%s, seed %d", family, seed)
                    .isEqualTo(family.run(seed).events());
        }
    }

    @Test
    void anotherSeedMakesAnotherWorld() {
        assertThat(SimulationFamily.WILD.run(1).events())
                .isNotEqualTo(SimulationFamily.WILD.run(2).events());
    }

    private static void hold(SimulationFamily family, long seed) {
        SimulationLog log = family.run(seed);
        assertThat(log.violations())
                .as(() -> "promises broken; again by -Dsimulation.family=" + family + " -Dsimulation.seed=" + seed
                        + "; the last events:\n" + log.tail() + "\n")
                .isEmpty();
    }
}
