package dev.reactiveimports;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;

/** The failures before a last one, kept to be suppressed by it. Belongs to one subscription. */
final class SuppressedFailures {

    /** Enough to see a pattern; a retry without end must not hold memory without end. */
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

    /** Adds the earlier failures to the last. */
    <E extends Throwable> E suppressedBy(E last) {
        return suppress(earlier, last);
    }

    /** Each once and never by itself: an exception may be signalled twice. */
    static <E extends Throwable> E suppress(Collection<? extends Throwable> earlier, E last) {
        for (Throwable failure : earlier) {
            if (failure != last && !Arrays.asList(last.getSuppressed()).contains(failure)) {
                last.addSuppressed(failure);
            }
        }
        return last;
    }
}
