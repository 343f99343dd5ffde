package dev.reactiveimports;

import java.time.Duration;

/**
 * How long a start of unknown outcome is left alone before the listing is walked for it.
 *
 * @param underWay how long what was sent may still be under way
 * @param settle how long from then on until the service has listed what it took; those that have waited for half of it are
 *     looked for with the first
 */
record RunPatience(Duration underWay, Duration settle) {

    static final Duration SETTLE = Duration.ofSeconds(10);

    long settleMillis() {
        return settle.toMillis();
    }

    /** How much earlier than its own time a start may be looked for. */
    long gatherMillis() {
        return settleMillis() / 2;
    }
}
