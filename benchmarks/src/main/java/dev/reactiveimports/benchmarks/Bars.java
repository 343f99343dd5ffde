package dev.reactiveimports.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** A bar chart of the listing, drawn as SVG without any library. */
final class Bars {

    private static final int LEFT = 210;
    private static final int LONGEST = 340;
    private static final int ROW = 26;
    private static final int PANEL = 44;
    private static final int WIDTH = 720;

    private final StringBuilder svg = new StringBuilder();
    private int y;

    private Bars() {}

    /** What one client did. */
    record Bar(String client, Spread speed, Spread cpu, Spread bytes) {}

    static void write(Path file, List<Bar> bars) throws IOException {
        Bars chart = new Bars();
        chart.panel("Thousand imports listed a second (more is better)", bars, Bar::speed, 0);
        chart.panel("CPU seconds for a million imports (less is better)", bars, Bar::cpu, 2);
        chart.panel("Bytes allocated for an import (less is better)", bars, Bar::bytes, 0);
        int height = chart.y + 34;
        String head = """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" \
                font-family="system-ui, sans-serif" font-size="13" role="img" \
                aria-label="Listing imports: throughput, CPU and allocation of five clients">
                <rect width="100%%" height="100%%" fill="#ffffff"/>
                """.formatted(WIDTH, height, WIDTH, height);
        String foot = """
                <text x="12" y="%d" fill="#57606a" font-size="11">Loopback without delay, one connection, Java %d, %d cores; \
                medians, lines from minimum to maximum. With real latency the network decides: see the tables.</text>
                </svg>
                """.formatted(
                        chart.y + 18, Listing.feature(), Runtime.getRuntime().availableProcessors());
        Files.writeString(file, head + chart.svg + foot);
    }

    private void panel(String title, List<Bar> bars, Function<Bar, Spread> value, int digits) {
        double most =
                bars.stream().mapToDouble(bar -> value.apply(bar).max()).max().orElse(1);
        add("<text x=\"12\" y=\"%d\" fill=\"#1f2328\" font-weight=\"600\">%s</text>", y + 28, title);
        y += PANEL;
        for (Bar bar : bars) {
            Spread spread = value.apply(bar);
            boolean ours = bar.client().equals("Reactive Imports");
            int middle = y + 9;
            add(
                    "<text x=\"%d\" y=\"%d\" fill=\"#1f2328\" text-anchor=\"end\"%s>%s</text>",
                    LEFT - 10, y + 14, ours ? " font-weight=\"600\"" : "", bar.client());
            add(
                    "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"18\" rx=\"2\" fill=\"%s\"/>",
                    LEFT, y, LONGEST * spread.median() / most, ours ? "#0969da" : "#afb8c1");
            add(
                    "<path d=\"M%.1f %dH%.1f\" stroke=\"#1f2328\" stroke-width=\"1.5\"/>",
                    LEFT + LONGEST * spread.min() / most, middle, LEFT + LONGEST * spread.max() / most);
            add(
                    "<text x=\"%.1f\" y=\"%d\" fill=\"#1f2328\">%." + digits + "f</text>",
                    LEFT + LONGEST * spread.max() / most + 8,
                    y + 14,
                    spread.median());
            y += ROW;
        }
    }

    private void add(String format, Object... arguments) {
        svg.append(String.format(Locale.ROOT, format, arguments)).append('\n');
    }
}
