package dev.reactiveimports.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The tables, printed as they come and kept for README.md. */
final class Report {

    private static final String FROM = "<!-- results on Java " + Listing.feature() + ": written by the harness -->";
    private static final String TO = "<!-- end of results -->";

    private final StringBuilder text = new StringBuilder();
    private final List<String> targets = new ArrayList<>();

    void title(String title, String explanation) {
        say("\n### " + title + "\n\n" + explanation + "\n");
    }

    void table(String... columns) {
        row((Object[]) columns);
        say("|" + " --- |".repeat(columns.length));
    }

    void row(Object... cells) {
        StringBuilder row = new StringBuilder("|");
        for (Object cell : cells) {
            row.append(' ').append(cell).append(" |");
        }
        say(row.toString());
    }

    void say(String line) {
        System.out.println(line);
        text.append(line).append('\n');
    }

    /** What was to be reached, and what was. */
    void atLeast(String what, double measured, double wanted) {
        target(what, measured, "≥ ", wanted, measured >= wanted);
    }

    void atMost(String what, double measured, double wanted) {
        target(what, measured, "≤ ", wanted, measured <= wanted);
    }

    private void target(String what, double measured, String relation, double wanted, boolean reached) {
        targets.add(String.format(
                Locale.ROOT,
                "| %s | %s | %s%s | %s |",
                what,
                number(measured),
                relation,
                number(wanted),
                reached ? "yes" : "**no**"));
    }

    static String ratio(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    static String number(double value) {
        return value == Math.rint(value)
                ? String.format(Locale.ROOT, "%.0f", value)
                : String.format(Locale.ROOT, value < 10 ? "%.3f" : "%.1f", value);
    }

    void end() {
        title("Against the targets", "Ratios of medians within this run.");
        table("what", "measured", "target", "reached");
        targets.forEach(this::say);
    }

    /** Puts the tables between the marks of README.md that are meant for this Java. */
    void writeInto(Path readme) throws IOException {
        String old = Files.readString(readme);
        int mark = old.indexOf(FROM);
        if (mark < 0) {
            say("README.md has no place for these: " + FROM);
            return;
        }
        int from = mark + FROM.length();
        int to = old.indexOf(TO, from);
        Files.writeString(readme, old.substring(0, from) + "\n" + text + "\n" + old.substring(to));
    }
}
