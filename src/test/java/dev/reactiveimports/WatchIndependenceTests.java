package dev.reactiveimports;

import static dev.reactiveimports.WatchedService.answer;
import static dev.reactiveimports.WatchedService.ids;
import static dev.reactiveimports.WatchedService.running;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** One look that takes long, fails or is in vain concerns its own import, and no other. */
class WatchIndependenceTests {

    private static final Duration LATENCY = Duration.ofMillis(50);
    private static final Duration HANG = Duration.ofSeconds(120);

    private final WatchClock time = new WatchClock();
    private final PollSpec every5s =
            PollSpec.fixedInterval(Duration.ofSeconds(5)).scheduler(time);
    private final WatchedService service = new WatchedService();
    private final Watcher watcher = new Watcher();
    private final Map<String, Long> endSeenAfter = new HashMap<>();

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 20})
    void describesThatHangDelayNoOtherImportByTwoSeconds(int hanging) {
        service.listing = token -> Mono.just(new ImportPage(List.of(), null));
        service.describing = id -> number(id) < hanging ? hang() : late(service.find(id));
        List<String> ids = ids(0, 12 + hanging);
        service.with(ids);
        watch(Flux.fromIterable(ids));
        forward(60);
        ids.subList(hanging, ids.size()).forEach(service::end);
        forward(20);
        assertThat(endSeenAfter).containsOnlyKeys(ids.subList(hanging, ids.size()));
        assertThat(endSeenAfter.values()).allMatch(millis -> millis <= 5_000 + 2_000 + 200);
    }

    @Test
    void anIdThatJoinsWhileAnotherHangsIsLookedAtWithinTwoSeconds() {
        Sinks.Many<String> ids = Sinks.many().unicast().onBackpressureBuffer();
        service.with(ids(0, 3));
        service.describing = id -> id.equals("i0") ? hang() : service.find(id);
        watch(ids.asFlux());
        ids.tryEmitNext("i0");
        forward(1);
        ids.tryEmitNext("i1");
        forward(2);
        assertThat(watcher.seenIds()).containsExactly("i1");
        forward(60);
        ids.tryEmitNext("i2");
        forward(2);
        assertThat(watcher.seenIds()).containsExactly("i1", "i2");
    }

    @Test
    void anIdThatJoinsAfterTheOnlyOtherFailedIsLookedAtAtOnce() {
        Sinks.Many<String> ids = Sinks.many().unicast().onBackpressureBuffer();
        service.with(ids(0, 2));
        service.describing = id -> id.equals("i0") ? Mono.error(answer(503)) : service.find(id);
        watch(ids.asFlux());
        ids.tryEmitNext("i0");
        forward(13);
        ids.tryEmitNext("i1");
        forward(1);
        assertThat(watcher.seenIds()).containsExactly("i1");
    }

    @Test
    void aPageThatHangsDelaysNoImportByTwoSeconds() {
        service.with(ids(0, 300));
        AtomicInteger pages = new AtomicInteger();
        service.listing =
                token -> pages.incrementAndGet() > 20 && "200".equals(token) ? hang() : late(service.page(token));
        service.describing = id -> late(service.find(id));
        watch(Flux.fromIterable(ids(0, 300)));
        forward(58);
        ids(0, 300).forEach(service::end);
        forward(20);
        assertThat(endSeenAfter).hasSize(300);
        assertThat(endSeenAfter.values()).allMatch(millis -> millis <= 5_000 + 2_000 + 1_000);
        assertThat(watcher.completed).isTrue();
        assertThat(time.timers()).as("the hanging page's call is cancelled").isZero();
    }

    @Test
    void aWalkOfManySlowPagesHoldsNothingBack() {
        service.with(ids(0, 100));
        ids(1_000, 2_800).forEach(service::end);
        service.listing = token -> Mono.delay(Duration.ofSeconds(5), time).then(service.page(token));
        service.clock = time::millis;
        service.watch(every5s)
                .watchIndex()
                .filter(seen -> number(seen.id()) < 100 && seen.isTerminal())
                .doOnNext(seen -> endSeenAfter.put(seen.id(), time.millis() - service.endedAt.get(seen.id())))
                .subscribe(watcher);
        watcher.request(Long.MAX_VALUE);
        forward(300);
        for (int i = 0; i < 30; i++) {
            service.end("i" + i);
            forward(20);
        }
        assertThat(endSeenAfter.values()).hasSize(30).allMatch(millis -> millis <= 20_000);
    }

    @Test
    void aListingThatHangsAltogetherIsDoneWithout() {
        service.with(ids(0, 30));
        service.listing = token -> hang();
        service.describing = id -> late(service.find(id));
        watch(Flux.fromIterable(ids(0, 30)));
        forward(60);
        ids(0, 30).forEach(service::end);
        forward(10);
        assertThat(endSeenAfter.values()).hasSize(30).allMatch(millis -> millis <= 5_000 + 2_500);
        assertThat(service.lists.get()).as("no pile of walks that hang").isLessThanOrEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 50})
    void whileCallsHangTheWatchSleeps(int imports) {
        service.with(ids(0, imports));
        service.listing = token -> Mono.never();
        service.describing = id -> Mono.never();
        service.watch(every5s).watchImports(Flux.fromIterable(ids(0, imports))).subscribe(watcher);
        WatchClock other = new WatchClock();
        service.watch(every5s.scheduler(other)).watchIndex().subscribe(ImportOperation::id);
        watcher.request(Long.MAX_VALUE);
        for (int second = 0; second < 20; second++) {
            forward(1);
            other.forward(Duration.ofSeconds(1));
        }
        assertThat(time.scheduled()).isLessThanOrEqualTo(20);
        assertThat(other.scheduled()).isLessThanOrEqualTo(20);
    }

    @Test
    void waitingForAConnectionOfTheOwnPoolIsNoFailure() {
        service.with(ids(0, 3));
        service.describing = id -> Mono.error(ImportsTransportException.poolExhausted("no connection", null));
        service.listing = token -> Mono.error(ImportsTransportException.poolExhausted("no connection", null));
        watch(Flux.fromIterable(ids(0, 3)));
        forward(600);
        assertThat(watcher.failure).isNull();
        service.describing = service::find;
        service.listing = service::page;
        forward(10);
        assertThat(watcher.seenIds()).containsExactlyInAnyOrder("i0", "i1", "i2");
    }

    @Test
    void anExpiredTokenEndsItsWalkAlone() {
        service.with(ids(0, 300));
        service.listing = token -> token == null ? service.page(null) : Mono.error(answer(400));
        watch(Flux.fromIterable(ids(0, 300)));
        forward(30);
        assertThat(watcher.failure).isNull();
        assertThat(new ArrayList<>(watcher.seenIds())).hasSize(300).doesNotHaveDuplicates();
        ids(0, 300).forEach(service::end);
        forward(10);
        assertThat(watcher.completed).isTrue();
    }

    @Test
    void aSlowResponseDoesNotUndoWhatANewerOneSaid() {
        service.with(ids(0, 1));
        service.describing = id -> Mono.just(running("i0", 10)).delayElement(Duration.ofSeconds(30), time);
        Sinks.Many<String> ids = Sinks.many().unicast().onBackpressureBuffer();
        watch(ids.asFlux());
        ids.tryEmitNext("i0");
        forward(3);
        service.set("i0", 60);
        service.with(ids(1, 20));
        service.describing = service::find;
        ids(1, 20).forEach(ids::tryEmitNext);
        forward(4);
        assertThat(watcher.seen)
                .filteredOn(seen -> seen.id().equals("i0"))
                .singleElement()
                .matches(seen -> seen.percentComplete() == 60);
        forward(26);
        assertThat(watcher.seen).filteredOn(seen -> seen.id().equals("i0")).hasSize(1);
        service.end("i0");
        forward(5);
        assertThat(watcher.endedIds()).containsExactly("i0");
    }

    @Test
    void eachImportIsLookedAtByOneDescribeAtATime() {
        Map<String, Integer> inFlight = new HashMap<>();
        List<Integer> most = new ArrayList<>();
        service.listing = token -> Mono.just(new ImportPage(List.of(), null));
        service.describing = id -> Mono.defer(() -> {
                    most.add(inFlight.merge(id, 1, Integer::sum));
                    return service.find(id).delayElement(Duration.ofSeconds(8), time);
                })
                .doFinally(end -> inFlight.merge(id, -1, Integer::sum));
        service.with(ids(0, 10));
        watch(Flux.fromIterable(ids(0, 10)));
        forward(300);
        assertThat(most).hasSizeGreaterThan(100).containsOnly(1);
    }

    private void watch(Flux<String> ids) {
        service.watch(every5s)
                .watchImports(ids)
                .doOnNext(seen -> {
                    if (seen.isTerminal()) {
                        endSeenAfter.put(seen.id(), time.millis() - service.endedAt.getOrDefault(seen.id(), 0L));
                    }
                })
                .subscribe(watcher);
        service.clock = time::millis;
        watcher.request(Long.MAX_VALUE);
    }

    private <T> Mono<T> hang() {
        return Mono.delay(HANG, time).then(Mono.error(answer(504)));
    }

    private <T> Mono<T> late(Mono<T> response) {
        return Mono.delay(LATENCY, time).then(response);
    }

    private static int number(String id) {
        return Integer.parseInt(id.substring(1));
    }

    private void forward(long seconds) {
        for (long i = 0; i < seconds * 10; i++) {
            time.forward(Duration.ofMillis(100));
        }
    }
}
