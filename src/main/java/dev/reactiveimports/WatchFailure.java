package dev.reactiveimports;

/** What a failed look of a watch means for the watch. */
enum WatchFailure {

    /** Nothing was sent, for want of a connection of this client. */
    NOT_SENT,

    /** It may pass by itself. */
    TRANSIENT,

    /** The service does not accept the page token any more. */
    EXPIRED_TOKEN,

    /** The response cannot be read, or names no import: the others are not affected. */
    INVALID,

    /** It would fail for every import, and for ever. */
    DEFINITE;

    static WatchFailure ofPage(Throwable failure, boolean hadToken) {
        if (hadToken && failure instanceof ImportsApiException rejection && isOfToken(rejection.statusCode())) {
            return EXPIRED_TOKEN;
        }
        return failure instanceof ImportsProtocolException && !ImportsRetry.isTransient(failure)
                ? INVALID
                : ofAny(failure);
    }

    static WatchFailure ofDescribe(Throwable failure) {
        boolean invalid = failure instanceof ImportsApiException rejection
                ? rejection.isNotFound()
                : failure instanceof ImportsProtocolException || failure instanceof IllegalArgumentException;
        return invalid && !ImportsRetry.isTransient(failure) ? INVALID : ofAny(failure);
    }

    private static WatchFailure ofAny(Throwable failure) {
        if (WatchOne.isPoolExhausted(failure)) {
            return NOT_SENT;
        }
        return ImportsRetry.isTransient(failure) ? TRANSIENT : DEFINITE;
    }

    private static boolean isOfToken(int statusCode) {
        return switch (statusCode) {
            case 400, 404, 410, 422 -> true;
            default -> false;
        };
    }
}
