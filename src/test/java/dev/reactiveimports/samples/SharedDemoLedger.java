package dev.reactiveimports.samples;

import dev.reactiveimports.ImportStatus;
import dev.reactiveimports.samples.SharedDemoTrail.Step;
import dev.reactiveimports.shared.Cursor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the demo has seen, from outside: what the consumer received, whichever replica it ran in; what each replica saw since it
 * was started; how often the service was asked to start each URI.
 */
final class SharedDemoLedger {

    private final SharedDemoTrail consumer = new SharedDemoTrail(false);
    private final TreeMap<String, SharedDemoTrail> replicas = new TreeMap<>();
    private final Map<String, String> outcomes = new HashMap<>();
    private final List<String> faults = new ArrayList<>();
    private String consumedBy = "nobody";

    /** A new process without memory: it sees the states first, then every change. */
    synchronized void started(String replica) {
        replicas.put(replica, new SharedDemoTrail(true));
    }

    /**
     * Takes a line of a replica, and returns what to reply, if anything.
     *
     * @throws IllegalArgumentException if the line is not one of the demo's own
     */
    synchronized @Nullable String accept(String replica, String line) {
        String[] words = line.split(" ");
        switch (words[0]) {
            case "consumed" -> {
                consumer.add(step(words));
                consumedBy = replica;
                return words[1];
            }
            case "seen" -> trail(replica).add(step(words));
            case "run" -> outcomes.put(words[1], words[2]);
            default -> throw new IllegalArgumentException(line);
        }
        return null;
    }

    /** Something else that must not happen. */
    synchronized void fault(String what) {
        faults.add(what);
    }

    private SharedDemoTrail trail(String replica) {
        return replicas.computeIfAbsent(replica, name -> new SharedDemoTrail(true));
    }

    /** The line of a process that is killed may end anywhere. */
    private static Step step(String[] words) {
        if (words.length != 5) {
            throw new IllegalArgumentException("a change has 5 words, not " + words.length);
        }
        return new Step(
                Cursor.decode(words[1]),
                words[2],
                words[3].equals("-") ? null : ImportStatus.valueOf(words[3]),
                ImportStatus.valueOf(words[4]));
    }

    /** What each replica and the consumer know now, in one line. */
    synchronized String summary() {
        StringBuilder line = new StringBuilder("imports ended/seen: ");
        replicas.forEach((name, trail) ->
                line.append(name).append(' ').append(known(trail)).append(", "));
        return line.append("consumer (in %s) %s".formatted(consumedBy, known(consumer)))
                .toString();
    }

    private static String known(SharedDemoTrail trail) {
        return trail.imports() == 0 ? "-" : trail.ended() + "/" + trail.imports();
    }

    /** Whether everybody knows of every end: until then something is on its way, or lost. */
    synchronized boolean knowsAll(Map<String, ImportStatus> ends) {
        return consumer.faults(ends).isEmpty()
                && replicas.values().stream()
                        .allMatch(trail -> trail.faults(ends).isEmpty());
    }

    /** The verdict: what was lost, out of order, or started twice; empty if nothing was. */
    synchronized List<String> faults(Map<String, ImportStatus> ends, Map<String, Integer> posts) {
        List<String> all = new ArrayList<>(faults);
        consumer.faults(ends).forEach(fault -> all.add("consumer: " + fault));
        replicas.forEach((name, trail) -> trail.faults(ends).forEach(fault -> all.add(name + ": " + fault)));
        posts.forEach((uri, times) -> {
            if (times > 1) {
                all.add("started %d times: %s".formatted(times, uri));
            }
        });
        return all;
    }

    /** How much the consumer received. */
    synchronized String consumption() {
        return "the consumer received %d changes, each import's in order, %d of them again after a kill"
                .formatted(consumer.changes(), consumer.again());
    }
}
