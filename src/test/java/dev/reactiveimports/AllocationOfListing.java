package dev.reactiveimports;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;

/**
 * Run in a JVM of its own: lists everything again and again, and says each time what an import cost all threads together, until
 * that is little enough. The first listings are not yet compiled, so they cost more.
 */
final class AllocationOfListing {

    private static final int LISTINGS = 20;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private AllocationOfListing() {}

    public static void main(String[] arguments) {
        double enough = Double.parseDouble(arguments[1]);
        try (ReactiveImportsApi imports = ReactiveImportsApi.create(arguments[0], "key")) {
            double bytes = Double.MAX_VALUE;
            for (int i = 0; i < LISTINGS && bytes > enough; i++) {
                long before = allocated();
                long items = imports.listImports().count().block();
                bytes = (allocated() - before) / (double) items;
                System.out.println(bytes);
            }
        }
    }

    /** The threads that matter are there from the first listing on. */
    private static long allocated() {
        return Arrays.stream(THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds()))
                .filter(bytes -> bytes > 0)
                .sum();
    }
}
