package dev.reactiveimports.benchmarks;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * What one job took, as seen from inside the client's JVM.
 *
 * @param cpuNanos of all its threads, collector and compiler too
 * @param allocated bytes
 * @param collections of garbage
 * @param items that were listed, or requests made for those that were watched
 * @param digest of what was read
 * @param peakResident most bytes of memory since the JVM started
 */
record Sample(long nanos, long cpuNanos, long allocated, long collections, long items, long digest, long peakResident) {

    static Sample parse(String line) {
        long[] values =
                Arrays.stream(line.split(" ")).mapToLong(Long::parseLong).toArray();
        return new Sample(values[0], values[1], values[2], values[3], values[4], values[5], values[6]);
    }

    /** For the way through a pipe. */
    @Override
    public String toString() {
        return Arrays.stream(new long[] {nanos, cpuNanos, allocated, collections, items, digest, peakResident})
                .mapToObj(Long::toString)
                .collect(Collectors.joining(" "));
    }
}
