package dev.reactiveimports.shared;

import dev.reactiveimports.ImportsException;
import dev.reactiveimports.shared.SharedImportsListener.LeaseEnd;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.Logger;
import reactor.util.Loggers;

/**
 * A lease while it is held. Whether it is, the store decides; but when its duration has passed since the last successful
 * operation under it was sent, by this process's monotonic clock, it is not held any more as far as this process goes.
 */
final class SharedLease {

    private static final Logger LOG = Loggers.getLogger(SharedImports.class);

    private final ImportsStore store;
    private final SharedSettings settings;
    private volatile StoreLease held;
    private volatile long confirmedAt;
    private volatile boolean inUse;
    private volatile @Nullable Throwable failure;

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
                    .doOnSuccess(lease -> {
                        if (lease == null) {
                            LOG.debug("{} not acquired: another holder has it", title(settings, name));
                            settings.listener().onLeaseNotAcquired(settings.watch(), name);
                        }
                    })
                    .doOnError(e -> LOG.debug("{} not acquired: the store failed", title(settings, name), e))
                    .map(lease -> new SharedLease(store, settings, lease, sentAt));
        });
    }

    private static String title(SharedSettings settings, String name) {
        return "watch " + settings.watch() + ": lease of "
                + (name.equals(ImportsStore.POLLER) ? "the poller" : "consumer " + name);
    }

    private String title() {
        return title(settings, held.name());
    }

    StoreLease held() {
        return held;
    }

    /** Reports the begin of what is done under it; {@link #release} reports the end, and why. */
    <T> Flux<T> during(Flux<T> work) {
        return Flux.defer(() -> {
            inUse = true;
            LOG.debug("{} acquired, {}", title(), held);
            settings.listener().onLeaseAcquired(held);
            return work.doOnError(e -> failure = e);
        });
    }

    private void reportEnd() {
        if (!inUse) {
            return;
        }
        inUse = false;
        LeaseEnd end = logEnd(failure);
        settings.listener().onLeaseEnded(held, end);
    }

    private LeaseEnd logEnd(@Nullable Throwable cause) {
        long epoch = held.epoch();
        if (cause == null) {
            LOG.debug("{} given back, epoch {}", title(), epoch);
            return LeaseEnd.RELEASED;
        }
        if (cause instanceof SharedLeaseLost lost) {
            LOG.debug("{} lost, epoch {}: {}", title(), epoch, lost.getMessage());
            return LeaseEnd.LOST;
        }
        if (cause instanceof ConsumerFailure handlers) {
            LOG.debug("{} given up, epoch {}: the handler failed", title(), epoch, handlers.failure());
            return LeaseEnd.HANDLER_FAILED;
        }
        if (cause instanceof ImportsException) {
            // with its reason, which may quote a token, in a warning of the election
            LOG.debug("{} given up, epoch {}: the service failed", title(), epoch);
            return LeaseEnd.SERVICE_FAILED;
        }
        LOG.debug("{} given up, epoch {}: the store failed", title(), epoch, cause);
        return LeaseEnd.STORE_FAILED;
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
                .doOnNext(renewed -> LOG.trace("{} renewed, epoch {}", title(), renewed.epoch()))
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
        return Mono.defer(() -> {
                    reportEnd();
                    return store.release(held);
                })
                .timeout(SharedSettings.LONGEST_RELEASE, settings.scheduler());
    }
}
