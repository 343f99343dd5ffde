package dev.reactiveimports;

import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import reactor.core.scheduler.Scheduler;

/** The imports that this client started recently, which the service may not show yet. */
final class CallRecentStarts {

    private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Scheduler scheduler;
    private final Map<String, Long> startedAt = new ConcurrentHashMap<>();
    private final Queue<Started> byAge = new ConcurrentLinkedQueue<>();

    CallRecentStarts(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    void add(String id) {
        long now = now();
        // by age, so that a start costs the same however many there were a moment ago
        for (Started first = byAge.peek(); first != null && isOver(first.at(), now); first = byAge.peek()) {
            if (byAge.remove(first)) {
                startedAt.remove(first.id(), first.at());
            }
        }
        startedAt.put(id, now);
        byAge.add(new Started(id, now));
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

    private record Started(String id, long at) {}
}
