package dev.reactiveimports.testing;

import dev.reactiveimports.testing.PlannedFault.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Faults in the order they were enqueued, each until it is used up. */
final class FaultQueue {

    private final List<PlannedFault> waiting = new ArrayList<>();

    synchronized void add(PlannedFault fault) {
        waiting.add(fault);
    }

    /** Uses the first fault that matches, once; null if none does. */
    synchronized @Nullable Kind take(String method, String path) {
        for (int i = 0; i < waiting.size(); i++) {
            PlannedFault fault = waiting.get(i);
            if (fault.matches(method, path)) {
                if (fault.times() == 1) {
                    waiting.remove(i);
                } else {
                    waiting.set(
                            i, new PlannedFault(fault.kind(), fault.times() - 1, fault.method(), fault.pathPrefix()));
                }
                return fault.kind();
            }
        }
        return null;
    }
}
