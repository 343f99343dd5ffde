package dev.reactiveimports;

import static dev.reactiveimports.WatchedService.ids;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** The ends of one subscription. */
class WatchSubscriptionTests {

    private final WatchBench bench = new WatchBench(WatchKind.IMPORTS);
    private final WatchMany watch = bench.service.with(ids(0, 2)).watch(bench.spec);

    @Test
    void whatASubscribersOperatorThrowsEndsTheWatch() {
        IllegalStateException thrown = new IllegalStateException("thrown by the predicate");
        StepVerifier.create(watch.watchImports(Flux.just("i0")).filter(seen -> {
                    throw thrown;
                }))
                .verifyErrorMatches(failure -> failure == thrown);
        assertThat(bench.time.timers()).isZero();
    }

    @Test
    void theErrorOfAnIdIsDataWhereItIsObserved() {
        bench.service.end("i0");
        StepVerifier.create(watch.observeImports(Flux.just("i0", "unknown")).collectList())
                .assertNext(all -> assertThat(all)
                        .hasSize(2)
                        .anyMatch(one -> one instanceof ImportObservation.Failed failed
                                && failed.id().equals("unknown")))
                .verifyComplete();
    }

    @Test
    void anErrorOfTheIdsFollowsWhatWasObserved() {
        IllegalStateException failure = new IllegalStateException("no more ids");
        Watcher watcher = new Watcher();
        watch.watchImports(Flux.just("i0").concatWith(Flux.error(failure))).subscribe(watcher);
        watcher.request(9);
        assertThat(watcher.failure).isSameAs(failure);
        assertThat(bench.time.timers()).isZero();
    }

    @Test
    void oneTimerServesAllAndIsSetOnceForEachTime() {
        Watcher watcher = new Watcher();
        watch.watchImports(Flux.fromIterable(List.of("i0", "i1"))).subscribe(watcher);
        watcher.request(9);
        assertThat(bench.time.timers()).isEqualTo(1);
        int scheduled = bench.time.scheduled();
        watcher.request(1);
        watcher.request(1);
        assertThat(bench.time.scheduled()).isEqualTo(scheduled);
        bench.time.forward(Duration.ofSeconds(5));
        assertThat(bench.time.timers()).isEqualTo(1);
        watcher.cancel();
        assertThat(bench.time.timers()).isZero();
    }
}
