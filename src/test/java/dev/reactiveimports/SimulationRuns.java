package dev.reactiveimports;

import dev.reactiveimports.SimulationSubscriber.Demand;
import dev.reactiveimports.SimulationWeather.Fault;
import dev.reactiveimports.SimulationWeather.Phase;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Worlds of one pipeline of runs, whose starts, polls and walks meet faults for some minutes; and what it promises. */
final class SimulationRuns {

    private static final int NEVER_TIRED = 1_000_000;

    private final SimulationWorld world;
    private final SimulationRunner runner;
    private boolean movesTheWallClock;
    private boolean sourceFails;
    private int maxFailures = NEVER_TIRED;

    private SimulationRuns(SimulationWorld world) {
        this.world = world;
        SimulationDice dice = world.dice;
        Demand demand = dice.chance(0.4)
                ? new Demand(dice.between(1, 4), dice.between(1L, 20_000L))
                : new Demand(0, dice.between(0L, 5_000L));
        this.runner = new SimulationRunner(world, dice.between(1, 15), dice.oneOf(1, 2, 3, 5, 20), demand);
        world.runners.add(runner);
    }

    static SimulationWorld running(long seed) {
        SimulationWorld world = new SimulationWorld(seed);
        SimulationRuns runs = new SimulationRuns(world);
        runs.fill();
        world.atEnd = runs::check;
        return world;
    }

    private void fill() {
        SimulationDice dice = world.dice;
        world.clear = dice.between(60_000L, 300_000L);
        world.recovery = TimeUnit.HOURS.toMillis(2);
        world.attemptTimeout = Duration.ofMillis(dice.between(1_000, 15_000));
        world.rebuild();
        world.weather.slowest = dice.oneOf(20, 200, 900);
        for (int i = 0; i < dice.between(1, 4); i++) {
            long from = dice.between(0L, world.clear);
            Fault fault = dice.chance(0.5) ? null : dice.oneOf(Fault.values());
            world.weather.phases.add(
                    new Phase(from, from + dice.between(5_000L, 60_000L), dice.oneOf(0.1, 0.3, 0.9), fault));
        }
        if (dice.chance(0.2)) {
            world.weather.rate = dice.oneOf(1, 5, 20);
            world.weather.burst = dice.oneOf(2, 5, 20);
        }
        world.service.order = dice.oneOf(SimulationService.Order.values());
        world.service.tokensAreOffsets = dice.chance(0.5);
        world.service.largestPage = dice.oneOf(1, 3, 10, 100);
        for (int i = 0; i < dice.oneOf(0, 10, 40); i++) {
            world.service.add("old" + i, SimulationRunner.uri(dice.between(0, 15)), -dice.between(60_000L, 600_000L));
        }
        subscribe();
        disturb();
    }

    private void subscribe() {
        SimulationDice dice = world.dice;
        sourceFails = dice.chance(0.1);
        maxFailures = dice.oneOf(5, NEVER_TIRED, NEVER_TIRED, NEVER_TIRED);
        RunImportsSpec spec = RunImportsSpec.maxInProgress(runner.maxInProgress)
                .pollSpec(PollSpec.fixedInterval(Duration.ofMillis(dice.between(500, 10_000)))
                        .random(world.jitter::unit)
                        .maxConsecutiveFailures(maxFailures))
                .cancelOnCancel(dice.chance(0.5));
        runner.cancelsImports = spec.cancelsOnCancel();
        if (dice.chance(0.3)) {
            spec = spec.beforeStart(this::checked);
        }
        RunImportsSpec all = spec;
        Mono<StartImportRequest> last = sourceFails ? Mono.error(thrown()) : Mono.empty();
        world.clock.at(
                0,
                () -> Flux.from(world.api.runImports(runner.source(last), all)).subscribe(runner));
    }

    /** One in eight is rejected, and some take their time. */
    private Mono<Void> checked(StartImportRequest request) {
        int hash = Math.floorMod(request.uri().hashCode(), 8);
        Mono<Void> check = hash == 0 ? Mono.error(thrown()) : Mono.empty();
        return hash % 3 == 0
                ? check
                : Mono.delay(Duration.ofMillis(hash * 300L), world.clock.client())
                        .then(check);
    }

    private static IllegalArgumentException thrown() {
        return new IllegalArgumentException(SimulationCast.THROWN);
    }

    private void disturb() {
        SimulationDice dice = world.dice;
        if (dice.chance(0.15)) {
            world.clock.at(dice.between(0L, world.clear), runner::cancel);
        } else if (dice.chance(0.1)) {
            world.closeAt(dice.between(0L, world.clear));
        }
        if (dice.chance(0.1)) {
            movesTheWallClock = true;
            long by = dice.oneOf(-1, 1) * dice.between(1_000L, 3_600_000L);
            world.clock.at(dice.between(0L, world.clear), () -> world.clock.setWallClockBy(by));
        }
    }

    private void check(SimulationWorld ended) {
        world.service.accepted.forEach((uri, times) -> {
            if (times > 1) {
                world.log.violation("runner", times + " imports of " + uri + " were started");
            }
        });
        if (!runner.cancelled) {
            runner.delivered.values().forEach(this::isJustified);
            end();
        }
        runner.cancel();
        SimulationInvariants.check(ended);
    }

    private void isJustified(ImportRun run) {
        int accepted = world.service.accepted.getOrDefault(run.request().uri(), 0);
        if (run.outcome() == ImportRun.Outcome.REFUSED && accepted > 0) {
            world.log.violation("runner", "reported as refused what was started: " + run.request());
        } else if (run.outcome() == ImportRun.Outcome.UNKNOWN && isPeaceful()) {
            ImportOperation known = run.operation();
            if (known != null ? !runner.notFound.contains(known.id()) : accepted == 1 && runner.failedPages == 0) {
                world.log.violation("runner", "reported as unknown what could be known: " + run);
            }
        }
    }

    /** Whether nothing but faults of single exchanges can be the reason. */
    private boolean isPeaceful() {
        return world.closedAt < 0 && !movesTheWallClock && runner.longestStreak() < maxFailures;
    }

    private void end() {
        Throwable failure = runner.failure;
        if (failure == null && !runner.completed) {
            world.log.violation("runner", "never came to an end");
        } else if (failure == null && (sourceFails || runner.delivered.size() != runner.requests)) {
            world.log.violation("runner", "completed with " + runner.delivered.size() + " of " + runner.requests);
        } else if (failure != null
                && isPeaceful()
                && !(sourceFails && SimulationCast.THROWN.equals(failure.getMessage()))) {
            world.log.violation("runner", "must not fail by " + failure);
        } else if (failure != null && isPeaceful() && runner.delivered.size() != runner.requests) {
            world.log.violation("runner", "failed with " + runner.delivered.size() + " of " + runner.requests);
        }
    }
}
