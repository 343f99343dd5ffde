package dev.reactiveimports;

import java.util.ArrayList;
import java.util.List;

/** What happened in a world, in order, and which promises it broke. */
final class SimulationLog {

    private static final int SHOWN = 60;

    private final SimulationClock clock;
    private final List<String> events = new ArrayList<>();
    private final List<String> violations = new ArrayList<>();

    SimulationLog(SimulationClock clock) {
        this.clock = clock;
    }

    void add(String actor, String what) {
        events.add(clock.millis() + " " + actor + " " + what);
    }

    /** A promise was broken. */
    void violation(String actor, String what) {
        String line = clock.millis() + " " + actor + " VIOLATION " + what;
        events.add(line);
        violations.add(line);
    }

    List<String> events() {
        return events;
    }

    List<String> violations() {
        return violations;
    }

    /** Puts events from here on that have no order of their own into one. */
    void sortFrom(int first) {
        events.subList(first, events.size()).sort(String::compareTo);
    }

    String tail() {
        return String.join("\n", events.subList(Math.max(0, events.size() - SHOWN), events.size()));
    }
}
