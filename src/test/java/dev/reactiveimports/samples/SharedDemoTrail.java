package dev.reactiveimports.samples;

import dev.reactiveimports.ImportStatus;
import dev.reactiveimports.shared.Cursor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one reader of the log has received, and what is wrong with it. A gap in an import's steps is a lost change, a step that is
 * older than what came before it and was not received yet is a wrong order; receiving a step again is right.
 */
final class SharedDemoTrail {

    private final TreeMap<Cursor, Step> received = new TreeMap<>();
    private final Map<String, ImportStatus> last = new HashMap<>();
    private final List<String> faults = new ArrayList<>();
    private final boolean beginsWithStates;
    private int again;

    /**
     * Nothing was received yet.
     *
     * @param beginsWithStates whether an import may be first seen at any step: it may have made it while the states were read
     */
    SharedDemoTrail(boolean beginsWithStates) {
        this.beginsWithStates = beginsWithStates;
    }

    /** A step of an import; from null, the first one or a state in place of all steps. */
    record Step(Cursor cursor, String id, @Nullable ImportStatus from, ImportStatus to) {}

    void add(Step step) {
        Step before = received.putIfAbsent(step.cursor(), step);
        if (before != null) {
            again++;
            if (!before.equals(step)) {
                faults.add("received %s, and again as %s".formatted(before, step));
            }
            return;
        }
        Cursor newest = received.lastKey();
        if (!newest.equals(step.cursor())) {
            faults.add("wrong order: %s of import %s came after %s".formatted(step.cursor(), step.id(), newest));
            return;
        }
        if (!follows(step)) {
            faults.add("lost: import %s was %s, but its next change is one from %s"
                    .formatted(step.id(), last.get(step.id()), step.from()));
        }
        last.put(step.id(), step.to());
    }

    private boolean follows(Step step) {
        ImportStatus known = last.get(step.id());
        return known == null ? beginsWithStates || step.from() == null : step.from() == known;
    }

    int imports() {
        return last.size();
    }

    long ended() {
        return last.values().stream().filter(ImportStatus::isTerminal).count();
    }

    int changes() {
        return received.size();
    }

    /** How many steps were received more than once. */
    int again() {
        return again;
    }

    /** What is wrong, if the imports have ended so. */
    List<String> faults(Map<String, ImportStatus> ends) {
        List<String> all = new ArrayList<>(faults);
        ends.forEach((id, end) -> {
            if (last.get(id) != end) {
                all.add("lost: import %s ended %s, but the last status received is %s"
                        .formatted(id, end, last.get(id)));
            }
        });
        return all;
    }
}
