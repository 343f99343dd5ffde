package dev.reactiveimports;

import reactor.core.publisher.MonoSink;

/**
 * One call in the throttle gate's queue. Calls that were held back keep their deadline, and thus their place.
 *
 * @param deadline by the scheduler's clock, in nanoseconds
 * @param arrival tells turns of the same deadline apart
 */
record ThrottleTurn(MonoSink<Void> caller, long deadline, long arrival) implements Comparable<ThrottleTurn> {

    @Override
    public int compareTo(ThrottleTurn other) {
        // by differences, since a monotonic clock may start anywhere
        return Long.signum(deadline == other.deadline ? arrival - other.arrival : deadline - other.deadline);
    }
}
