package dev.reactiveimports.samples;

import dev.reactiveimports.ImportOperation;
import dev.reactiveimports.ImportsListener;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Shows imports as bars that move where there is a terminal, and as a line for each change of status where there is none. As
 * a listener it also shows what the client has to put up with. It only prints, so nothing is to be restored on Ctrl-C.
 */
final class ProgressBoard implements ImportsListener {

    private static final int BAR = 16;
    /** A line that is wider than the terminal is cut: one that wraps would be two to draw over. */
    private static final String CUT = "\u001b[?7l";

    private static final String WRAP = "\u001b[?7h";

    private final PrintStream out;
    private final boolean terminal;
    private final Map<String, ImportOperation> imports = new LinkedHashMap<>();
    private int linesDrawn;
    private boolean finished;
    private long exchanges;
    private long polls;
    private int retries;
    private String lastTrouble = "";

    ProgressBoard(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    synchronized void show(ImportOperation now) {
        ImportOperation before = imports.put(now.id(), now);
        if (terminal) {
            draw();
        } else if (before == null || before.status() != now.status() || quarter(before) != quarter(now)) {
            out.println(line(now));
        }
    }

    /** The bars stay as they are; a summary follows. */
    synchronized void finish() {
        finished = true;
        if (terminal) {
            draw();
        }
        out.println("Ended:");
        imports.values()
                .forEach(i -> out.printf(
                        Locale.ROOT,
                        "  %-4s %-10s %,10d records in %s%s%n",
                        i.id(),
                        i.statusText(),
                        i.recordsImported(),
                        seconds(i),
                        i.error() == null ? "" : "  (" + i.error() + ")"));
        out.printf(
                Locale.ROOT,
                "HTTP requests so far: %d, polls among them: %d, retries: %d.%n",
                exchanges,
                polls,
                retries);
    }

    synchronized long exchanges() {
        return exchanges;
    }

    @Override
    public synchronized void onExchange(Exchange exchange) {
        exchanges++;
    }

    @Override
    public synchronized void onPoll(Poll poll) {
        polls += poll.requests();
    }

    @Override
    public synchronized void onRetry(Retrying retry) {
        retries++;
        trouble("attempt " + retry.attempt() + " failed, trying again: "
                + retry.cause().getMessage());
    }

    @Override
    public synchronized void onThrottle(Duration wait) {
        trouble("throttled: every call waits " + wait.toMillis() + " ms");
    }

    private void trouble(String text) {
        lastTrouble = text;
        if (terminal && !finished) {
            draw();
        } else {
            out.println("  ! " + text);
        }
    }

    private void draw() {
        StringBuilder screen = new StringBuilder(CUT);
        if (linesDrawn > 0) {
            screen.append("\u001b[").append(linesDrawn).append('A');
        }
        imports.values().forEach(i -> screen.append("\u001b[2K").append(line(i)).append('\n'));
        screen.append("\u001b[2K  ")
                .append(finished ? "" : lastTrouble)
                .append('\n')
                .append(WRAP);
        linesDrawn = imports.size() + 1;
        out.print(screen);
        out.flush();
    }

    private static String line(ImportOperation now) {
        int done = (int) Math.round(now.percentComplete() / 100 * BAR);
        return String.format(
                Locale.ROOT,
                "  %-4s %-10s [%s%s] %5.1f %% %,10d records%s",
                now.id(),
                now.statusText(),
                "#".repeat(done),
                ".".repeat(BAR - done),
                now.percentComplete(),
                now.recordsImported(),
                outlook(now));
    }

    /** Rate and time left, where both can be told. */
    private static String outlook(ImportOperation now) {
        if (now.isTerminal() || now.createdAt() == null || now.percentComplete() <= 0 || now.percentComplete() >= 100) {
            return "";
        }
        double elapsed =
                Math.max(1, Duration.between(now.createdAt(), Instant.now()).toMillis()) / 1000.0;
        return String.format(
                Locale.ROOT,
                ", %,.0f/s, %.0f s left",
                now.recordsImported() / elapsed,
                elapsed * (100 - now.percentComplete()) / now.percentComplete());
    }

    private static String seconds(ImportOperation ended) {
        return ended.createdAt() == null || ended.finishedAt() == null
                ? "unknown time"
                : Duration.between(ended.createdAt(), ended.finishedAt()).toMillis() / 1000.0 + " s";
    }

    private static int quarter(ImportOperation of) {
        return (int) (of.percentComplete() / 25);
    }
}
