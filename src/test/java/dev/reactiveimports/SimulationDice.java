package dev.reactiveimports;

import java.util.SplittableRandom;

/** All chance of one part of a world. Each part has dice of its own, so that one more throw of one changes no other. */
final class SimulationDice {

    private final SplittableRandom random;

    SimulationDice(long seed) {
        this(new SplittableRandom(seed));
    }

    private SimulationDice(SplittableRandom random) {
        this.random = random;
    }

    /** Dice for a part, independent of these. */
    SimulationDice split() {
        return new SimulationDice(random.split());
    }

    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    double unit() {
        return random.nextDouble();
    }

    /** Bounds included. */
    int between(int least, int most) {
        return random.nextInt(least, most + 1);
    }

    /** Bounds included. */
    long between(long least, long most) {
        return random.nextLong(least, most + 1);
    }

    @SafeVarargs
    final <T> T oneOf(T... choices) {
        return choices[random.nextInt(choices.length)];
    }

    long nextLong() {
        return random.nextLong();
    }
}
