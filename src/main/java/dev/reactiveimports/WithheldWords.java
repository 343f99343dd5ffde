package dev.reactiveimports;

/**
 * What a listener may know of a failure. Where pages are fetched, an answer's words may quote a pagination token, and the
 * exception itself will carry the one that was sent: so a listener gets a copy without either.
 */
final class WithheldWords {

    private WithheldWords() {}

    static Throwable of(ImportsListener.Operation operation, Throwable failure) {
        if (operation != ImportsListener.Operation.LIST || !(failure instanceof ImportsException ours)) {
            return failure;
        }
        ImportsException copy = copy(ours);
        copy.setStackTrace(ours.getStackTrace());
        return copy;
    }

    private static ImportsException copy(ImportsException failure) {
        if (failure instanceof ImportsApiException refusal) {
            return new ImportsApiException(
                    refusal.statusCode(),
                    "HTTP " + refusal.statusCode(),
                    refusal.code(),
                    refusal.requestId(),
                    refusal.retryAfter());
        }
        String message = failure.reason();
        if (failure instanceof ImportsTransportException broken) {
            return broken.copy();
        }
        // what is quoted comes after the first colon
        int quoted = message.indexOf(": ");
        return new ImportsProtocolException(quoted < 0 ? message : message.substring(0, quoted));
    }
}
