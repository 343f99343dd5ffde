package dev.reactiveimports;

import java.time.Duration;

/** Of a call that the throttle gate does not let pass: nothing to retry, and nothing new about the service. */
final class ThrottleNotSent extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final ImportsException failure;

    ThrottleNotSent(ImportsException failure) {
        super("not sent", failure, false, false);
        this.failure = failure;
    }

    /**
     * Of a call whose turn comes too late.
     *
     * @param refusal another call's, so its caller may still write to it
     * @param wait until the turn would come
     */
    static ThrottleNotSent throttled(ImportsApiException refusal, Duration wait) {
        return new ThrottleNotSent(new ImportsApiException(
                refusal.statusCode(),
                refusal.reason() + " (not sent: the turn of this call would come in " + wait.toSeconds() + " s)",
                refusal.code(),
                refusal.requestId(),
                wait));
    }

    static ThrottleNotSent disposed(Throwable rejection) {
        return new ThrottleNotSent(new ImportsTransportException(
                "the client's scheduler accepts no tasks, so the call cannot wait until the service accepts it",
                rejection,
                false));
    }

    /** What the caller receives: an exception of its own. */
    ImportsException failure() {
        return failure;
    }
}
