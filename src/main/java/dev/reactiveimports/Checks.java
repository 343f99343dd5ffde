package dev.reactiveimports;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/** Checks of a caller's input. Each message names the limit, none repeats the value. */
final class Checks {

    /** The longest id the service documents, in UTF-16 units. */
    static final int MAX_ID_LENGTH = 1000;

    private static final int MAX_API_KEY_LENGTH = 1000;

    private Checks() {}

    static String requireText(String value, String name, int maxLength) {
        requireNonNull(value, name);
        if (value.isEmpty() || value.length() > maxLength) {
            throw new IllegalArgumentException(
                    name + " must have 1.." + maxLength + " characters, has " + value.length());
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (Character.isISOControl(c)) {
                throw new IllegalArgumentException(name + " must not contain control characters (index " + i + ")");
            }
            if (Character.isSurrogate(c)) {
                if (!Character.isHighSurrogate(c)
                        || i + 1 == value.length()
                        || !Character.isLowSurrogate(value.charAt(i + 1))) {
                    throw new IllegalArgumentException(name + " has half a surrogate pair (index " + i + ")");
                }
                i++;
            }
        }
        return value;
    }

    static String requireId(String id) {
        requireText(id, "id", MAX_ID_LENGTH);
        if (id.equals(".") || id.equals("..")) {
            throw new IllegalArgumentException("id must not be \".\" or \"..\": it is one segment of a path");
        }
        return id;
    }

    /** Refuses what would break out of its header; says where, never what. */
    static String requireApiKey(String key) {
        requireNonNull(key, "apiKey");
        if (key.isEmpty() || key.length() > MAX_API_KEY_LENGTH) {
            throw new IllegalArgumentException("apiKey must have 1.." + MAX_API_KEY_LENGTH + " characters");
        }
        for (int i = 0; i < key.length(); i++) {
            if (key.charAt(i) < 0x21 || key.charAt(i) > 0x7E) {
                throw new IllegalArgumentException(
                        "apiKey must have visible ASCII characters only (0x21..0x7E); see index " + i);
            }
        }
        return key;
    }

    static int requireRange(int value, String name, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " must be " + min + ".." + max + ", is " + value);
        }
        return value;
    }

    static double requireRange(double value, String name, double min, double max) {
        if (!(value >= min && value <= max)) {
            throw new IllegalArgumentException(name + " must be " + min + ".." + max + ", is " + value);
        }
        return value;
    }

    static Duration requirePositive(Duration value, String name) {
        return requireRange(value, name, Duration.ofMillis(1), Duration.ofDays(365));
    }

    static Duration requireRange(Duration value, String name, Duration min, Duration max) {
        requireNonNull(value, name);
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new IllegalArgumentException(name + " must be " + min + ".." + max + ", is " + value);
        }
        return value;
    }
}
