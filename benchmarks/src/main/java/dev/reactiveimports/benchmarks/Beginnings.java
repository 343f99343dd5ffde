package dev.reactiveimports.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How long until there is an import to look at. */
final class Beginnings {

    private final Plan plan;
    private final Report report;

    Beginnings(Plan plan, Report report) {
        this.plan = plan;
        this.report = report;
    }

    /** The connection is open, the code is compiled. */
    void warm(Fleet fleet) throws IOException {
        fleet.serve(2, 0);
        String job = "first " + plan.pick(500, 2_000);
        fleet.rounds(2, job, Compare.CLIENTS);
        Map<String, List<Sample>> samples = fleet.rounds(plan.rounds(), job, Compare.CLIENTS);
        report.title("First item, warm", "The median call of a round; its connection is open and its code compiled.");
        report.table("client", "µs until the first item");
        samples.forEach(
                (client, runs) -> report.row(Compare.title(client), micros(runs).text(0)));
        report.atMost(
                "first item warm, of the SDK's",
                micros(samples.get("library")).median()
                        / micros(samples.get("sdk")).median(),
                0.25);
    }

    /** The JVM has just started. */
    void cold() throws IOException {
        List<String> cases = List.of("library", "library warmup", "naive", "jdk", "sdk");
        Map<String, List<double[]>> runs = new LinkedHashMap<>();
        cases.forEach(name -> runs.put(name, new ArrayList<>()));
        try (Jvm server = Jvm.server()) {
            int port = server.port();
            server.serve(2, 0, false);
            for (int round = 0; round < plan.pick(3, 9); round++) {
                for (String name : cases) {
                    runs.get(name).add(start(name.split(" "), port));
                }
            }
        }
        report.title(
                "First item, cold",
                "A JVM for each measurement, from the making of the client on: nothing is loaded, nothing compiled.");
        report.table("client", "ms until the first item", "ms of a second call", "ms of `warmup()` before");
        runs.forEach((name, times) -> report.row(
                Compare.title(name.split(" ")[0]) + (name.endsWith("warmup") ? " after `warmup()`" : ""),
                Spread.of(times, t -> t[0]).text(0),
                Spread.of(times, t -> t[1]).text(1),
                name.endsWith("warmup") ? Spread.of(times, t -> t[2]).text(0) : ""));
        double sdk = Spread.of(runs.get("sdk"), t -> t[0]).median();
        report.atMost(
                "first item cold, × SDK",
                Spread.of(runs.get("library"), t -> t[0]).median() / sdk,
                1);
        report.atMost(
                "first item after warmup(), × the second call of a cold JVM",
                Spread.of(runs.get("library warmup"), t -> t[0]).median()
                        / Spread.of(runs.get("library"), t -> t[1]).median(),
                1.25);
    }

    private static double[] start(String[] name, int port) throws IOException {
        try (Jvm jvm = Jvm.cold(name[0], port, name.length > 1)) {
            String[] nanos = jvm.line().split(" ");
            return new double[] {
                Long.parseLong(nanos[0]) / 1e6, Long.parseLong(nanos[1]) / 1e6, Long.parseLong(nanos[2]) / 1e6
            };
        }
    }

    private static Spread micros(List<Sample> runs) {
        return Spread.of(runs, run -> run.nanos() / 1e3);
    }
}
