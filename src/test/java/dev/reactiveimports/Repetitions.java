package dev.reactiveimports;

/** How often what only rarely fails is tried: all times with the profile {@code thorough}, a tenth of them without. */
final class Repetitions {

    private Repetitions() {}

    static int of(int all) {
        return Boolean.getBoolean("thorough") ? all : all / 10;
    }
}
