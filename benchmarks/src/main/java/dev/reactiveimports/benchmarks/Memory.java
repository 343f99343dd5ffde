package dev.reactiveimports.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** How little memory a long listing needs, and that its length does not matter. */
final class Memory {

    private static final int MILLION = 10_000;
    private static final double MEGA = 1024 * 1024;

    private final Plan plan;
    private final Report report;

    Memory(Plan plan, Report report) {
        this.plan = plan;
        this.report = report;
    }

    void run() throws IOException {
        try (Jvm server = Jvm.server()) {
            int port = server.port();
            smallest(server, port);
            peak(server, port);
            warmPeak(server, port);
        }
    }

    private void smallest(Jvm server, int port) throws IOException {
        report.title(
                "Smallest heap", "The least `-Xmx`, in MB, at which a JVM (SerialGC) still lists that many imports.");
        report.table("client", "100,000", "1,000,000");
        for (String client : plan.full() ? List.of("library", "sdk") : List.of("library")) {
            Object few = plan.full() ? smallest(client, server, port, MILLION / 10) : "not in a quick run";
            int many = smallest(client, server, port, MILLION);
            report.row(Compare.title(client), few, many);
            if (client.equals("library")) {
                report.atMost("smallest heap for 1,000,000 imports, MB", many, 12);
            }
        }
    }

    private static int smallest(String client, Jvm server, int port, int pages) throws IOException {
        server.serve(pages, 0, false);
        int tooSmall = 3;
        int enough = 48;
        while (enough - tooSmall > 1) {
            int middle = (tooSmall + enough) / 2;
            if (lists(client, port, pages, middle)) {
                enough = middle;
            } else {
                tooSmall = middle;
            }
        }
        return enough;
    }

    private static boolean lists(String client, int port, int pages, int megabytes) {
        try (Jvm jvm =
                Jvm.worker(client, port, "-Xmx" + megabytes + "m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError")) {
            return jvm.runWithin(40, "drain").items() == (long) pages * Pages.ITEMS;
        } catch (IOException e) {
            return false;
        }
    }

    private void peak(Jvm server, int port) throws IOException {
        report.title(
                "At `-Xmx64m`",
                "Most memory resident of a JVM that lists so many, and garbage collections (its default collector).");
        report.table("client", "100,000: MB", "1,000,000: MB", "grows by", "collections for 1,000,000");
        double[] collections = new double[2];
        List<String> clients = List.of("library", "sdk");
        for (String client : clients) {
            Spread few = peak(client, server, port, MILLION / 10);
            Sample[] runs = runs(client, server, port, MILLION);
            Spread many = Spread.of(List.of(runs), Sample::peakResident);
            Spread gc = Spread.of(List.of(runs), Sample::collections);
            collections[clients.indexOf(client)] = gc.median();
            report.row(Compare.title(client), mega(few), mega(many), growth(few, many), gc.text(0));
            if (client.equals("library")) {
                report.atMost("peak memory, 1,000,000 against 100,000", many.median() / few.median(), 1.05);
            }
        }
        report.atMost("collections at -Xmx64m, of the SDK's", collections[0] / collections[1], 0.125);
    }

    /** What the length alone adds: in a young JVM the heap's first use and the compiler grow beside it. */
    private void warmPeak(Jvm server, int port) throws IOException {
        report.title(
                "At `-Xmx64m`, warm",
                "The same of a JVM that has listed a million before: its heap was touched, its code is compiled.");
        report.table("client", "100,000: MB", "1,000,000: MB", "grows by");
        for (String client : List.of("library", "sdk")) {
            List<Sample> few = new ArrayList<>();
            List<Sample> many = new ArrayList<>();
            try (Jvm jvm = Jvm.worker(client, port, "-Xmx64m")) {
                server.serve(MILLION, 0, false);
                jvm.run("drain");
                for (int round = 0; round < plan.pick(1, 3); round++) {
                    server.serve(MILLION / 10, 0, false);
                    few.add(jvm.run("peak"));
                    server.serve(MILLION, 0, false);
                    many.add(jvm.run("peak"));
                }
            }
            Spread before = Spread.of(few, Sample::peakResident);
            Spread after = Spread.of(many, Sample::peakResident);
            report.row(Compare.title(client), mega(before), mega(after), growth(before, after));
            if (client.equals("library")) {
                report.atMost(
                        "peak memory of a warm JVM, 1,000,000 against 100,000", after.median() / before.median(), 1.05);
            }
        }
    }

    private static String growth(Spread few, Spread many) {
        return "%.1f %%".formatted(100 * (many.median() / few.median() - 1));
    }

    private Spread peak(String client, Jvm server, int port, int pages) throws IOException {
        return Spread.of(List.of(runs(client, server, port, pages)), Sample::peakResident);
    }

    private Sample[] runs(String client, Jvm server, int port, int pages) throws IOException {
        server.serve(pages, 0, false);
        Sample[] runs = new Sample[plan.pick(1, 3)];
        for (int i = 0; i < runs.length; i++) {
            try (Jvm jvm = Jvm.worker(client, port, "-Xmx64m")) {
                runs[i] = jvm.run("drain");
            }
        }
        return runs;
    }

    private static String mega(Spread bytes) {
        return new Spread(bytes.median() / MEGA, bytes.min() / MEGA, bytes.max() / MEGA).text(0);
    }
}
