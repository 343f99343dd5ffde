package dev.reactiveimports;

import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import reactor.core.scheduler.Scheduler;

/** The imports this client started a moment ago, which the service may not show yet. */
final class RecentStarts {

    private static final Duration GRACE = Duration.ofSeconds(10);

    private final Scheduler scheduler;
    private final Map<String, Instant> startedAt = new ConcurrentHashMap<>();

    RecentStarts(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    void add(String id) {
        Instant now = now();
        for (Iterator<Instant> known = startedAt.values().iterator(); known.hasNext(); ) {
            if (isOver(known.next(), now)) {
                known.remove();
            }
        }
        startedAt.put(id, now);
    }

    /** Whether a failed describe only says that the service has not caught up yet. */
    boolean explains(String id, Throwable failure) {
        if (!(failure instanceof ImportsApiException refusal) || !refusal.isNotFound()) {
            return false;
        }
        Instant since = startedAt.get(id);
        return since != null && !isOver(since, now());
    }

    private static boolean isOver(Instant since, Instant now) {
        return Duration.between(since, now).compareTo(GRACE) > 0;
    }

    private Instant now() {
        return Instant.ofEpochMilli(scheduler.now(TimeUnit.MILLISECONDS));
    }
}
