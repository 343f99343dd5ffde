package dev.reactiveimports;

import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import reactor.core.scheduler.Scheduler;

/** The imports that this client started recently, which the service may not show yet. */
final class CallRecentStarts {

    private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Scheduler scheduler;
    private final Map<String, Long> startedAt = new ConcurrentHashMap<>();

    CallRecentStarts(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    void add(String id) {
        long now = now();
        for (Iterator<Long> known = startedAt.values().iterator(); known.hasNext(); ) {
            if (isOver(known.next(), now)) {
                known.remove();
            }
        }
        startedAt.put(id, now);
    }

    /** Whether a failed describe only means that the service does not show the new import yet. */
    boolean explains(String id, Throwable failure) {
        if (!(failure instanceof ImportsApiException rejection) || !rejection.isNotFound()) {
            return false;
        }
        Long since = startedAt.get(id);
        return since != null && !isOver(since, now());
    }

    private static boolean isOver(long since, long now) {
        return now - since > GRACE_NANOS;
    }

    private long now() {
        return scheduler.now(TimeUnit.NANOSECONDS);
    }
}
