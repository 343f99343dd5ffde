package dev.reactiveimports.benchmarks;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** A thousand running imports, looked at again and again. */
final class Watch {

    private static final int IMPORTS = 1_000;

    private final Plan plan;
    private final Report report;
    private final Fleet fleet;

    Watch(Plan plan, Report report, Fleet fleet) {
        this.plan = plan;
        this.report = report;
        this.fleet = fleet;
    }

    void run() throws IOException {
        int ticks = plan.pick(10, 20);
        List<String> clients = List.of("library", "sdk");
        fleet.serveRunning(IMPORTS / Pages.ITEMS);
        String job = "watch " + IMPORTS + " " + ticks;
        fleet.rounds(plan.pick(4, 8), job, clients);
        Map<String, List<Sample>> samples = fleet.rounds(plan.rounds(), job, clients);
        report.title(
                "Watching 1,000 imports",
                "A tick looks at all of them: `watchImports` here, a describe of each with the SDK. Nothing changes.");
        report.table("client", "requests a tick", "CPU ms a tick", "ms a tick");
        samples.forEach((client, runs) -> report.row(
                Compare.title(client),
                requests(runs, ticks).text(1),
                cpu(runs, ticks).text(2),
                Spread.of(runs, run -> run.nanos() / 1e6 / ticks).text(2)));
        report.atMost(
                "watching 1,000 imports, requests a tick",
                requests(samples.get("library"), ticks).median(),
                12);
        report.atMost(
                "watching 1,000 imports, CPU of 1,000 SDK describes",
                cpu(samples.get("library"), ticks).median()
                        / cpu(samples.get("sdk"), ticks).median(),
                0.1);
    }

    private static Spread requests(List<Sample> runs, int ticks) {
        return Spread.of(runs, run -> (double) run.items() / ticks);
    }

    private static Spread cpu(List<Sample> runs, int ticks) {
        return Spread.of(runs, run -> run.cpuNanos() / 1e6 / ticks);
    }
}
