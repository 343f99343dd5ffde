package dev.reactiveimports;

import dev.reactiveimports.SimulationSubscriber.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The exchanges of one subscriber: how many, which of them failed in a row, and whether each was allowed to begin. */
final class SimulationTraffic implements SimulationCalls {

    private final SimulationSubscriber owner;
    private final SimulationWorld world;
    private final SimulationLog log;
    /** Calls whose last attempt failed. */
    private final Set<Object> failing = Collections.newSetFromMap(new IdentityHashMap<>());

    private final Map<String, Integer> streaks = new HashMap<>();
    private final Set<String> mayBeTaken = new HashSet<>();

    /** Ids that the service said it does not know. */
    final Set<String> notFound = new HashSet<>();
    /** Ids that ever failed. */
    final Map<String, Integer> longestStreaks = new HashMap<>();

    private final List<Long> times = new ArrayList<>();
    int begun;
    int inFlight;
    int failed;
    int pages;
    int heads;
    int longestStreak;
    int longestWalkStreak;
    private int streak;
    /** Pages that failed since a walk came to its end. */
    private int walkStreak;

    @Nullable
    Exception lastFailure;

    SimulationTraffic(SimulationSubscriber owner, SimulationWorld world) {
        this.owner = owner;
        this.world = world;
        this.log = world.log;
    }

    @Override
    public String name() {
        return owner.name;
    }

    /** A listing's pages count as one. */
    private static String key(String exchange) {
        int query = exchange.indexOf('?');
        return query < 0 ? exchange : exchange.substring(0, query);
    }

    /** How many exchanges began then or later. */
    long begunSince(long time) {
        return times.stream().filter(at -> at >= time).count();
    }

    void requireNone(String when) {
        if (inFlight != 0) {
            log.violation(name(), inFlight + " exchanges in flight " + when);
        }
    }

    @Override
    public void begins(String exchange, Object call) {
        begun++;
        times.add(world.clock.millis());
        inFlight++;
        boolean isRetry = failing.remove(call);
        pages += exchange.startsWith("GET?") && !isRetry ? 1 : 0;
        if (owner.isOver()) {
            log.violation(name(), "an exchange after the end: " + exchange);
        } else if (owner.requested == 0) {
            log.violation(name(), "an exchange before any demand: " + exchange);
        } else if (owner.kind == Kind.LIST && pages > pagesDemanded()) {
            log.violation(name(), pages + " pages, though only " + owner.requested + " items were requested");
        } else if (owner.kind.isWatch() && owner.outstanding() == 0 && !isRetry && world.neverThrottled()) {
            log.violation(name(), "a poll without demand: " + exchange);
        }
    }

    private double pagesDemanded() {
        double size = Math.min(owner.pageSize, world.service.largestPage);
        return Math.ceil(owner.requested / size) + owner.readAhead;
    }

    @Override
    public void sends(String exchange, Object call, String body) {
        if (exchange.startsWith("POST")) {
            heads++;
            if (!mayBeTaken.add(owner.target)) {
                log.violation(name(), "a second POST though the first may have been taken");
            }
        }
    }

    @Override
    public void succeeds(String exchange, @Nullable Object value) {
        inFlight--;
        walkStreak = value instanceof ImportPage page && !page.hasNext() ? 0 : walkStreak;
        streak = 0;
        streaks.remove(key(exchange));
    }

    @Override
    public void fails(String exchange, Object call, Exception failure) {
        inFlight--;
        lastFailure = failure;
        if (failure instanceof ImportsApiException response) {
            if (response.isNotFound() && exchange.startsWith("GET/")) {
                notFound.add(exchange.substring(4));
            }
            if (exchange.startsWith("POST") && isDefinite(response)) {
                mayBeTaken.remove(owner.target);
            }
        }
        count(exchange, call);
    }

    /** Whether a start with this response was surely not taken. */
    static boolean isDefinite(ImportsApiException response) {
        return response.statusCode() == 503
                ? response.retryAfter() != null
                : response.statusCode() < 500 && response.statusCode() != 408;
    }

    @Override
    public void cancelled(String exchange, Object call) {
        inFlight--;
        if (!owner.isOver()) {
            lastFailure = null;
            count(exchange, call);
        }
    }

    private void count(String exchange, Object call) {
        String key = key(exchange);
        failed++;
        failing.add(call);
        walkStreak += exchange.startsWith("GET?") ? 1 : 0;
        longestWalkStreak = Math.max(longestWalkStreak, walkStreak);
        longestStreak = Math.max(longestStreak, ++streak);
        int ofThis = streaks.merge(key, 1, Integer::sum);
        longestStreaks.merge(key, ofThis, Math::max);
    }

    /** How often in a row exchanges about this failed, at most. */
    int longestStreak(String id) {
        return longestStreaks.getOrDefault("GET/" + id, 0);
    }

    /** Whether an id of many may end by this. */
    boolean mayFail(String id, Throwable failure) {
        SimulationImport known = world.service.imports.get(id);
        return failure instanceof ImportsApiException response && response.isNotFound()
                ? notFound.contains(id)
                : failure instanceof ImportsProtocolException
                        ? known != null && known.unreadable
                        : ImportsRetry.isTransient(failure)
                                && (longestStreak(id) >= owner.spec.maxFailures() || !world.neverThrottled());
    }

    boolean mayBeTaken() {
        return !mayBeTaken.isEmpty();
    }
}
