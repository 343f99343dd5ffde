package dev.reactiveimports;

import dev.reactiveimports.SimulationSubscriber.Kind;
import java.util.function.Predicate;

/** How late a watch may see things while nothing goes wrong, but for single imports that cannot be described. */
final class SimulationPromptness {

    /** How often the longest latency may add up: a walk's pages, looks that wait for others. */
    private static final int ROUND_TRIPS = 20;

    private static final long SLACK = 2_000;

    /** By which part of its wait a look may be shifted, to be made together with others. */
    private static final double SHARED = 0.25;

    private final SimulationWorld world;

    private SimulationPromptness(SimulationWorld world) {
        this.world = world;
    }

    static void check(SimulationWorld world) {
        checkOnly(world, id -> true);
        SimulationInvariants.check(world);
    }

    static void checkOnly(SimulationWorld world, Predicate<String> ids) {
        world.subscribers.stream()
                .filter(one -> one.kind == Kind.WATCH_MANY || one.kind == Kind.WATCH_INDEX)
                .filter(one -> one.unboundedAt == one.subscribedAt && one.unboundedAt >= 0)
                .forEach(one -> new SimulationPromptness(world).check(one, ids));
    }

    private void check(SimulationSubscriber one, Predicate<String> ids) {
        for (SimulationImport known : world.service.imports.values()) {
            if (!ids.test(known.id) || (one.kind == Kind.WATCH_MANY && !one.joined.containsKey(known.id))) {
                continue;
            }
            boolean isHealthy = known.failing.to() <= 0 && known.unlistedUntil() <= known.createdAt;
            if (isHealthy || (one.kind == Kind.WATCH_MANY && known.failing.to() <= 0)) {
                first(one, known);
                end(one, known);
            }
        }
    }

    private void first(SimulationSubscriber one, SimulationImport known) {
        SimulationSubscriber.Seen seen = one.first.get(known.id);
        long latest = latestFirst(one, known);
        if (latest < world.clear && (seen == null || seen.at() > latest)) {
            world.log.violation(
                    one.name,
                    "first saw " + known.id + (seen == null ? " never" : " at " + seen.at()) + ", not by " + latest);
        }
    }

    private long latestFirst(SimulationSubscriber one, SimulationImport known) {
        boolean discovered = one.kind == Kind.WATCH_INDEX;
        long since = Math.max(one.unboundedAt, discovered ? known.createdAt : one.joined.get(known.id));
        boolean isNew = discovered && since > one.unboundedAt;
        return since + grace() + (isNew ? longestWait(one.pace, one.pace.max().toMillis()) : 0);
    }

    private void end(SimulationSubscriber one, SimulationImport known) {
        SimulationSubscriber.Seen seen = one.seen.get(known.id);
        long since = Math.max(one.unboundedAt, known.endsAt);
        since = Math.max(since, one.joined.getOrDefault(known.id, 0L));
        long latest = Math.max(latestFirst(one, known), since + longestWait(one, known, since) + grace());
        boolean isTerminal = seen != null && seen.operation().isTerminal();
        if (latest < world.clear && (!isTerminal || seen.at() > latest)) {
            world.log.violation(
                    one.name,
                    "saw the end of " + known.id + " of " + known.endsAt + (isTerminal ? " at " + seen.at() : " never")
                            + ", not by " + latest);
        }
    }

    private long grace() {
        return SLACK + ROUND_TRIPS * world.weather.longestLatency();
    }

    /** By what a spec promises of an import of that age. */
    private static long longestWait(SimulationSubscriber one, SimulationImport known, long at) {
        SimulationPace pace = one.pace;
        double max = pace.max().toMillis();
        double byAge = pace.min().toMillis() + 0.04 * (at - known.createdAt);
        return longestWait(pace, pace.isAdaptive() ? Math.min(max, byAge) : max);
    }

    private static long longestWait(SimulationPace pace, double wait) {
        return (long) (wait * (1 + pace.jitter() + SHARED));
    }
}
