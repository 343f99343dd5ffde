package dev.reactiveimports.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Whole listings: items a second, CPU and garbage. */
final class Listing {

    /** The Java that the committed chart is of. */
    private static final int CHART_OF = 17;

    private final Plan plan;
    private final Report report;
    private final Fleet fleet;

    Listing(Plan plan, Report report, Fleet fleet) {
        this.plan = plan;
        this.report = report;
        this.fleet = fleet;
    }

    void run() throws IOException {
        atFullSpeed();
        behindDelay(5, plan.pick(100, 300));
        behindDelay(20, plan.pick(25, 100));
    }

    private void atFullSpeed() throws IOException {
        fleet.serve(plan.pick(1_000, 2_000), 0);
        Map<String, List<Sample>> samples = fleet.rounds(plan.pick(5, 9), "drain", Compare.CLIENTS);
        report.title(
                "Listing, pages at once",
                "One connection, one page after the other. Medians, with minimum and maximum of %d rounds."
                        .formatted(samples.get("sdk").size()));
        report.table("client", "k items/s", "CPU s per 1M items", "bytes an item", "throughput × SDK");
        List<Bars.Bar> bars = new ArrayList<>();
        double sdk = speed(samples.get("sdk")).median();
        samples.forEach((client, runs) -> {
            Spread speed = speed(runs);
            Spread cpu = cpu(runs);
            Spread bytes = bytes(runs);
            report.row(
                    Compare.title(client),
                    speed.text(0),
                    cpu.text(2),
                    bytes.text(0),
                    Report.ratio(speed.median() / sdk));
            bars.add(new Bars.Bar(Compare.title(client).replace("*", ""), speed, cpu, bytes));
        });
        double ours = speed(samples.get("library")).median();
        report.atLeast("listing throughput, × SDK", ours / sdk, feature() > 17 ? 2.8 : 3.5);
        report.atLeast(
                "listing throughput, × naive Reactor",
                ours / speed(samples.get("naive")).median(),
                2.3);
        report.atLeast(
                "listing throughput, of the limit",
                ours / speed(samples.get("limit")).median(),
                0.75);
        report.atMost("bytes an item", bytes(samples.get("library")).median(), 420);
        report.atMost(
                "CPU, of the SDK's",
                cpu(samples.get("library")).median() / cpu(samples.get("sdk")).median(),
                0.2);
        if (plan.full() && feature() == CHART_OF) {
            Bars.write(Path.of("listing.svg"), bars);
        }
    }

    private void behindDelay(int millis, int pages) throws IOException {
        List<String> clients = List.of("drain", "limit", "library", "naive", "jdk", "sdk");
        fleet.serve(pages, millis);
        Map<String, List<Sample>> samples = fleet.rounds(plan.rounds(), "drain", clients);
        report.title(
                "Listing, " + millis + " ms before each page",
                "What the network does to all of it: " + pages + " pages.");
        report.table("client", "ms a page", "CPU ms a page", "× raw drain");
        double drain = perPage(samples.get("drain"), pages).median();
        samples.forEach((client, runs) -> {
            Spread time = perPage(runs, pages);
            report.row(
                    Compare.title(client),
                    time.text(2),
                    Spread.of(runs, run -> run.cpuNanos() / 1e6 / pages).text(2),
                    Report.number(Math.round(time.median() / drain * 1000) / 1000.0));
        });
        if (millis == 5) {
            report.atMost(
                    "5 ms pages, × a raw drain",
                    perPage(samples.get("library"), pages).median() / drain,
                    1.06);
        }
    }

    private static Spread perPage(List<Sample> runs, int pages) {
        return Spread.of(runs, run -> run.nanos() / 1e6 / pages);
    }

    private static Spread speed(List<Sample> runs) {
        return Spread.of(runs, run -> run.items() * 1e6 / run.nanos());
    }

    private static Spread cpu(List<Sample> runs) {
        return Spread.of(runs, run -> run.cpuNanos() / 1e3 / run.items());
    }

    private static Spread bytes(List<Sample> runs) {
        return Spread.of(runs, run -> (double) run.allocated() / run.items());
    }

    static int feature() {
        return Runtime.version().feature();
    }
}
