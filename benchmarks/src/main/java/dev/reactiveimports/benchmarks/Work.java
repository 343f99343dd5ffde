package dev.reactiveimports.benchmarks;

import java.io.IOException;
import java.util.List;

/** A consumer with work of its own, on a thread of its own: where reading ahead pays. */
final class Work {

    private static final int DELAY = 5;
    private static final int NANOS = 50_000;

    private final Plan plan;
    private final Report report;
    private final Fleet fleet;

    Work(Plan plan, Report report, Fleet fleet) {
        this.plan = plan;
        this.report = report;
        this.fleet = fleet;
    }

    void run() throws IOException {
        int pages = plan.pick(60, 200);
        fleet.serve(pages, DELAY);
        report.title(
                "Reading ahead",
                "%d ms before each of %d pages, 50 µs of work on each import behind `publishOn(scheduler, prefetch)`."
                        .formatted(DELAY, pages));
        report.table("prefetch", "`readAhead(0)`, ms a page", "`readAhead(1)`, ms a page", "× faster");
        for (int prefetch : List.of(1, 256)) {
            Spread without = run(pages, 0, prefetch);
            Spread with = run(pages, 1, prefetch);
            double faster = without.median() / with.median();
            report.row(prefetch, without.text(2), with.text(2), Report.ratio(faster));
            if (prefetch == 1) {
                report.atLeast("readAhead(1) for a working consumer, × none", faster, 1.8);
            }
        }
    }

    private Spread run(int pages, int readAhead, int prefetch) throws IOException {
        String job = "work " + readAhead + " " + prefetch + " " + NANOS;
        fleet.run("library", job);
        return Spread.of(
                fleet.rounds(plan.rounds(), job, List.of("library")).get("library"),
                sample -> sample.nanos() / 1e6 / pages);
    }
}
