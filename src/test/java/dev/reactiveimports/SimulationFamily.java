package dev.reactiveimports;

import java.util.function.Consumer;
import java.util.function.LongFunction;

/** Kinds of worlds, each with its share of all seeds and its checks. */
enum SimulationFamily {
    STARTING(0.1, SimulationCast::starting, SimulationInvariants::check),
    RUNNING(0.05, SimulationRuns::running, world -> world.atEnd.accept(world)),
    WILD(0.6, SimulationCast::wild, SimulationInvariants::check),
    QUIET(0.05, SimulationCalm::quiet, SimulationPromptness::check),
    HANGING(0.05, SimulationCalm::hanging, SimulationPromptness::check),
    HIDDEN(0.05, SimulationCalm::hidden, SimulationPromptness::check),
    EXPIRING(0.05, SimulationCalm::expiring, SimulationPromptness::check),
    DEEP(0.01, SimulationLoads::deep, SimulationLoads::checkDeep),
    HISTORIC(0.0005, SimulationLoads::historic, SimulationLoads::checkHistoric),
    FAILING(0.001, SimulationLoads::failing, SimulationLoads::checkFailing),
    THROTTLED(0.005, SimulationLoads::throttled, SimulationLoads::checkThrottled),
    CROWDED(0.005, SimulationLoads::crowded, SimulationInvariants::check),
    DEAD(0.005, SimulationLoads::dead, SimulationLoads::checkDead);

    private final double share;
    private final LongFunction<SimulationWorld> worlds;
    private final Consumer<SimulationWorld> checks;

    SimulationFamily(double share, LongFunction<SimulationWorld> worlds, Consumer<SimulationWorld> checks) {
        this.share = share;
        this.worlds = worlds;
        this.checks = checks;
    }

    /** How many of so many seeds it gets. */
    int seeds(int all) {
        return (int) Math.ceil(all * share);
    }

    /** Makes a world, lets it run and checks it. */
    SimulationLog run(long seed) {
        return worlds.apply(seed).run(checks);
    }
}
