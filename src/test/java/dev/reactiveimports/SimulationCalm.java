package dev.reactiveimports;

import dev.reactiveimports.SimulationImport.Curve;
import dev.reactiveimports.SimulationImport.Span;
import dev.reactiveimports.SimulationSubscriber.Demand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Worlds in which at most one thing goes wrong, so that what is promised can be held to tight bounds. */
final class SimulationCalm {

    private final SimulationWorld world;
    private final SimulationDice dice;

    private SimulationCalm(long seed) {
        world = new SimulationWorld(seed);
        dice = world.dice;
        world.attemptTimeout = Duration.ofSeconds(30);
        world.clear = dice.between(120_000L, 400_000L);
        world.recovery = 240_000;
        world.weather.slowest = dice.oneOf(20, 60, 100);
        world.service.order = dice.oneOf(SimulationService.Order.values());
        world.service.tokensAreOffsets = dice.chance(0.5);
        world.rebuild();
    }

    /** Nothing goes wrong; ids join at any time. */
    static SimulationWorld quiet(long seed) {
        SimulationCalm calm = new SimulationCalm(seed);
        calm.running(calm.dice.oneOf(1, 5, 30, 120));
        calm.watch();
        return calm.world;
    }

    /** Describes of one or two imports hang; the listing shows all of the imports, or none. */
    static SimulationWorld hanging(long seed) {
        SimulationCalm calm = new SimulationCalm(seed);
        List<SimulationImport> running = calm.running(calm.dice.between(3, 20));
        boolean unlisted = calm.dice.chance(0.7);
        for (SimulationImport one : running) {
            if (unlisted) {
                one.unlisted.add(new Span(-SimulationImport.NEVER, SimulationImport.NEVER));
            }
        }
        for (int i = 0; i < calm.dice.between(1, 2); i++) {
            SimulationImport hangs = running.get(calm.dice.between(0, running.size() - 1));
            long from = calm.dice.between(-30_000L, calm.world.clear / 2);
            hangs.failing = new Span(from, from + calm.dice.between(60_000L, 200_000L));
            hangs.failingStatus = 0;
        }
        calm.watch();
        return calm.world;
    }

    /** The listing does not show an import for a while, in which its describes fail too. */
    static SimulationWorld hidden(long seed) {
        SimulationCalm calm = new SimulationCalm(seed);
        List<SimulationImport> running = calm.running(calm.dice.between(1, 12));
        for (int i = 0; i < calm.dice.between(1, 2); i++) {
            SimulationImport hidden = running.get(calm.dice.between(0, running.size() - 1));
            long from = calm.dice.between(0L, calm.world.clear / 3);
            Span gone = new Span(from, Math.min(calm.world.clear, from + calm.dice.between(20_000L, 200_000L)));
            hidden.unlisted.add(gone);
            hidden.failing = gone;
            hidden.failingStatus = calm.dice.oneOf(0, 503);
        }
        SimulationPace pace = calm.pace();
        calm.world.watchIndex(pace, Demand.UNBOUNDED, 0);
        return calm.world;
    }

    /** Page tokens expire before a slow consumer has taken what a page showed. */
    static SimulationWorld expiring(long seed) {
        SimulationCalm calm = new SimulationCalm(seed);
        calm.world.service.largestPage = calm.dice.between(2, 10);
        calm.world.service.tokensLast = calm.dice.between(1_000L, 5_000L);
        List<SimulationImport> running = calm.running(calm.dice.between(12, 40));
        Demand slow = new Demand(calm.dice.between(1, 3), calm.dice.between(500L, 3_000L));
        if (calm.dice.chance(0.5)) {
            calm.world.watchIndex(calm.pace(), slow, 0);
        } else {
            List<String> ids = running.stream().map(one -> one.id).toList();
            calm.world.watchMany(ids, calm.pace(), slow, 0, true);
        }
        return calm.world;
    }

    private List<SimulationImport> running(int count) {
        List<SimulationImport> running = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            SimulationImport one = world.service.add("i" + i, "s3://bucket/" + i, -dice.between(0L, 300_000L));
            if (dice.chance(0.1)) {
                one = world.service.add("late" + i, "s3://bucket/" + i, dice.between(1L, world.clear));
            }
            one.startsAt = one.createdAt + dice.between(0L, 20_000L);
            one.endsAt = Math.max(one.startsAt, 0) + dice.between(1L, world.clear);
            one.end = dice.oneOf(ImportStatus.COMPLETED, ImportStatus.FAILED);
            one.curve = dice.oneOf(Curve.values());
            one.steps = dice.oneOf(1, 5, 20);
            running.add(one);
        }
        return running;
    }

    private SimulationPace pace() {
        return dice.chance(0.6)
                ? SimulationPace.fixed(Duration.ofMillis(dice.between(1_000, 10_000)), dice.oneOf(0.0, 0.1))
                : SimulationPace.adaptive(Duration.ofSeconds(2), Duration.ofSeconds(30));
    }

    private void watch() {
        SimulationPace pace = pace();
        if (dice.chance(0.3)) {
            world.watchIndex(pace, Demand.UNBOUNDED, 0);
            return;
        }
        List<String> atOnce = new ArrayList<>();
        List<SimulationImport> later = new ArrayList<>();
        for (SimulationImport one : world.service.imports.values()) {
            if (one.createdAt <= 0 && dice.chance(0.8)) {
                atOnce.add(one.id);
            } else {
                later.add(one);
            }
        }
        world.watchMany(atOnce, pace, Demand.UNBOUNDED, 0, later);
    }
}
