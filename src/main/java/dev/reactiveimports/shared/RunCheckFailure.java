package dev.reactiveimports.shared;

/** Marks the failure of a caller's check, which is not that of a start. */
final class RunCheckFailure extends RuntimeException {

    private static final long serialVersionUID = 1;

    RunCheckFailure(Throwable cause) {
        super(null, cause, false, false);
    }
}
