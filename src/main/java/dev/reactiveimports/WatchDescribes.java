package dev.reactiveimports;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;

/**
 * Looks at single imports, a few at a time. One that takes long lets another begin, so that no number of imports whose describes
 * hang, up to {@value #MAX_IN_FLIGHT}, delays the others. All of it runs in the {@link SerialExecutor}.
 */
final class WatchDescribes {

    static final int CONCURRENCY = 8;

    /** Below the number of connections that a client has: some are left to other calls. */
    static final int MAX_IN_FLIGHT = 40;

    /** A describe that takes this much longer than others does not count as one of {@value #CONCURRENCY} any more. */
    private static final double HANGING = 4;

    private static final long LEAST_PATIENCE_MILLIS = 2_000;
    private static final double SMOOTHING = 0.2;

    private final WatchLooks looks;
    private final Deque<Look> queue = new ArrayDeque<>();
    private final Set<Look> inFlight = new LinkedHashSet<>();
    private double latency;

    WatchDescribes(WatchLooks looks) {
        this.looks = looks;
    }

    /** Queues imports; those that were never observed go first. */
    void add(List<WatchEntry> some, WatchRound round) {
        for (WatchEntry watched : some) {
            looks.imports().queue(watched);
            round.add();
            if (!watched.wasObserved()) {
                queue.addFirst(new Look(watched, round));
            } else {
                queue.addLast(new Look(watched, round));
            }
        }
    }

    /** Begins what may begin; returns when to come back. */
    long proceed(long now) {
        while (!queue.isEmpty() && inFlight.size() < MAX_IN_FLIGHT && young(now) < CONCURRENCY) {
            Look look = queue.remove();
            if (look.watched.slot == WatchEntry.QUEUED) {
                inFlight.add(look);
                look.begin(now);
            } else {
                look.round.remove(); // seen, or ended, meanwhile
            }
        }
        return queue.isEmpty() || inFlight.size() >= MAX_IN_FLIGHT ? Long.MAX_VALUE : oldestYoung(now) + patience();
    }

    private int young(long now) {
        int young = 0;
        long patience = patience();
        for (Look look : inFlight) {
            young += look.begunAt + patience > now ? 1 : 0;
        }
        return young;
    }

    private long oldestYoung(long now) {
        long patience = patience();
        for (Look look : inFlight) {
            if (look.begunAt + patience > now) {
                return look.begunAt;
            }
        }
        return now;
    }

    private long patience() {
        return Math.max(LEAST_PATIENCE_MILLIS, Math.min(WatchListing.MOST_PATIENCE_MILLIS, (long) (HANGING * latency)));
    }

    void cancel() {
        queue.clear();
        for (Iterator<Look> each = inFlight.iterator(); each.hasNext(); ) {
            Look look = each.next();
            each.remove();
            look.cancel();
        }
    }

    private final class Look {

        private final WatchEntry watched;
        private final WatchRound round;
        private long begunAt;
        private @Nullable Disposable call;

        Look(WatchEntry watched, WatchRound round) {
            this.watched = watched;
            this.round = round;
        }

        void begin(long now) {
            begunAt = now;
            watched.slot = WatchEntry.LOOKED_AT;
            call = looks.call(
                    looks.watch().describe(watched.id()),
                    seen -> end(() -> {
                        long took = looks.now() - begunAt;
                        latency = latency == 0 ? took : latency + SMOOTHING * (took - latency);
                        looks.health().responded();
                        looks.imports().observe(watched, seen, begunAt);
                    }),
                    failure -> end(() -> failed(failure)));
        }

        private void end(Runnable outcome) {
            if (!inFlight.remove(this)) {
                return;
            }
            if (watched.slot == WatchEntry.LOOKED_AT) {
                watched.slot = WatchEntry.SOUGHT;
            }
            round.requested();
            outcome.run();
            round.remove();
        }

        private void failed(Throwable failure) {
            WatchEntries imports = looks.imports();
            if (looks.watch().expects(watched.id(), failure)) {
                looks.health().responded();
                imports.postpone(watched, looks.afterNoLook());
                return;
            }
            switch (WatchFailure.ofDescribe(failure)) {
                case NOT_SENT -> imports.postpone(watched, looks.afterNoLook());
                case TRANSIENT -> {
                    looks.health().failed(watched, failure, begunAt);
                    imports.failed(watched, failure);
                }
                case INVALID -> {
                    looks.health().responded();
                    imports.unknown(watched, failure);
                }
                case EXPIRED_TOKEN, DEFINITE -> looks.health().endBy(failure);
            }
        }

        void cancel() {
            if (call != null) {
                call.dispose();
            }
        }
    }
}
