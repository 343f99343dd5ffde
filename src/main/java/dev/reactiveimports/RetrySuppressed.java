package dev.reactiveimports;

import java.util.ArrayDeque;
import java.util.Arrays;

/** The failures of one call before its last one, kept to be suppressed by it. Belongs to one subscription. */
final class RetrySuppressed {

    /** Enough to see a pattern; a retry without end must not hold memory without end. */
    static final int MAX_KEPT = 10;

    private final ArrayDeque<Throwable> earlier = new ArrayDeque<>();

    void add(Throwable failure) {
        if (earlier.size() == MAX_KEPT) {
            earlier.removeFirst();
        }
        earlier.addLast(failure);
    }

    /** Hangs the earlier failures onto the last, each instance once and never onto itself. */
    <E extends Throwable> E suppressedBy(E last) {
        for (Throwable failure : earlier) {
            if (failure != last && !Arrays.asList(last.getSuppressed()).contains(failure)) {
                last.addSuppressed(failure);
            }
        }
        return last;
    }
}
