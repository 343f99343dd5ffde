package dev.reactiveimports.shared;

import java.time.Duration;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/**
 * A lease while it is held. Whether it is, the store decides; but when its duration has passed since the last successful
 * operation under it was sent, by this process's monotonic clock, it is not held any more as far as this process goes.
 */
final class SharedLease {

    private final ImportsStore store;
    private final SharedSettings settings;
    private volatile StoreLease held;
    private volatile long confirmedAt;

    private SharedLease(ImportsStore store, SharedSettings settings, StoreLease held, long sentAt) {
        this.store = store;
        this.settings = settings;
        this.held = held;
        this.confirmedAt = sentAt;
    }

    /** Asks for it once; empty if another has it. */
    static Mono<SharedLease> acquire(ImportsStore store, SharedSettings settings, String name, String holder) {
        return Mono.defer(() -> {
            long sentAt = settings.nanos();
            return store.acquire(settings.watch(), name, holder, settings.lease())
                    .timeout(settings.lease(), settings.scheduler())
                    .map(lease -> new SharedLease(store, settings, lease, sentAt));
        });
    }

    StoreLease held() {
        return held;
    }

    /** By this process's clock; also true when it was paused in between. */
    boolean isOver() {
        return leftNanos() <= 0;
    }

    private long leftNanos() {
        return settings.lease().toNanos() - (settings.nanos() - confirmedAt);
    }

    /** Renews it three times in its duration; never completes, but fails when it is lost. */
    Mono<Void> keep(Function<StoreLease, Mono<StoreLease>> renewal) {
        Duration third = settings.lease().dividedBy(3);
        return settings.delay(third)
                .then(Mono.defer(() -> under(renewal)))
                .repeat()
                .then();
    }

    /** An operation that the store carries out only under this lease, and that extends it; lost if it is empty. */
    Mono<StoreLease> under(Function<StoreLease, Mono<StoreLease>> operation) {
        return Mono.defer(() -> {
            long sentAt = settings.nanos();
            long left = leftNanos();
            if (left <= 0) {
                return Mono.error(new SharedLeaseLost("its duration has passed"));
            }
            return operation
                    .apply(held)
                    .timeout(Duration.ofNanos(left), settings.scheduler())
                    .switchIfEmpty(Mono.error(() -> new SharedLeaseLost("another holder has it")))
                    .doOnNext(now -> confirm(now, sentAt));
        });
    }

    /** Operations may overlap: what is known never goes back, but for the cursor of a consumer. */
    private synchronized void confirm(StoreLease now, long sentAt) {
        boolean poller = now.name().equals(ImportsStore.POLLER);
        if (!poller || now.position().sequence() > held.position().sequence()) {
            held = now;
        }
        if (sentAt - confirmedAt > 0) {
            confirmedAt = sentAt;
        }
    }

    Mono<StoreLease> renewed(StoreLease lease) {
        return store.renew(lease, settings.lease()).filter(renewed -> renewed).map(renewed -> lease);
    }

    Mono<Void> release() {
        return Mono.defer(() -> store.release(held)).timeout(SharedSettings.LONGEST_RELEASE, settings.scheduler());
    }
}
