package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reactiveimports.SimulationSubscriber.Demand;
import dev.reactiveimports.SimulationWeather.Phase;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Five hundred runs, 20 at a time, while one response in fifteen is some fault; their requests beside a watcher for each. */
class RunManyRequestsTests {

    private static final int RUNS = 500;
    private static final int AT_ONCE = 20;
    private static final PollSpec EVERY_TWO_SECONDS =
            PollSpec.fixedInterval(Duration.ofSeconds(2)).maxConsecutiveFailures(1_000_000);

    @Test
    void fiveHundredRunsCostAThirdOfTheRequestsOfAWatcherEach() {
        SimulationWorld world = world();
        SimulationRunner runner = new SimulationRunner(world, RUNS, AT_ONCE, Demand.UNBOUNDED);
        world.runners.add(runner);
        world.clock.at(
                0,
                () -> world.api
                        .runImports(
                                runner.source(Mono.empty()),
                                RunImportsSpec.maxInProgress(AT_ONCE).pollSpec(EVERY_TWO_SECONDS))
                        .subscribe(runner));
        SimulationLog log = world.run(SimulationInvariants::check);

        assertThat(log.violations()).isEmpty();
        assertThat(runner.completed).isTrue();
        assertThat(runner.delivered).hasSize(RUNS);
        assertThat(world.service.accepted.values()).allMatch(times -> times == 1);
        int byHand = requestsOfAWatcherEach();
        System.out.println("requests of 500 runs: " + runner.begun + "; of a start and a watch for each: " + byHand);
        assertThat(runner.begun).isLessThan(byHand / 3);
    }

    private static SimulationWorld world() {
        SimulationWorld world = new SimulationWorld(7);
        world.clear = TimeUnit.HOURS.toMillis(2);
        world.weather.phases.add(new Phase(0, world.clear, 1 / 15.0, null));
        return world;
    }

    private static int requestsOfAWatcherEach() {
        SimulationWorld world = world();
        SimulationRunner counter = new SimulationRunner(world, RUNS, AT_ONCE, Demand.UNBOUNDED);
        world.clock.at(
                0,
                () -> counter.source(Mono.empty())
                        .flatMap(
                                request -> world.api
                                        .startImport(request)
                                        .flatMapMany(id -> world.api.watchImport(id, EVERY_TWO_SECONDS))
                                        .onErrorResume(failure -> Flux.empty()),
                                AT_ONCE)
                        .contextWrite(counter.currentContext())
                        .subscribe());
        world.run(ended -> {});
        return counter.begun;
    }
}
