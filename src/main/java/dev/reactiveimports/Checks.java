package dev.reactiveimports;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/** Checks of arguments. Messages name the limit, and never repeat a text. */
final class Checks {

    /** The longest id the service documents, in Unicode code points. */
    static final int MAX_ID_LENGTH = 1000;

    private static final int MAX_API_KEY_LENGTH = 1000;

    private Checks() {}

    static String requireText(String value, String name, int maxLength) {
        requireNonNull(value, name);
        int length = value.codePointCount(0, value.length());
        if (length < 1 || length > maxLength) {
            throw new IllegalArgumentException(
                    name + " must have between 1 and " + maxLength + " characters, but has " + length);
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
                    throw new IllegalArgumentException(
                            name + " must not contain an unpaired surrogate (index " + i + ")");
                }
                i++;
            }
        }
        return value;
    }

    static String requireId(String id) {
        requireText(id, "id", MAX_ID_LENGTH);
        if (id.equals(".") || id.equals("..")) {
            throw new IllegalArgumentException("id must not be \".\" or \"..\": it becomes a path segment of the URI");
        }
        return id;
    }

    /** Rejects characters that are not valid in a header value; names their index, never the key. */
    static String requireApiKey(String key) {
        requireNonNull(key, "apiKey");
        if (key.isEmpty() || key.length() > MAX_API_KEY_LENGTH) {
            throw new IllegalArgumentException("apiKey must have between 1 and " + MAX_API_KEY_LENGTH + " characters");
        }
        for (int i = 0; i < key.length(); i++) {
            if (key.charAt(i) < 0x21 || key.charAt(i) > 0x7E) {
                throw new IllegalArgumentException(
                        "apiKey must contain only visible ASCII characters (0x21 to 0x7E), see index " + i);
            }
        }
        return key;
    }

    static int requireRange(int value, String name, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " must be between " + min + " and " + max + ", but is " + value);
        }
        return value;
    }

    static double requireRange(double value, String name, double min, double max) {
        if (!(value >= min && value <= max)) {
            throw new IllegalArgumentException(name + " must be between " + min + " and " + max + ", but is " + value);
        }
        return value;
    }

    static Duration requirePositive(Duration value, String name) {
        return requireRange(value, name, Duration.ofMillis(1), Duration.ofDays(365));
    }

    static Duration requireRange(Duration value, String name, Duration min, Duration max) {
        requireNonNull(value, name);
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new IllegalArgumentException(name + " must be between " + min + " and " + max + ", but is " + value);
        }
        return value;
    }
}
