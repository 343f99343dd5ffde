package dev.reactiveimports;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.util.Logger;
import reactor.util.Loggers;

/**
 * Whether the service is up for a watch at all. A look that fails concerns its import alone; when {@value #OUTAGE} in a row fail
 * and none succeeds between them, or when the service asks for a pause, the whole watch waits and then tries again, so
 * that an outage is not multiplied. Of fewer imports each waits by itself, so that one that joins is looked at all the same. So
 * many such polls in a row end the watch.
 */
final class WatchHealth {

    /** How many imports must fail in a row before it is the service that fails, and not they. */
    static final int OUTAGE = 8;

    private static final Logger LOG = Loggers.getLogger(WatchHealth.class);

    private final PollSpec spec;
    private final WatchEntries imports;
    private final boolean failuresAreData;
    private final WatchTime time;
    private final Set<Object> failing = new HashSet<>();
    private final SuppressedFailures earlier = new SuppressedFailures();
    private long pausedUntil = Long.MIN_VALUE;
    private long countedAt = Long.MIN_VALUE;
    private int failures;
    private @Nullable Throwable fatal;

    WatchHealth(PollSpec spec, WatchEntries imports, WatchKind kind, WatchTime time) {
        this.spec = spec;
        this.imports = imports;
        this.failuresAreData = kind != WatchKind.IMPORTS;
        this.time = time;
    }

    /** No look may begin before then. */
    long pausedUntil() {
        return pausedUntil;
    }

    /** Why the watch must end; null if it goes on. */
    @Nullable
    Throwable fatal() {
        return fatal;
    }

    void endBy(Throwable failure) {
        if (fatal == null) {
            fatal = failure;
        }
    }

    /** The service said something sensible. */
    void responded() {
        failing.clear();
        if (failures > 0) {
            failures = 0;
            earlier.clear();
        }
    }

    /**
     * A look failed for a reason that may pass.
     *
     * @param subject what was looked at, the same for every look at it
     * @param begunAt when the look began: of looks that were under way together, one counts
     */
    void failed(Object subject, Throwable failure, long begunAt) {
        boolean pauseAsked = WatchPace.pauseAskedBy(failure) > 0;
        failing.add(subject);
        if (pauseAsked) {
            pause(WatchPace.pauseAskedBy(failure));
        }
        if (begunAt >= countedAt && (pauseAsked || failing.size() >= enough())) {
            count(failure, failing.size() >= OUTAGE);
        }
    }

    /** Of few ids, all: unless each of them gets its own failure. */
    private int enough() {
        return failuresAreData ? OUTAGE : Math.max(1, Math.min(OUTAGE, imports.size()));
    }

    private void count(Throwable failure, boolean isOutage) {
        failing.clear();
        countedAt = time.now() + 1;
        if (++failures >= spec.maxFailures()) {
            endBy(earlier.suppressedBy(failure));
            return;
        }
        earlier.add(failure);
        if (isOutage) {
            long wait = WatchPace.afterFailure(spec, failures, failure);
            LOG.debug("All imports of a watch fail, so that it pauses for {} ms: {}", wait, words(failure));
            pause(wait);
        }
    }

    /** A log must not show a page token, which a rejected listing may quote. */
    private static String words(Throwable failure) {
        return LOG.isDebugEnabled()
                ? ListenerGuard.withoutToken(ImportsListener.Operation.LIST, failure)
                        .toString()
                : "";
    }

    private void pause(long wait) {
        pausedUntil = Math.max(pausedUntil, time.now() + wait);
    }
}
