package dev.reactiveimports.testing;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/** Checks of arguments. */
final class Checks {

    private static final Duration MAX_DURATION = Duration.ofDays(365);

    private Checks() {}

    static int range(int value, String name, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " must be between " + min + " and " + max + ", but is " + value);
        }
        return value;
    }

    static Duration duration(Duration value, String name) {
        requireNonNull(value, name);
        if (value.isNegative() || value.compareTo(MAX_DURATION) > 0) {
            throw new IllegalArgumentException(name + " must be between 0 and " + MAX_DURATION + ", but is " + value);
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
