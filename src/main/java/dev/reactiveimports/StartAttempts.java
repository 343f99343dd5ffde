package dev.reactiveimports;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether an import may have been started by what one call sent so far. Starting is not idempotent, so the call goes on only
 * while it surely was not.
 */
final class StartAttempts {

    /** Refusals outside 3xx and 4xx that say the request was not, and never will be, acted on. */
    private static final Set<Integer> DEFINITE_5XX = Set.of(501, 505, 511);

    private final StartImportRequest request;
    private volatile @Nullable ExchangeTrace latest;
    private volatile boolean settled;

    StartAttempts(StartImportRequest request) {
        this.request = request;
    }

    ExchangeTrace begin(ExchangeTrace trace) {
        settled = false;
        latest = trace;
        return trace;
    }

    /** To be asked of every failed attempt, before anything else is. */
    boolean surelyNotTaken(Throwable failure) {
        settled = failure instanceof ImportsApiException refusal && isDefinite(refusal);
        return inDoubtSince() == null;
    }

    /** The failure as the caller is to see it. */
    Throwable explain(Throwable failure) {
        Instant since = inDoubtSince();
        if (since == null || failure instanceof ImportOutcomeUnknownException) {
            return failure;
        }
        int attempts = failure instanceof ImportsException known ? known.attempts() : 1;
        return new ImportOutcomeUnknownException(request, since, failure).afterAttempts(attempts);
    }

    private @Nullable Instant inDoubtSince() {
        ExchangeTrace trace = latest;
        return trace == null || settled ? null : trace.sentAt();
    }

    private static boolean isDefinite(ImportsApiException refusal) {
        int status = refusal.statusCode();
        return status == 503
                ? refusal.retryAfter() != null
                : status < 500 ? status != 408 : DEFINITE_5XX.contains(status);
    }
}
