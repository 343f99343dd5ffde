package dev.reactiveimports.testing;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/** Checks of a test's input. */
final class Checks {

    private static final Duration MAX_DURATION = Duration.ofDays(365);

    private Checks() {}

    static int range(int value, String name, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " must be " + min + ".." + max + ", is " + value);
        }
        return value;
    }

    static Duration duration(Duration value, String name) {
        requireNonNull(value, name);
        if (value.isNegative() || value.compareTo(MAX_DURATION) > 0) {
            throw new IllegalArgumentException(name + " must be 0.." + MAX_DURATION + ", is " + value);
        }
        return value;
    }

    static Duration positive(Duration value, String name) {
        if (duration(value, name).isZero()) {
            throw new IllegalArgumentException(name + " must be longer than zero");
        }
        return value;
    }
}
