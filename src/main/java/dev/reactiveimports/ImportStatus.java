package dev.reactiveimports;

import static java.util.Objects.requireNonNull;

import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The status of an import. The service documents five values and may add more: any other value becomes {@link #UNKNOWN}, its
 * text kept in {@link ImportOperation#statusText()}.
 *
 * @since 0.1.0
 */
public enum ImportStatus {
    /** Accepted, not begun. */
    PENDING("Pending"),
    /** Reading and indexing. At 100 percent an import may stay so for ten minutes and more. */
    IN_PROGRESS("InProgress"),
    /** Ended, all of it imported. */
    COMPLETED("Completed"),
    /** Ended by an error, see {@link ImportOperation#error()}. */
    FAILED("Failed"),
    /** Ended by {@link ReactiveImportsApi#cancelImport}. What had been imported stays in the index. */
    CANCELLED("Cancelled"),
    /** A value this version does not know. Never terminal. */
    UNKNOWN("Unknown");

    private static final Map<String, ImportStatus> BY_WIRE_NAME = Stream.of(values())
            .collect(Collectors.toUnmodifiableMap(s -> s.wireName.toLowerCase(Locale.ROOT), Function.identity()));

    private final String wireName;

    ImportStatus(String wireName) {
        this.wireName = wireName;
    }

    /**
     * Reads the service's text, ignoring case.
     *
     * @param wire what the service sent, such as {@code "InProgress"}
     * @return the status, {@link #UNKNOWN} for any text not known
     */
    public static ImportStatus of(String wire) {
        return BY_WIRE_NAME.getOrDefault(requireNonNull(wire, "wire").toLowerCase(Locale.ROOT), UNKNOWN);
    }

    /**
     * The service's own spelling.
     *
     * @return such as {@code "InProgress"}
     */
    public String wireName() {
        return wireName;
    }

    /**
     * Whether an import in this status will never change again.
     *
     * @return true for {@link #COMPLETED}, {@link #FAILED} and {@link #CANCELLED}
     */
    public boolean isTerminal() {
        return this == COMPLETED || this == FAILED || this == CANCELLED;
    }
}
