package dev.reactiveimports.shared;

/** Ends what is done under a lease when that is lost, or may be. */
final class SharedLeaseLost extends RuntimeException {

    private static final long serialVersionUID = 1;

    SharedLeaseLost(String message) {
        super(message, null, false, false);
    }
}
