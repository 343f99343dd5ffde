package dev.reactiveimports.micrometer;

import static java.util.Objects.requireNonNull;

import dev.reactiveimports.shared.Appended;
import dev.reactiveimports.shared.ImportsStore;
import dev.reactiveimports.shared.RecordedChange;
import dev.reactiveimports.shared.SharedImportsListener;
import dev.reactiveimports.shared.StoreLease;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Shows which replica of a shared watch polls, and how far consumers are. No tag holds an id, so the number of time series is
 * bounded by that of watches and consumers.
 *
 * <table>
 *   <caption>Meters</caption>
 *   <tr><th>name</th><th>kind</th><th>tags</th></tr>
 *   <tr><td>{@code reactive.imports.shared.lease.held}</td><td>gauge: 1 while this replica holds the poller's lease, else 0</td>
 *       <td>{@code watch}</td></tr>
 *   <tr><td>{@code reactive.imports.shared.lease.epoch}</td><td>gauge: the epoch of the poller's lease that this replica holds
 *       or held last; 0 if it never did</td><td>{@code watch}</td></tr>
 *   <tr><td>{@code reactive.imports.shared.lease.ended}</td><td>counter of leases that this replica had, of the poller and of
 *       consumers</td><td>{@code watch}, {@code reason}</td></tr>
 *   <tr><td>{@code reactive.imports.shared.appended}</td><td>counter of changes that this replica appended to the log</td>
 *       <td>{@code watch}</td></tr>
 *   <tr><td>{@code reactive.imports.shared.consumed}</td><td>counter of changes that a consumer handled at this replica</td>
 *       <td>{@code watch}, {@code consumer}</td></tr>
 *   <tr><td>{@code reactive.imports.shared.consumer.lag}</td><td>gauge: how many changes the log has after a consumer's cursor;
 *       only at the replica where the consumer is active</td><td>{@code watch}, {@code consumer}</td></tr>
 * </table>
 *
 * <p>{@code reason} is that of {@link dev.reactiveimports.shared.SharedImportsListener.LeaseEnd} in lower case, such as
 * {@code released} or {@code store_failed}.
 *
 * <p>Over all replicas, the sum of {@code lease.held} should be 1. The lag grows as well while a handler hangs. A
 * consumer that is active at no replica has no lag at all, so alert on its absence too.
 *
 * <p>Thread-safe; one listener may serve several watches, but only one replica of each. Meters appear with their first event.
 *
 * @since 0.1.0
 */
public final class MicrometerSharedImportsListener implements SharedImportsListener {

    private static final String WATCH = "watch";
    private static final String CONSUMER = "consumer";

    private final MeterRegistry registry;
    private final Tags tags;
    private final MeterProvider<Counter> ended;
    private final MeterProvider<Counter> appended;
    private final MeterProvider<Counter> consumed;
    private final Map<String, Poller> pollers = new ConcurrentHashMap<>();
    private final Map<Tags, Lag> lags = new ConcurrentHashMap<>();

    /** The poller's lease as this replica knows it; guarded by itself. */
    private static final class Poller {

        private boolean held;
        private long epoch;

        synchronized void acquired(StoreLease lease) {
            held = true;
            epoch = lease.epoch();
        }

        /** Without effect on a later lease. */
        synchronized void ended(StoreLease lease) {
            held = held && epoch != lease.epoch();
        }

        synchronized double held() {
            return held ? 1 : 0;
        }

        synchronized double epoch() {
            return epoch;
        }
    }

    /** How far a consumer is behind under one lease. */
    private record Lag(long epoch, AtomicLong changes, Gauge gauge) {}

    /**
     * A listener without tags of its own.
     *
     * @param registry where the meters are
     */
    public MicrometerSharedImportsListener(MeterRegistry registry) {
        this(registry, Tags.empty());
    }

    /**
     * A listener whose meters all have certain tags.
     *
     * @param registry where the meters are
     * @param tags such as {@code Tags.of("index", "products")}
     */
    public MicrometerSharedImportsListener(MeterRegistry registry, Iterable<Tag> tags) {
        this.registry = requireNonNull(registry, "registry");
        this.tags = Tags.of(requireNonNull(tags, "tags"));
        this.ended = Counter.builder("reactive.imports.shared.lease.ended")
                .description("Leases that this replica had")
                .tags(tags)
                .withRegistry(registry);
        this.appended = Counter.builder("reactive.imports.shared.appended")
                .description("Changes that this replica appended to the log")
                .tags(tags)
                .withRegistry(registry);
        this.consumed = Counter.builder("reactive.imports.shared.consumed")
                .description("Changes that a consumer handled at this replica")
                .tags(tags)
                .withRegistry(registry);
    }

    @Override
    public void onLeaseAcquired(StoreLease lease) {
        if (isPoller(lease.name())) {
            poller(lease.watch()).acquired(lease);
        } else {
            beginLag(lease);
        }
    }

    @Override
    public void onLeaseNotAcquired(String watch, String name) {
        if (isPoller(name)) {
            poller(watch);
        }
    }

    @Override
    public void onLeaseEnded(StoreLease lease, LeaseEnd end) {
        ended.withTags(WATCH, lease.watch(), "reason", end.name().toLowerCase(Locale.ROOT))
                .increment();
        if (isPoller(lease.name())) {
            poller(lease.watch()).ended(lease);
        } else {
            endLag(lease);
        }
    }

    @Override
    public void onAppended(Appended changes) {
        appended.withTags(WATCH, changes.lease().watch()).increment(changes.changes());
    }

    @Override
    public void onConsumed(String watch, String consumer, RecordedChange change) {
        consumed.withTags(WATCH, watch, CONSUMER, consumer).increment();
    }

    /** Late ones, of a lease that has ended, bring no gauge back. */
    @Override
    public void onProgress(Progress progress) {
        Lag lag = lags.get(tags(progress.watch(), progress.consumer()));
        if (lag != null) {
            lag.changes.set(progress.lag());
        }
    }

    private static boolean isPoller(String name) {
        return name.equals(ImportsStore.POLLER);
    }

    private Tags tags(String watch, String consumer) {
        return tags.and(WATCH, watch, CONSUMER, consumer);
    }

    private Poller poller(String watch) {
        return pollers.computeIfAbsent(watch, name -> {
            Poller poller = new Poller();
            Gauge.builder("reactive.imports.shared.lease.held", poller, Poller::held)
                    .description("Whether this replica holds the poller's lease")
                    .tags(tags)
                    .tag(WATCH, name)
                    .register(registry);
            Gauge.builder("reactive.imports.shared.lease.epoch", poller, Poller::epoch)
                    .description("Epoch of the poller's lease that this replica holds or held last")
                    .tags(tags)
                    .tag(WATCH, name)
                    .register(registry);
            return poller;
        });
    }

    private void beginLag(StoreLease lease) {
        lags.compute(tags(lease.watch(), lease.name()), (key, before) -> {
            if (before != null) {
                registry.remove(before.gauge);
            }
            AtomicLong changes = new AtomicLong();
            Gauge gauge = Gauge.builder("reactive.imports.shared.consumer.lag", changes, AtomicLong::get)
                    .description("Changes in the log after a consumer's cursor")
                    .tags(key)
                    .register(registry);
            return new Lag(lease.epoch(), changes, gauge);
        });
    }

    private void endLag(StoreLease lease) {
        lags.computeIfPresent(tags(lease.watch(), lease.name()), (key, lag) -> {
            if (lag.epoch != lease.epoch()) {
                return lag;
            }
            registry.remove(lag.gauge);
            return null;
        });
    }
}
