package dev.reactiveimports.shared;

/**
 * Why a run of {@link SharedImports#runImports} was refused or is unknown, as the store recorded it, maybe by a process that is
 * gone. The process in which it happened delivers the original failure.
 *
 * @since 0.1.0
 */
public final class RecordedRunException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    RecordedRunException(String message) {
        super(message);
    }
}
