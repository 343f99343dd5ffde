package dev.reactiveimports.samples;

import dev.reactiveimports.ImportRun.Outcome;
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
 * What the demo has seen, from outside: what the consumer received, whichever replica it ran in; the changes and outcomes that each
 * replica received since it was started.
 */
final class SharedDemoLedger {

    private final SharedDemoTrail consumer = new SharedDemoTrail(false);
    private final TreeMap<String, Life> replicas = new TreeMap<>();
    private final List<String> faults = new ArrayList<>();
    private String consumedBy = "nobody";

    /** A process without memory: it sees the states first, then every change, and every outcome. */
    private record Life(SharedDemoTrail trail, Map<String, Outcome> outcomes) {

        Life() {
            this(new SharedDemoTrail(true), new HashMap<>());
        }

        List<String> faults(SharedDemoTruth truth) {
            List<String> faults = trail.faults(truth.ends());
            faults.addAll(truth.faultsOfRuns(outcomes));
            return faults;
        }
    }

    /** What was received before was so by another process. */
    synchronized void started(String replica) {
        replicas.put(replica, new Life());
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
            case "seen" -> life(replica).trail().add(step(words));
            case "run" -> run(life(replica), words);
            default -> throw new IllegalArgumentException(line);
        }
        return null;
    }

    /** Something else that must not happen. */
    synchronized void fault(String what) {
        faults.add(what);
    }

    private Life life(String replica) {
        return replicas.computeIfAbsent(replica, name -> new Life());
    }

    private void run(Life life, String[] words) {
        requireWords(words, 3);
        Outcome outcome = Outcome.valueOf(words[2]);
        Outcome before = life.outcomes().put(words[1], outcome);
        if (before != null) {
            fault("the run of %s was delivered twice: %s and %s".formatted(words[1], before, outcome));
        }
    }

    private static Step step(String[] words) {
        requireWords(words, 5);
        return new Step(
                Cursor.decode(words[1]),
                words[2],
                words[3].equals("-") ? null : ImportStatus.valueOf(words[3]),
                ImportStatus.valueOf(words[4]));
    }

    /** The line of a process that is killed may end anywhere. */
    private static void requireWords(String[] words, int howMany) {
        if (words.length != howMany) {
            throw new IllegalArgumentException("the line must have " + howMany + " words, not " + words.length);
        }
    }

    /** What each replica and the consumer know now, in one line. */
    synchronized String summary() {
        StringBuilder line = new StringBuilder("imports ended/seen: ");
        replicas.forEach((name, life) ->
                line.append(name).append(' ').append(known(life.trail())).append(", "));
        return line.append("consumer (in %s) %s".formatted(consumedBy, known(consumer)))
                .toString();
    }

    private static String known(SharedDemoTrail trail) {
        return trail.imports() == 0 ? "-" : trail.ended() + "/" + trail.imports();
    }

    /** The verdict: what was lost, out of order, or started twice; empty if nothing was. */
    synchronized List<String> faults(SharedDemoTruth truth) {
        List<String> all = new ArrayList<>(faults);
        consumer.faults(truth.ends()).forEach(fault -> all.add("consumer: " + fault));
        replicas.forEach((name, life) -> life.faults(truth).forEach(fault -> all.add(name + ": " + fault)));
        all.addAll(truth.faultsOfStarts());
        return all;
    }

    /** How much the consumer received. */
    synchronized String consumption() {
        return "the consumer received %d changes, each import's in order, %d of them again after a kill"
                .formatted(consumer.changes(), consumer.again());
    }
}
