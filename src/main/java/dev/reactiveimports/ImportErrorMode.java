package dev.reactiveimports;

import java.util.Locale;

/**
 * What an import does when it meets a record it cannot read.
 *
 * @since 0.1.0
 */
public enum ImportErrorMode {
    /** Stop and fail; the service's own default. */
    ABORT,
    /** Skip the record and go on. */
    CONTINUE;

    /**
     * The service's own spelling.
     *
     * @return {@code "abort"} or {@code "continue"}
     */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
