package dev.reactiveimports;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** One import of a simulated service: its life is a function of time. All times are milliseconds of the world. */
final class SimulationImport {

    static final long NEVER = Long.MAX_VALUE / 4;

    /** A time with an end, which is not part of it. */
    record Span(long from, long to) {

        boolean has(long time) {
            return from <= time && time < to;
        }
    }

    /** How its percentage moves. */
    enum Curve {
        LINEAR,
        BACK_LOADED,
        AT_100_EARLY,
        NONE
    }

    final int number;
    final String id;
    final String uri;
    final long createdAt;
    long startsAt;
    long endsAt;
    ImportStatus end = ImportStatus.COMPLETED;
    Curve curve = Curve.LINEAR;
    int steps = 10;

    /** When no listing shows it. */
    final List<Span> unlisted = new ArrayList<>();
    /** When a describe of it finds nothing. */
    Span unknown = new Span(0, 0);
    /** When a describe of it ends with this status, or hangs if that is 0. */
    Span failing = new Span(0, 0);

    int failingStatus = 503;
    boolean unreadable;
    /** While it runs, a status that the client does not know. */
    String statusText = "";

    private String rendered = "";
    private String renderedOf = "";

    SimulationImport(int number, String id, String uri, long createdAt) {
        this.number = number;
        this.id = id;
        this.uri = uri;
        this.createdAt = createdAt;
        this.startsAt = createdAt;
        this.endsAt = NEVER;
    }

    boolean hasEnded(long time) {
        return time >= endsAt;
    }

    boolean isListed(long time) {
        return time >= createdAt && unlisted.stream().noneMatch(span -> span.has(time));
    }

    /** Until when some listing does not show it. */
    long unlistedUntil() {
        return unlisted.stream().mapToLong(Span::to).max().orElse(createdAt);
    }

    boolean isFound(long time) {
        return time >= createdAt && !unknown.has(time);
    }

    /** From when on a describe shows the end. */
    long endShownAt() {
        long shown = Math.max(endsAt, unknown.has(endsAt) ? unknown.to() : endsAt);
        return failing.has(shown) ? failing.to() : shown;
    }

    void cancel(long time) {
        if (!hasEnded(time)) {
            endsAt = time;
            startsAt = Math.min(startsAt, time);
            end = ImportStatus.CANCELLED;
        }
    }

    ImportStatus statusAt(long time) {
        return hasEnded(time) ? end : time < startsAt ? ImportStatus.PENDING : ImportStatus.IN_PROGRESS;
    }

    double percentAt(long time) {
        if (time < startsAt) {
            return 0;
        }
        if (hasEnded(time)) {
            return end == ImportStatus.COMPLETED ? 100 : 50;
        }
        double part = endsAt == NEVER ? 0 : (time - startsAt) / (double) (endsAt - startsAt);
        double shown = switch (curve) {
            case LINEAR -> part;
            case BACK_LOADED -> part * part * part;
            case AT_100_EARLY -> Math.min(1, part * 1.5);
            case NONE -> 0;
        };
        return Math.floor(shown * steps) * 100 / steps;
    }

    /** How far it is: grows as long as time does. */
    static double progress(ImportOperation seen) {
        return switch (seen.status()) {
            case PENDING, UNKNOWN -> -1;
            case IN_PROGRESS -> seen.percentComplete();
            case COMPLETED, FAILED, CANCELLED -> 1000;
        };
    }

    String json(long time) {
        ImportStatus status = statusAt(time);
        double percent = percentAt(time);
        String text = statusText.isEmpty() || status.isTerminal() ? status.wireName() : statusText;
        String of = text + " " + percent;
        if (!of.equals(renderedOf)) {
            renderedOf = of;
            rendered = "{\"id\":\"" + id + "\",\"uri\":\"" + uri + "\",\"status\":\"" + text
                    + "\",\"createdAt\":\"" + instant(createdAt) + "\",\"percentComplete\":" + percent
                    + ",\"recordsImported\":" + (unreadable ? "\"many\"" : Math.round(percent * 10))
                    + (status.isTerminal() ? ",\"finishedAt\":\"" + instant(endsAt) + "\"" : "") + "}";
        }
        return rendered;
    }

    private static Instant instant(long millis) {
        return Instant.ofEpochMilli(SimulationClock.epochMillis(millis));
    }
}
