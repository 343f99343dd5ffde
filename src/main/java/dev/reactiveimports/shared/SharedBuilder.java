package dev.reactiveimports.shared;

import static java.util.Objects.requireNonNull;

import dev.reactiveimports.PollSpec;
import dev.reactiveimports.ReactiveImportsApi;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.retry.Retry;

/** Collects the settings. */
final class SharedBuilder implements SharedImports.Builder {

    private final ReactiveImportsApi imports;
    private final ImportsStore store;
    private String watch = "imports";
    private boolean wholeIndex;
    private Duration lease = Duration.ofSeconds(15);
    private Duration retention = Duration.ofDays(7);
    private PollSpec pollSpec = PollSpec.adaptive();
    private @Nullable Retry handlerRetry;
    private Scheduler scheduler = Schedulers.parallel();
    private SharedImportsListener listener = SharedImportsListener.NONE;
    private DoubleSupplier random = () -> ThreadLocalRandom.current().nextDouble();

    SharedBuilder(ReactiveImportsApi imports, ImportsStore store) {
        this.imports = requireNonNull(imports, "imports");
        this.store = requireNonNull(store, "store");
    }

    @Override
    public SharedBuilder name(String watch) {
        this.watch = SharedReplica.requireName(watch, "watch");
        return this;
    }

    @Override
    public SharedBuilder wholeIndex() {
        this.wholeIndex = true;
        return this;
    }

    @Override
    public SharedBuilder lease(Duration d) {
        this.lease = require(d, "lease", Duration.ofMillis(100), Duration.ofHours(1));
        return this;
    }

    @Override
    public SharedBuilder retention(Duration d) {
        this.retention = require(d, "retention", Duration.ofSeconds(1), Duration.ofDays(3_650));
        return this;
    }

    @Override
    public SharedBuilder pollSpec(PollSpec s) {
        this.pollSpec = requireNonNull(s, "s");
        return this;
    }

    @Override
    public SharedBuilder handlerRetry(Retry retry) {
        this.handlerRetry = requireNonNull(retry, "retry");
        return this;
    }

    @Override
    public SharedBuilder scheduler(Scheduler scheduler) {
        this.scheduler = requireNonNull(scheduler, "scheduler");
        return this;
    }

    @Override
    public SharedBuilder listener(SharedImportsListener listener) {
        this.listener = SharedListeners.of(List.of(listener));
        return this;
    }

    /** Another source of chance, uniform in 0 to 1, for reproducible tests. */
    SharedBuilder random(DoubleSupplier random) {
        this.random = random;
        return this;
    }

    @Override
    public SharedImports build() {
        Retry retry = handlerRetry != null
                ? handlerRetry
                : Retry.backoff(3, Duration.ofMillis(200))
                        .maxBackoff(Duration.ofSeconds(10))
                        .scheduler(scheduler);
        return new SharedReplica(
                imports,
                store,
                new SharedSettings(watch, wholeIndex, lease, retention, pollSpec, retry, scheduler, random, listener));
    }

    private static Duration require(Duration value, String name, Duration min, Duration max) {
        requireNonNull(value, name);
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new IllegalArgumentException(name + " must be between " + min + " and " + max + ", but is " + value);
        }
        return value;
    }
}
