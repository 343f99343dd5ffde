package dev.reactiveimports.shared;

/** A handler failed for good: carries its failure past what is retried for the store's sake. */
final class ConsumerFailure extends RuntimeException {

    private static final long serialVersionUID = 1;

    ConsumerFailure(Throwable cause) {
        super(cause.toString(), cause, false, false);
    }

    Throwable failure() {
        Throwable cause = getCause();
        return cause == null ? this : cause;
    }
}
