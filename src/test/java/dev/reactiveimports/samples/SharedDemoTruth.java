package dev.reactiveimports.samples;

import dev.reactiveimports.ImportOperation;
import dev.reactiveimports.ImportRun.Outcome;
import dev.reactiveimports.ImportStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the service knows, to compare with.
 *
 * @param uris what was to be run
 * @param imports every import of the index
 * @param posts how often the service was asked to start each URI
 */
record SharedDemoTruth(List<String> uris, List<ImportOperation> imports, Map<String, Integer> posts) {

    boolean allHaveEnded() {
        return imports.stream().allMatch(ImportOperation::isTerminal);
    }

    /** The statuses by the ids. */
    Map<String, ImportStatus> ends() {
        Map<String, ImportStatus> ends = new HashMap<>();
        imports.forEach(operation -> ends.put(operation.id(), operation.status()));
        return ends;
    }

    /** Starts that must not have been. */
    List<String> faultsOfStarts() {
        List<String> faults = new ArrayList<>();
        posts.forEach((uri, times) -> {
            if (times > 1) {
                faults.add("started %d times: %s".formatted(times, uri));
            }
        });
        return faults;
    }

    /** What is wrong with the outcomes that one pipeline delivered. One that was not started may be unknown: its sender died. */
    List<String> faultsOfRuns(Map<String, Outcome> outcomes) {
        Map<String, Outcome> right = new HashMap<>();
        uris.forEach(uri -> right.put(uri, Outcome.UNKNOWN));
        imports.forEach(operation -> right.put(operation.uri(), outcome(operation)));
        List<String> faults = new ArrayList<>();
        right.forEach((uri, outcome) -> {
            if (outcomes.get(uri) != outcome) {
                faults.add("lost: the run of %s is %s, not %s".formatted(uri, outcomes.get(uri), outcome));
            }
        });
        return faults;
    }

    private static Outcome outcome(ImportOperation operation) {
        return operation.status() == ImportStatus.COMPLETED ? Outcome.COMPLETED : Outcome.FAILED;
    }
}
