package dev.reactiveimports.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Measures everything and says it in tables; a full run also writes them into README.md, and the chart beside it. */
public final class Compare {

    static final List<String> CLIENTS = List.of("limit", "library", "naive", "jdk", "sdk");

    private Compare() {}

    public static void main(String[] arguments) throws Exception {
        Plan plan = Plan.of(arguments[0]);
        Report report = new Report();
        report.say("`" + String.join(",", arguments) + "` on " + Machine.describe());
        if (plan.has("listing") || plan.has("work") || plan.has("watch") || plan.has("first")) {
            warm(plan, report);
        }
        if (plan.has("cold")) {
            new Beginnings(plan, report).cold();
        }
        if (plan.has("memory")) {
            new Memory(plan, report).run();
        }
        if (plan.has("jmh")) {
            Micro.run(plan, report);
        }
        report.end();
        if (plan.full() && plan.isWhole()) {
            report.writeInto(Path.of("README.md"));
        }
        System.exit(0);
    }

    private static void warm(Plan plan, Report report) throws IOException {
        List<String> clients = List.of("limit", "drain", "library", "naive", "jdk", "sdk");
        try (Fleet fleet = new Fleet(clients)) {
            fleet.serve(plan.pick(1_000, 2_000), 0);
            prove(fleet);
            // the compiler is at work for three million imports and more
            fleet.rounds(plan.pick(8, 30), "drain", clients);
            if (plan.has("listing")) {
                new Listing(plan, report, fleet).run();
            }
            if (plan.has("work")) {
                new Work(plan, report, fleet).run();
            }
            if (plan.has("watch")) {
                new Watch(plan, report, fleet).run();
            }
            if (plan.has("first")) {
                new Beginnings(plan, report).warm(fleet);
            }
        }
    }

    /** Stops everything unless all clients read the same. */
    private static void prove(Fleet fleet) throws IOException {
        Set<List<Long>> digests = fleet.rounds(1, "prove", CLIENTS).values().stream()
                .map(samples -> List.of(samples.get(0).items(), samples.get(0).digest()))
                .collect(Collectors.toSet());
        if (digests.size() != 1) {
            throw new IllegalStateException("the clients do not read the same: " + digests);
        }
    }

    static String title(String client) {
        return switch (client) {
            case "limit" -> "limit: raw NIO, hand parser";
            case "drain" -> "raw drain, nothing parsed";
            case "library" -> "**Reactive Imports**";
            case "naive" -> "naive Reactor";
            case "jdk" -> "java.net.http + databind";
            default -> "official SDK";
        };
    }
}
