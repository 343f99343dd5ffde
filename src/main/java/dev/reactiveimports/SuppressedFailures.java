package dev.reactiveimports;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;

/** Collects the failures of earlier attempts, to be suppressed by the last one. Belongs to one subscription. */
final class SuppressedFailures {

    /** Enough to see a pattern, while unlimited retries must not use unlimited memory. */
    static final int MAX_KEPT = 10;

    private final ArrayDeque<Throwable> earlier = new ArrayDeque<>();

    void add(Throwable failure) {
        if (earlier.size() == MAX_KEPT) {
            earlier.removeFirst();
        }
        earlier.addLast(failure);
    }

    void clear() {
        earlier.clear();
    }

    /** Adds the earlier failures to the last one as suppressed exceptions. */
    <E extends Throwable> E suppressedBy(E last) {
        return suppress(earlier, last);
    }

    /** Adds each once, and never an exception to itself: one may be signalled twice. */
    static <E extends Throwable> E suppress(Collection<? extends Throwable> earlier, E last) {
        for (Throwable failure : earlier) {
            if (failure != last && !Arrays.asList(last.getSuppressed()).contains(failure)) {
                last.addSuppressed(failure);
            }
        }
        return last;
    }
}
