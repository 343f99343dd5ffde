package dev.reactiveimports.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reactiveimports.ImportOperation;
import dev.reactiveimports.ImportStatus;
import dev.reactiveimports.PollSpec;
import dev.reactiveimports.ReactiveImportsApi;
import dev.reactiveimports.shared.Appended;
import dev.reactiveimports.shared.Cursor;
import dev.reactiveimports.shared.ImportsStore;
import dev.reactiveimports.shared.SharedImports;
import dev.reactiveimports.shared.SharedImportsListener;
import dev.reactiveimports.shared.SharedImportsListener.LeaseEnd;
import dev.reactiveimports.shared.SharedImportsListener.Progress;
import dev.reactiveimports.shared.StoreLease;
import dev.reactiveimports.testing.ImportsSimulator;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

class MicrometerSharedImportsListenerTests {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final MicrometerSharedImportsListener listener =
            new MicrometerSharedImportsListener(registry, Tags.of("index", "products"));
    private final ImportsSimulator simulator = ImportsSimulator.start();
    private final ReactiveImportsApi imports = ReactiveImportsApi.create(simulator.indexHost(), simulator.apiKey());

    @AfterEach
    void stop() {
        imports.close();
        simulator.close();
    }

    @Test
    void aReplicaThatPollsAndConsumesHasEveryMeter() throws InterruptedException {
        CountDownLatch appended = new CountDownLatch(2);
        simulator.add(ImportOperation.of("a", ImportStatus.COMPLETED));
        simulator.add(ImportOperation.of("b", ImportStatus.FAILED));
        SharedImports shared = SharedImports.builder(imports, ImportsStore.inMemory())
                .wholeIndex()
                .pollSpec(PollSpec.fixedInterval(Duration.ofMillis(20)))
                .listener(SharedImportsListener.all(List.of(listener, new SharedImportsListener() {
                    @Override
                    public void onAppended(Appended changes) {
                        for (int i = 0; i < changes.changes(); i++) {
                            appended.countDown();
                        }
                    }
                })))
                .build();
        shared.consume("mail", change -> Mono.empty()).take(2).blockLast(LONG);
        assertThat(appended.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(gauge("lease.held")).isEqualTo(1);
        assertThat(gauge("lease.epoch")).isGreaterThan(1);
        assertThat(counter("appended")).isEqualTo(2);
        assertThat(counter("consumed", "consumer", "mail")).isEqualTo(2);
        shared.close();
        assertThat(gauge("lease.held")).isZero();
        assertThat(gauge("lease.epoch")).isGreaterThan(1);
        assertThat(counter("lease.ended", "reason", "released")).isGreaterThanOrEqualTo(1);
        assertThat(lag()).isNull();
    }

    @Test
    void aKeyThatTheServiceRejectsEndsTheLeaseForThatReason() {
        Sinks.Empty<Void> ended = Sinks.empty();
        try (ReactiveImportsApi wrong = ReactiveImportsApi.create(simulator.indexHost(), "another");
                SharedImports shared = SharedImports.builder(wrong, ImportsStore.inMemory())
                        .wholeIndex()
                        .listener(new SharedImportsListener() {
                            @Override
                            public void onLeaseEnded(StoreLease lease, LeaseEnd end) {
                                listener.onLeaseEnded(lease, end);
                                ended.tryEmitEmpty();
                            }
                        })
                        .build()) {
            Flux.merge(shared.changes().then(), ended.asMono())
                    .takeUntilOther(ended.asMono())
                    .blockLast(LONG);
        }
        assertThat(counter("lease.ended", "reason", "service_failed")).isEqualTo(1);
    }

    @Test
    void aFollowerHoldsNothing() {
        listener.onLeaseNotAcquired("imports", "mail");
        assertThat(registry.getMeters()).isEmpty();
        listener.onLeaseNotAcquired("imports", ImportsStore.POLLER);
        assertThat(gauge("lease.held")).isZero();
        assertThat(gauge("lease.epoch")).isZero();
    }

    @Test
    void theEndOfAnEarlierLeaseComesTooLateToMatter() {
        listener.onLeaseAcquired(lease(ImportsStore.POLLER, 1));
        listener.onLeaseAcquired(lease(ImportsStore.POLLER, 2));
        listener.onLeaseEnded(lease(ImportsStore.POLLER, 1), LeaseEnd.LOST);
        assertThat(gauge("lease.held")).isEqualTo(1);
        assertThat(gauge("lease.epoch")).isEqualTo(2);
        listener.onLeaseEnded(lease(ImportsStore.POLLER, 2), LeaseEnd.LOST);
        assertThat(gauge("lease.held")).isZero();
        assertThat(counter("lease.ended", "reason", "lost")).isEqualTo(2);
    }

    @Test
    void theLagIsThatOfTheReplicaWhereTheConsumerIsActive() {
        listener.onProgress(progress(3, 5));
        assertThat(lag()).isNull();
        listener.onLeaseAcquired(lease("mail", 1));
        listener.onProgress(progress(3, 5));
        assertThat(lag()).isEqualTo(2);
        listener.onLeaseAcquired(lease("mail", 2));
        listener.onProgress(progress(3, 9));
        listener.onLeaseEnded(lease("mail", 1), LeaseEnd.LOST);
        assertThat(lag()).isEqualTo(6);
        listener.onLeaseEnded(lease("mail", 2), LeaseEnd.RELEASED);
        listener.onProgress(progress(4, 9));
        assertThat(lag()).isNull();
        listener.onLeaseAcquired(lease("mail", 3));
        assertThat(lag()).isZero();
    }

    @Test
    void tagsAreFewAndHoldNoId() throws InterruptedException {
        aReplicaThatPollsAndConsumesHasEveryMeter();
        listener.onLeaseAcquired(lease("mail", 1));
        Map<String, Set<String>> tags = registry.getMeters().stream()
                .map(Meter::getId)
                .collect(Collectors.toMap(
                        Meter.Id::getName,
                        meter -> meter.getTags().stream().map(Tag::getKey).collect(Collectors.toSet()),
                        (one, same) -> one));
        assertThat(tags)
                .isEqualTo(Map.of(
                        "reactive.imports.shared.lease.held", Set.of("index", "watch"),
                        "reactive.imports.shared.lease.epoch", Set.of("index", "watch"),
                        "reactive.imports.shared.lease.ended", Set.of("index", "watch", "reason"),
                        "reactive.imports.shared.appended", Set.of("index", "watch"),
                        "reactive.imports.shared.consumed", Set.of("index", "watch", "consumer"),
                        "reactive.imports.shared.consumer.lag", Set.of("index", "watch", "consumer")));
        assertThat(registry.getMeters())
                .flatExtracting(meter -> meter.getId().getTags())
                .extracting(Tag::getValue)
                .isSubsetOf("products", "imports", "mail", "released");
    }

    private static StoreLease lease(String name, long epoch) {
        return new StoreLease("imports", name, "holder", epoch, Cursor.START);
    }

    private static Progress progress(long cursor, long head) {
        return new Progress("imports", "mail", new Cursor(1, cursor), new Cursor(1, head));
    }

    private double gauge(String name) {
        return registry.get("reactive.imports.shared." + name)
                .tags("index", "products", "watch", "imports")
                .gauge()
                .value();
    }

    private double counter(String name, String... tags) {
        return registry.get("reactive.imports.shared." + name)
                .tags("index", "products", "watch", "imports")
                .tags(tags)
                .counter()
                .count();
    }

    private @Nullable Double lag() {
        Gauge gauge = registry.find("reactive.imports.shared.consumer.lag")
                .tags("index", "products", "watch", "imports", "consumer", "mail")
                .gauge();
        return gauge == null ? null : gauge.value();
    }
}
