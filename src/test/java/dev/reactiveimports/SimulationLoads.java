package dev.reactiveimports;

import dev.reactiveimports.SimulationSubscriber.Demand;
import dev.reactiveimports.SimulationSubscriber.Kind;
import dev.reactiveimports.SimulationWeather.Fault;
import dev.reactiveimports.SimulationWeather.Phase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Worlds whose requests, or failed calls, are counted, each with a model of what they may cost. */
final class SimulationLoads {

    private static final long MINUTE = 60_000;

    private static final long LEARNING = 3 * MINUTE;

    private SimulationLoads() {}

    /** Running imports below many pages of ended ones: a look costs the walk to them, or a describe of each. */
    static SimulationWorld deep(long seed) {
        SimulationWorld world = new SimulationWorld(seed);
        world.service.largestPage = 10;
        world.service.showsAll = true;
        world.service.order = world.dice.oneOf(SimulationService.Order.NEWEST_FIRST, SimulationService.Order.HASHED);
        world.clear = LEARNING + 20 * MINUTE;
        List<String> watched = new ArrayList<>();
        int running = world.dice.between(20, 100);
        int pagesOfOthers = world.dice.between(0, running);
        for (int i = 0; i < running; i++) {
            SimulationImport one = world.service.add("i" + i, "s3://bucket/" + i, -MINUTE);
            watched.add(one.id);
        }
        for (int i = 0; i < pagesOfOthers * 10; i++) {
            SimulationImport other = world.service.add("other" + i, "s3://bucket/other" + i, -MINUTE);
            other.endsAt = 0;
        }
        world.watchMany(watched, SimulationPace.fixed(Duration.ofSeconds(30), 0), Demand.UNBOUNDED, 0, false);
        return world;
    }

    /** About the cheaper of both ways each round, once it has learned where they are. */
    static void checkDeep(SimulationWorld world) {
        SimulationSubscriber one = world.subscribers.get(0);
        int walk = (world.service.imports.size() + 9) / 10;
        int cheapest = Math.min(walk, one.joined.size());
        long rounds = (world.clear + world.recovery - LEARNING) / 30_000 + 1;
        long begun = one.traffic.begunSince(LEARNING);
        if (begun > 1.2 * cheapest * rounds) {
            world.log.violation(
                    one.name,
                    begun + " requests in " + rounds + " rounds for " + one.joined.size() + " imports on " + walk
                            + " pages: " + begun * 10 / cheapest / rounds + "0 % of the least");
        }
        SimulationInvariants.check(world);
    }

    /** Very many ended imports, one to a page so that a walk is as long as that of a million, and one that runs. */
    static SimulationWorld historic(long seed) {
        SimulationWorld world = new SimulationWorld(seed);
        world.service.largestPage = 1;
        world.service.showsAll = true;
        world.service.order = SimulationService.Order.NEWEST_FIRST;
        world.clear = 60 * MINUTE;
        world.weather.slowest = 20;
        for (int i = 0; i < 10_000; i++) {
            world.service.add("ended" + i, "s3://bucket/" + i, -MINUTE).endsAt = 0;
        }
        SimulationImport running = world.service.add("running", "s3://bucket/r", -MINUTE);
        running.endsAt = world.dice.between(10 * MINUTE, 50 * MINUTE);
        world.watchIndex(SimulationPace.adaptive(Duration.ofSeconds(2), Duration.ofSeconds(30)), Demand.UNBOUNDED, 0);
        return world;
    }

    /** The first walk, two more an hour, and a few pages each round. */
    static void checkHistoric(SimulationWorld world) {
        SimulationSubscriber one = world.subscribers.get(0);
        int most = 3 * world.service.imports.size() + 3 * (int) (world.clear / 2_000);
        if (one.traffic.begun > most) {
            world.log.violation(one.name, one.traffic.begun + " requests in an hour, more than " + most);
        }
        SimulationPromptness.checkOnly(world, id -> id.equals("running"));
    }

    /** Calls at a steady rate, down to one a minute, while a quarter of all attempts fail. */
    static SimulationWorld failing(long seed) {
        SimulationWorld world = new SimulationWorld(seed);
        int calls = 2_000;
        long pause = world.dice.oneOf(100L, 1_000L, MINUTE);
        world.clear = calls * pause;
        world.weather.phases.add(new Phase(0, world.clear, 0.25, Fault.STATUS_502));
        world.service.add("i", "s3://bucket/i", -MINUTE);
        for (int i = 0; i < calls; i++) {
            describe(world, i * pause);
        }
        return world;
    }

    /** Three retries leave 0.4 % to fail. */
    static void checkFailing(SimulationWorld world) {
        long failed =
                world.subscribers.stream().filter(one -> one.failure != null).count();
        if (failed > world.subscribers.size() * 0.01) {
            world.log.violation("world", failed + " of " + world.subscribers.size() + " calls failed");
        }
    }

    /** Nothing but 429 with a Retry-After for minutes, and callers that keep coming. */
    static SimulationWorld throttled(long seed) {
        SimulationWorld world = new SimulationWorld(seed);
        long until = world.dice.between(10 * MINUTE, 20 * MINUTE);
        world.clear = until + 5 * MINUTE;
        world.recovery = 5 * MINUTE;
        world.weather.longestRetryAfter = world.dice.oneOf(1, 5, 20);
        world.weather.phases.add(new Phase(0, until, 1.0, Fault.STATUS_429_RETRY_AFTER));
        world.service.add("i", "s3://bucket/i", -MINUTE);
        int pause = world.dice.oneOf(1_000, 5_000);
        for (int i = 0; i < 40; i++) {
            describe(world, world.dice.between(0L, MINUTE));
        }
        for (long at = MINUTE; at < until; at += pause) {
            describe(world, at);
        }
        long recovered = until + 1_000L * world.weather.longestRetryAfter * 11 / 10 + 10_000;
        for (int i = 0; i < 10; i++) {
            describe(world, recovered + i * 1_000L);
        }
        return world;
    }

    /** Four attempts, each after a queue of a minute at most and a back-off; and calls succeed soon after recovery. */
    static void checkThrottled(SimulationWorld world) {
        long most = 4 * (60_000 + 22_000) + 1_000;
        Phase storm = world.weather.phases.get(0);
        long recovered = storm.to() + 1_000L * world.weather.longestRetryAfter * 11 / 10 + 10_000;
        for (SimulationSubscriber one : world.subscribers) {
            if (!one.isOver() || one.endedAt - one.demandedAt > most) {
                world.log.violation(one.name, "took " + (one.endedAt - one.demandedAt) + " ms, more than " + most);
            } else if (one.subscribedAt >= recovered
                    && (one.failure != null || one.endedAt > one.subscribedAt + 2_000)) {
                world.log.violation(one.name, "failed or was slow though the service had recovered");
            }
        }
        SimulationInvariants.check(world);
    }

    /** More callers than connections, each of whom waits, while every response takes its time. */
    static SimulationWorld crowded(long seed) {
        SimulationWorld world = new SimulationWorld(seed);
        world.clear = 10 * MINUTE;
        world.recovery = 5 * MINUTE;
        world.attemptTimeout = Duration.ofSeconds(30);
        world.rebuild();
        world.weather.fastest = world.dice.between(3_000L, 6_000L);
        world.weather.slowest = world.weather.fastest;
        int callers = world.dice.between(60, 200);
        for (int i = 0; i < callers; i++) {
            SimulationImport one = world.service.add("i" + i, "s3://bucket/" + i, -MINUTE);
            one.endsAt = world.dice.between(1L, 5 * MINUTE);
            if (world.dice.chance(0.5)) {
                SimulationSubscriber caller = world.subscriber(Kind.AWAIT, one.id, Demand.UNBOUNDED);
                world.clock.at(0, () -> world.subscribe(caller, world.api.awaitImport(one.id)));
            } else {
                SimulationPace pace = SimulationPace.fixed(Duration.ofSeconds(5), 0);
                world.watchMany(List.of(one.id), pace, Demand.UNBOUNDED, 0, true);
            }
        }
        return world;
    }

    /** A thousand callers within a minute, and nothing but 503. */
    static SimulationWorld dead(long seed) {
        SimulationWorld world = new SimulationWorld(seed);
        world.clear = 2 * MINUTE;
        world.recovery = 2 * MINUTE;
        world.weather.phases.add(
                new Phase(0, world.clear, 1.0, world.dice.oneOf(Fault.STATUS_503, Fault.NOT_CONNECTED)));
        world.service.add("i", "s3://bucket/i", -MINUTE);
        for (int i = 0; i < 1_000; i++) {
            describe(world, world.dice.between(0L, MINUTE));
        }
        return world;
    }

    /** An outage is not multiplied. */
    static void checkDead(SimulationWorld world) {
        if (world.wire.begun > 1_250) {
            world.log.violation("world", world.wire.begun + " attempts of 1,000 calls");
        }
        SimulationInvariants.check(world);
    }

    private static void describe(SimulationWorld world, long at) {
        SimulationSubscriber one = world.subscriber(Kind.DESCRIBE, "i", Demand.UNBOUNDED);
        world.clock.at(at, () -> world.subscribe(one, world.api.describeImport("i")));
    }
}
