package dev.reactiveimports.samples;

import dev.reactiveimports.samples.Dashboard.Panel;
import dev.reactiveimports.samples.MeterQuery.Sample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Draws what the sample dashboard shows of half a minute with a simulated service that has its troubles: bad gateways after
 * 8 seconds, a refusal for 3 seconds after 14, broken connections after 22. The panels and their queries are the dashboard's.
 */
final class DashboardPicture {

    static final Path FILE = Dashboard.FILE.resolveSibling("dashboard.svg");

    private static final Duration RUN = Duration.ofSeconds(30);
    private static final Duration STEP = Duration.ofMillis(500);
    /** Grafana's rate interval, in steps. */
    private static final int WINDOW = 4;

    private static final int WIDTH = 440;
    private static final int HEIGHT = 190;
    private static final int LEFT = 56;
    private static final int TOP = 52;
    private static final int PLOT_WIDTH = WIDTH - LEFT - 20;
    private static final int PLOT_HEIGHT = HEIGHT - TOP - 30;
    private static final List<String> COLOURS =
            List.of("#2f6f9f", "#c8553d", "#588157", "#8a5a9e", "#d19a1f", "#666666");

    private DashboardPicture() {}

    /**
     * Runs the load and writes the picture.
     *
     * @param arguments none
     * @throws IOException if it cannot be written
     */
    public static void main(String[] arguments) throws IOException {
        Files.writeString(FILE, draw(Dashboard.read().panels(), DashboardLoad.scrapes(RUN, STEP)));
        System.out.println(FILE);
    }

    private static String draw(List<Panel> panels, List<List<Sample>> scrapes) {
        StringBuilder svg = new StringBuilder();
        int rows = (panels.size() + 1) / 2;
        add(svg, "<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%d'", 2 * WIDTH, rows * HEIGHT);
        add(svg, " font-family='sans-serif' font-size='11'>%n<rect width='100%%' height='100%%' fill='#f4f5f5'/>%n");
        for (int i = 0; i < panels.size(); i++) {
            add(svg, "<g transform='translate(%d %d)'>%n", i % 2 * WIDTH, i / 2 * HEIGHT);
            panel(svg, panels.get(i), scrapes);
            add(svg, "</g>%n");
        }
        return svg.append("</svg>\n").toString().replace('\'', '"');
    }

    private static void panel(StringBuilder svg, Panel panel, List<List<Sample>> scrapes) {
        Map<String, Map<Integer, Double>> lines = lines(panel, scrapes);
        double highest = lines.values().stream()
                .flatMap(points -> points.values().stream())
                .mapToDouble(Double::doubleValue)
                .max()
                .orElse(1);
        double top = round(highest);
        add(svg, "<title>%s</title>%n", panel.title());
        add(svg, "<rect x='4' y='4' width='%d' height='%d' rx='3' fill='#fff'/>%n", WIDTH - 8, HEIGHT - 8);
        add(svg, "<text x='14' y='22' font-weight='bold'>%s</text>%n", panel.title());
        for (int i = 0; i <= 2; i++) {
            int y = TOP + PLOT_HEIGHT - i * PLOT_HEIGHT / 2;
            add(svg, "<path d='M%d %dh%d' stroke='#ddd'/>", LEFT, y, PLOT_WIDTH);
            add(
                    svg,
                    "<text x='%d' y='%d' text-anchor='end' fill='#555'>%s</text>%n",
                    LEFT - 5,
                    y + 4,
                    label(panel, top * i / 2));
        }
        for (int second = 0; second <= RUN.toSeconds(); second += 10) {
            double x = x(second * 1000.0 / STEP.toMillis(), scrapes.size());
            add(
                    svg,
                    "<text x='%.0f' y='%d' text-anchor='middle' fill='#555'>%d s</text>%n",
                    x,
                    TOP + PLOT_HEIGHT + 16,
                    second);
        }
        int colour = 0;
        int legend = 14;
        for (Map.Entry<String, Map<Integer, Double>> line : lines.entrySet()) {
            String stroke = COLOURS.get(colour++ % COLOURS.size());
            StringBuilder path = new StringBuilder();
            line.getValue()
                    .forEach((at, value) -> add(
                            path,
                            "%s%.1f %.1f",
                            path.isEmpty() ? "M" : "L",
                            x(at, scrapes.size()),
                            TOP + PLOT_HEIGHT * (1 - value / top)));
            add(svg, "<path d='%s' fill='none' stroke='%s' stroke-width='1.5'/>%n", path, stroke);
            add(svg, "<text x='%d' y='38' fill='%s'>%s</text>%n", legend, stroke, line.getKey());
            legend += 14 + 7 * line.getKey().length();
        }
    }

    /** By legend and step. */
    private static Map<String, Map<Integer, Double>> lines(Panel panel, List<List<Sample>> scrapes) {
        Map<String, Map<Integer, Double>> lines = new TreeMap<>();
        for (int now = 0; now < scrapes.size(); now++) {
            int at = now;
            List<Sample> before = now < WINDOW ? List.of() : scrapes.get(now - WINDOW);
            double seconds = Math.min(now + 1, WINDOW) * STEP.toMillis() / 1000.0;
            panel.targets()
                    .forEach(target -> target.query()
                            .evaluate(before, scrapes.get(at), seconds)
                            .forEach(
                                    (label, value) -> lines.computeIfAbsent(target.name(label), name -> new TreeMap<>())
                                            .put(at, value)));
        }
        return lines;
    }

    private static double x(double step, int steps) {
        return LEFT + PLOT_WIDTH * step / steps;
    }

    /** Up to 1, 2 or 5 times a power of ten. */
    private static double round(double value) {
        double power = Math.pow(10, Math.floor(Math.log10(value)));
        return power * (value <= power ? 1 : value <= 2 * power ? 2 : value <= 5 * power ? 5 : 10);
    }

    private static String label(Panel panel, double value) {
        String number = String.format(Locale.ROOT, "%.3f", value).replaceAll("\\.?0+$", "");
        return number + (panel.unit().equals("s") ? " s" : "");
    }

    private static void add(StringBuilder text, String format, Object... arguments) {
        text.append(String.format(Locale.ROOT, format, arguments));
    }
}
