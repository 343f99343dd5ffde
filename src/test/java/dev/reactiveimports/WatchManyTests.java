package dev.reactiveimports;

import static dev.reactiveimports.WatchedService.answer;
import static dev.reactiveimports.WatchedService.ids;
import static dev.reactiveimports.WatchedService.running;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.publisher.TestPublisher;
import reactor.util.context.Context;

class WatchManyTests {

    private final WatchClock time = new WatchClock();
    private final PollSpec every5s =
            PollSpec.fixedInterval(Duration.ofSeconds(5)).scheduler(time);
    private final WatchedService service = new WatchedService();
    private final Watcher watcher = new Watcher();

    @Test
    void nothingHappensBeforeDemand() {
        TestPublisher<String> ids = TestPublisher.create();
        service.with(ids(0, 3));
        service.watch(every5s).watchImports(ids.flux()).subscribe(watcher);
        forward(600);
        ids.assertWasNotSubscribed();
        assertThat(service.requests()).isZero();
        assertThat(time.timers()).isZero();
        watcher.request(1);
        ids.assertSubscribers(1);
    }

    @Test
    void firstTickIsAtOnceAndOthersAtTheInterval() {
        watch(ids(0, 1));
        watcher.request(Long.MAX_VALUE);
        assertThat(service.requests()).isEqualTo(1);
        forward(4);
        assertThat(service.requests()).isEqualTo(1);
        forward(1);
        assertThat(service.requests()).isEqualTo(2);
        forward(10);
        assertThat(service.requests()).isEqualTo(4);
    }

    @Test
    void onlyWhatDiffersFromTheLastEmittedIsEmitted() {
        watch(ids(0, 2));
        watcher.request(Long.MAX_VALUE);
        forward(20);
        assertThat(watcher.seenIds()).containsExactly("i0", "i1");
        service.set("i1", 30);
        forward(20);
        assertThat(watcher.seenIds()).containsExactly("i0", "i1", "i1");
    }

    @Test
    void completesWhenTheIdsHaveAndAllAreTerminal() {
        Sinks.Many<String> ids = Sinks.many().unicast().onBackpressureBuffer();
        service.with(ids(0, 2));
        service.watch(every5s).watchImports(ids.asFlux()).subscribe(watcher);
        watcher.request(Long.MAX_VALUE);
        ids.tryEmitNext("i0");
        ids.tryEmitNext("i1");
        service.end("i0");
        forward(5);
        service.end("i1");
        forward(5);
        assertThat(watcher.endedIds()).containsExactly("i0", "i1");
        assertThat(watcher.completed).isFalse();
        int requests = service.requests();
        forward(600);
        assertThat(service.requests()).isEqualTo(requests);
        ids.tryEmitComplete();
        assertThat(watcher.completed).isTrue();
        assertThat(time.timers()).isZero();
    }

    @Test
    void noIdsCompleteAtOnce() {
        watch(List.of());
        watcher.request(1);
        assertThat(watcher.completed).isTrue();
        assertThat(service.requests()).isZero();
    }

    @Test
    void noTickWithoutDemandOrWhileObservationsWait() {
        watch(ids(0, 10));
        watcher.request(4);
        assertThat(watcher.seen).hasSize(4);
        int requests = service.requests();
        forward(600);
        watcher.request(5);
        forward(600);
        assertThat(watcher.seen).hasSize(9);
        assertThat(service.requests()).isEqualTo(requests);
        watcher.request(1);
        forward(600);
        assertThat(watcher.seen).hasSize(10);
        assertThat(service.requests()).isEqualTo(requests);
        watcher.request(1);
        assertThat(service.requests()).isGreaterThan(requests);
    }

    @Test
    void theNextPageWaitsUntilObservationsAreDelivered() {
        watch(service.with(ids(0, 300)).imports.keySet().stream().toList());
        watcher.request(99);
        forward(60);
        assertThat(service.requests()).isEqualTo(1);
        watcher.request(1);
        forward(60);
        assertThat(service.requests()).isEqualTo(1);
        watcher.request(1);
        assertThat(service.requests()).isEqualTo(2);
        watcher.request(199);
        assertThat(watcher.seen).hasSize(300);
        assertThat(service.requests()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aThousandWatchedCostAtMostTwelveRequestsATick(boolean shuffled) {
        service.shuffle = shuffled ? new java.util.Random(7) : null;
        List<Integer> costs = costs(service.with(ids(0, 1000)), ids(0, 1000), 40);
        assertThat(costs).hasSizeGreaterThanOrEqualTo(40).allMatch(cost -> cost <= 12);
        assertThat(watcher.seen).hasSizeGreaterThanOrEqualTo(1000);
    }

    @Test
    void aThousandWatchedCostAtMostTwelveRequestsWhileNewImportsAppear() {
        AtomicInteger added = new AtomicInteger();
        service.with(ids(0, 1000));
        List<Integer> costs = new ArrayList<>();
        service.watch(every5s, polls(costs))
                .watchImports(Flux.fromIterable(ids(0, 1000)))
                .subscribe(watcher);
        watcher.request(Long.MAX_VALUE);
        for (int i = 0; i < 40; i++) {
            List<ImportOperation> old = new ArrayList<>(service.imports.values());
            service.imports.clear();
            service.with(List.of("new" + added.incrementAndGet()));
            old.forEach(o -> service.imports.put(o.id(), o));
            forward(5);
        }
        assertThat(costs).hasSizeGreaterThanOrEqualTo(40).allMatch(cost -> cost <= 12);
    }

    @ParameterizedTest
    @ValueSource(strings = {"i0,i1,i2", "i997,i998,i999", "i0,i500,i999", "i150,i151,i152"})
    void threeWatchedOfAThousandCostHardlyMoreThanThreeRequestsATick(String watched) {
        List<Integer> costs = costs(service.with(ids(0, 1000)), List.of(watched.split(",")), 40);
        assertThat(costs).hasSizeGreaterThanOrEqualTo(40).allMatch(cost -> cost <= 6);
        assertThat(costs.stream().mapToInt(cost -> cost).sum()).isLessThanOrEqualTo(40 * 36 / 10);
    }

    @Test
    void threeWatchedOfAThousandInAnyOrderCostHardlyMoreThanThreeRequestsATick() {
        service.shuffle = new java.util.Random(3);
        List<Integer> costs = costs(service.with(ids(0, 1000)), List.of("i3", "i500", "i77"), 200);
        assertThat(costs).hasSizeGreaterThanOrEqualTo(200).allMatch(cost -> cost <= 7);
        assertThat(costs.stream().mapToInt(cost -> cost).sum()).isLessThanOrEqualTo(200 * 36 / 10);
    }

    @Test
    void threeOnTheFirstPageSoonCostOneRequestATick() {
        List<Integer> costs = costs(service.with(ids(0, 1000)), ids(0, 3), 10);
        assertThat(costs).containsOnly(1);
    }

    @Test
    void watchedImportsOfALongListingAreSeenWithoutWalkingAllOfItEachTime() {
        service.with(ids(0, 20_000));
        List<Integer> costs = costs(service, ids(19_950, 20_000), 40);
        assertThat(costs).as("looked for once more in vain").allMatch(cost -> cost <= 100);
        assertThat(costs.stream().filter(cost -> cost == 50).count()).isGreaterThan(35);
    }

    @Test
    void aHundredBelowFiftyPagesOfOthersCostAWalk() {
        service.with(ids(0, 5_100));
        List<Integer> costs = costs(service, ids(5_000, 5_100), 40);
        assertThat(costs).hasSizeGreaterThanOrEqualTo(40).containsOnly(51);
    }

    @Test
    void idsThatTheListingHidesAreDescribedEightAtATime() {
        service.listing = token -> Mono.just(new ImportPage(List.of(), null));
        service.describing = id -> Mono.delay(Duration.ofSeconds(1), time).flatMap(zero -> service.find(id));
        watch(ids(0, 50));
        watcher.request(Long.MAX_VALUE);
        forward(20);
        assertThat(new HashSet<>(watcher.seenIds())).hasSize(50);
        assertThat(service.mostConcurrent).hasValue(8);
        forward(600);
        assertThat(service.mostConcurrent).hasValue(8);
    }

    @Test
    void idsJoinWhileItRunsAndAreSeenWithinTheShortestWait() {
        Sinks.Many<String> ids = Sinks.many().unicast().onBackpressureBuffer();
        service.with(ids(0, 3));
        PollSpec spec = PollSpec.adaptive().jitter(0).scheduler(time);
        service.watch(spec).watchImports(ids.asFlux()).subscribe(watcher);
        watcher.request(Long.MAX_VALUE);
        forward(3);
        ids.tryEmitNext("i0");
        assertThat(watcher.seenIds()).containsExactly("i0");
        forward(3600);
        ids.tryEmitNext("i1");
        forward(2);
        ids.tryEmitNext("i2");
        forward(2);
        assertThat(watcher.seenIds()).containsExactly("i0", "i1", "i2");
    }

    @Test
    void anIdThatJoinsIsSeenWithinTwoSecondsWhateverTheInterval() {
        Sinks.Many<String> ids = Sinks.many().unicast().onBackpressureBuffer();
        service.with(ids(0, 3));
        PollSpec hourly = PollSpec.fixedInterval(Duration.ofHours(1)).scheduler(time);
        service.watch(hourly).watchImports(ids.asFlux()).subscribe(watcher);
        watcher.request(Long.MAX_VALUE);
        ids.tryEmitNext("i0");
        forward(1);
        ids.tryEmitNext("i1");
        assertThat(watcher.seenIds()).containsExactly("i0");
        forward(1);
        assertThat(watcher.seenIds()).containsExactly("i0", "i1");
        forward(1800);
        ids.tryEmitNext("i2");
        assertThat(watcher.seenIds()).containsExactly("i0", "i1", "i2");
        assertThat(service.requests()).as("nobody else is polled for it").isEqualTo(3);
    }

    @Test
    void idsThatJoinDoNotMakeOthersPolledMoreOften() {
        Sinks.Many<String> ids = Sinks.many().unicast().onBackpressureBuffer();
        service.with(ids(0, 60));
        service.listing = token -> Mono.just(new ImportPage(List.of(), null));
        service.watch(every5s).watchImports(ids.asFlux()).subscribe(watcher);
        watcher.request(Long.MAX_VALUE);
        for (int i = 0; i < 60; i++) {
            ids.tryEmitNext("i" + i);
            forward(1);
        }
        assertThat(service.described.stream().filter("i0"::equals)).hasSizeBetween(10, 16);
    }

    @Test
    void idsThatJoinArePolledByTheListingWithTheOthers() {
        Sinks.Many<String> ids = Sinks.many().unicast().onBackpressureBuffer();
        service.with(ids(0, 60));
        service.watch(every5s).watchImports(ids.asFlux()).subscribe(watcher);
        watcher.request(Long.MAX_VALUE);
        for (int i = 0; i < 60; i++) {
            ids.tryEmitNext("i" + i);
            forward(1);
        }
        assertThat(service.requests()).as("a tick in two seconds").isLessThanOrEqualTo(1 + 60 / 2 + 2);
    }

    @Test
    void anIdWatchedOrEndedIsNotWatchedAgain() {
        Sinks.Many<String> ids = Sinks.many().unicast().onBackpressureBuffer();
        service.with(ids(0, 2));
        service.end("i1");
        service.watch(every5s).watchImports(ids.asFlux()).subscribe(watcher);
        watcher.request(Long.MAX_VALUE);
        List.of("i0", "i0", "i1", "i1").forEach(ids::tryEmitNext);
        forward(5);
        int polls = service.requests();
        List.of("i0", "i1").forEach(ids::tryEmitNext);
        assertThat(service.requests()).isEqualTo(polls);
        forward(5);
        assertThat(watcher.seenIds()).containsExactlyInAnyOrder("i0", "i1");
        assertThat(service.requests()).isEqualTo(polls + 1);
    }

    @Test
    void anIdThatIsNotFoundEndsAloneAndItsErrorFollowsTheOthers() {
        service.with(ids(0, 2));
        watch(List.of("gone1", "i0", "", "gone2", "i1"));
        watcher.request(Long.MAX_VALUE);
        forward(20);
        assertThat(watcher.failure).isNull();
        ids(0, 2).forEach(service::end);
        int describes = service.describes.get();
        forward(5);
        assertThat(watcher.endedIds()).containsExactly("i0", "i1");
        assertThat(service.described.subList(describes, service.described.size()))
                .doesNotContain("gone1", "gone2", "");
        List<Throwable> all = new ArrayList<>(List.of(watcher.failure.getSuppressed()));
        all.add(watcher.failure);
        assertThat(all).hasSize(3);
        assertThat(all)
                .filteredOn(e -> e instanceof ImportsApiException a && a.isNotFound())
                .hasSize(2);
        assertThat(all)
                .filteredOn(e -> e instanceof IllegalArgumentException)
                .singleElement()
                .extracting(Throwable::getMessage)
                .asString()
                .startsWith("id must have between 1 and 1000");
        assertThat(service.described).doesNotContain("");
    }

    @Test
    void anExpectedFailureDoesNotCount() {
        watch(List.of("fresh"));
        watcher.request(1);
        forward(100);
        assertThat(watcher.failure).isNull();
        service.end("fresh");
        forward(5);
        assertThat(watcher.endedIds()).containsExactly("fresh");
        assertThat(watcher.completed).isTrue();
    }

    @Test
    void anErrorOfTheIdsFollowsWhatWasObserved() {
        Sinks.Many<String> ids = Sinks.many().unicast().onBackpressureBuffer();
        service.with(ids(0, 3));
        service.watch(every5s).watchImports(ids.asFlux()).subscribe(watcher);
        watcher.request(1);
        ids(0, 3).forEach(ids::tryEmitNext);
        forward(6);
        watcher.request(1);
        forward(6);
        ids.tryEmitError(new IOException("no more"));
        int requests = service.requests();
        int seen = watcher.seen.size();
        watcher.request(1);
        assertThat(watcher.seen).hasSize(seen + 1);
        forward(600);
        watcher.request(5);
        forward(600);
        assertThat(watcher.failure).hasMessage("no more");
        assertThat(service.requests()).isEqualTo(requests);
        assertThat(time.timers()).isZero();
    }

    @Test
    void cancelEndsIdsCallsAndTimers() {
        TestPublisher<String> ids = TestPublisher.create();
        AtomicInteger cancelled = new AtomicInteger();
        service.with(ids(0, 3));
        service.watch(every5s).watchImports(ids.flux()).subscribe(watcher);
        watcher.request(Long.MAX_VALUE);
        ids.next("i0");
        assertThat(time.timers()).isEqualTo(1);
        service.describing = id -> Mono.<ImportOperation>never().doOnCancel(cancelled::incrementAndGet);
        forward(5);
        assertThat(service.concurrent).hasValue(1);
        watcher.cancel();
        ids.assertCancelled();
        assertThat(cancelled).hasValue(1);
        assertThat(time.timers()).isZero();
        int requests = service.requests();
        ids.next("i1");
        forward(600);
        assertThat(service.requests()).isEqualTo(requests);
    }

    @Test
    void cancelBetweenTicksLeavesNoTimer() {
        watch(ids(0, 3));
        watcher.request(Long.MAX_VALUE);
        forward(7);
        int requests = service.requests();
        watcher.cancel();
        assertThat(time.timers()).isZero();
        forward(600);
        assertThat(service.requests()).isEqualTo(requests);
    }

    @Test
    void fourFailedTicksInARowAreTolerated() {
        service.with(ids(0, 20));
        AtomicInteger calls = new AtomicInteger();
        service.listing =
                token -> calls.incrementAndGet() % 5 == 0 ? service.page(token) : Mono.error(new IOException("down"));
        watch(ids(0, 20));
        watcher.request(Long.MAX_VALUE);
        forward(300);
        assertThat(watcher.failure).isNull();
        assertThat(calls.get()).isGreaterThan(50);
        assertThat(watcher.seen).hasSize(20);
    }

    @Test
    void fifthFailedPollInARowEndsTheWatch() {
        AtomicInteger calls = new AtomicInteger();
        service.listing = token -> Mono.error(new IOException("down " + calls.incrementAndGet()));
        service.describing = id -> Mono.error(new IOException("down"));
        watch(ids(0, 20));
        watcher.request(Long.MAX_VALUE);
        forward(300);
        assertThat(watcher.failure).hasMessageStartingWith("down");
        assertThat(watcher.failure.getSuppressed()).hasSize(4);
        assertThat(service.requests()).isLessThanOrEqualTo(5 * 9);
        assertThat(time.timers()).isZero();
    }

    @Test
    void aListingThatAlwaysFailsIsDoneWithout() {
        service.listing = token -> Mono.error(new IOException("down"));
        watch(ids(0, 200));
        watcher.request(Long.MAX_VALUE);
        assertThat(service.requests())
                .as("a failed page is not made up for by describing all")
                .isEqualTo(9);
        forward(60);
        assertThat(new HashSet<>(watcher.seenIds())).hasSize(200);
        ids(0, 200).forEach(service::end);
        forward(10);
        assertThat(watcher.endedIds()).hasSize(200);
        assertThat(watcher.completed).isTrue();
    }

    @Test
    void anOutageOfDescribesIsNotMultiplied() {
        service.describing = id -> Mono.delay(Duration.ofMillis(100), time).then(Mono.error(answer(503)));
        service.listing = token -> Mono.just(new ImportPage(List.of(), null));
        watch(ids(0, 500));
        watcher.request(Long.MAX_VALUE);
        forward(60);
        assertThat(watcher.failure).isInstanceOf(ImportsApiException.class);
        assertThat(watcher.failure.getSuppressed()).hasSize(4);
        assertThat(service.requests()).isLessThanOrEqualTo(5 * 16);
    }

    @Test
    void afterARejectionNobodyIsAskedSoonerThanTheServiceSaid() {
        service.with(ids(0, 500));
        service.describing = id -> service.requests() == 40 ? Mono.error(refusal()) : service.find(id);
        service.listing = token -> Mono.just(new ImportPage(List.of(), null));
        watch(ids(0, 500));
        watcher.request(Long.MAX_VALUE);
        int asked = service.requests();
        assertThat(asked).as("those under way beside it").isBetween(40, 48);
        forward(119);
        assertThat(service.requests()).isEqualTo(asked);
        forward(6);
        assertThat(watcher.seenIds()).as("none is left out").containsExactlyInAnyOrderElementsOf(ids(0, 500));
        assertThat(watcher.failure).isNull();
    }

    @Test
    void aRejectedListingIsNotAskedForSoonerThanTheServiceSaid() {
        service.listing = token -> Mono.error(refusal());
        watch(ids(0, 500));
        watcher.request(Long.MAX_VALUE);
        forward(119);
        assertThat(service.requests()).isEqualTo(1);
        forward(4 * 120);
        assertThat(service.requests()).isEqualTo(5);
        assertThat(watcher.failure).isInstanceOf(ImportsApiException.class);
    }

    private static ImportsApiException refusal() {
        return new ImportsApiException(429, "slow down", null, null, Duration.ofSeconds(120));
    }

    @Test
    void aSingleImportFailsAfterFiveFailuresInARow() {
        service.describing = id -> Mono.error(answer(503));
        watch(List.of("i0"));
        watcher.request(Long.MAX_VALUE);
        forward(300);
        assertThat(service.requests()).isEqualTo(5);
        assertThat(watcher.failure).isInstanceOf(ImportsApiException.class);
    }

    @Test
    void oneImportThatAlwaysFailsEndsAlone() {
        service.with(ids(0, 2));
        service.describing = id -> id.equals("bad") ? Mono.error(answer(500)) : service.find(id);
        watch(List.of("i0", "bad", "i1"));
        watcher.request(Long.MAX_VALUE);
        forward(300);
        assertThat(watcher.failure).isNull();
        assertThat(service.described.stream().filter("bad"::equals)).hasSize(5);
        ids(0, 2).forEach(service::end);
        forward(10);
        assertThat(watcher.endedIds()).containsExactlyInAnyOrder("i0", "i1");
        assertThat(watcher.failure)
                .isInstanceOfSatisfying(
                        ImportsApiException.class,
                        e -> assertThat(e.statusCode()).isEqualTo(500));
    }

    @Test
    void oneThatFailsWhenNoOtherIsDueEndsAlone() {
        service.with(ids(0, 3));
        service.describing = id -> id.equals("bad") ? Mono.error(answer(500)) : service.find(id);
        Sinks.Many<String> ids = Sinks.many().unicast().onBackpressureBuffer();
        PollSpec patient = PollSpec.adaptive(Duration.ofSeconds(2), Duration.ofMinutes(5))
                .jitter(0)
                .scheduler(time);
        service.watch(patient).watchImports(ids.asFlux()).subscribe(watcher);
        watcher.request(Long.MAX_VALUE);
        ids(0, 3).forEach(ids::tryEmitNext);
        forward(3 * 3600);
        ids.tryEmitNext("bad");
        ids.tryEmitComplete();
        forward(120);
        assertThat(service.described.stream().filter("bad"::equals)).hasSize(5);
        assertThat(watcher.failure).isNull();
        ids(0, 3).forEach(service::end);
        forward(600);
        assertThat(watcher.endedIds()).hasSize(3);
        assertThat(watcher.failure).isInstanceOf(ImportsApiException.class);
    }

    @Test
    void eightThatFailWhileTheListingAnswersEndAlone() {
        service.with(ids(0, 92));
        List<String> bad = ids(0, 8).stream().map(id -> "unlisted-" + id).toList();
        service.describing = id -> bad.contains(id) ? Mono.error(answer(500)) : service.find(id);
        List<String> all = new ArrayList<>(ids(0, 92));
        all.addAll(bad);
        watch(all);
        watcher.request(Long.MAX_VALUE);
        forward(600);
        assertThat(watcher.failure).isNull();
        ids(0, 92).forEach(service::end);
        forward(10);
        assertThat(watcher.endedIds()).hasSize(92);
        assertThat(watcher.failure).isInstanceOf(ImportsApiException.class);
    }

    @Test
    void aPageThatCannotBeReadSendsTheWatchToDescribing() {
        service.with(ids(0, 9));
        service.listing = token -> Mono.error(new ImportsProtocolException("somebody else's import"));
        watch(ids(0, 9));
        watcher.request(Long.MAX_VALUE);
        ids(0, 9).forEach(service::end);
        forward(10);
        assertThat(watcher.endedIds()).hasSize(9);
        assertThat(watcher.completed).isTrue();
    }

    @Test
    void noFurtherDescribesWhileObservationsWait() {
        service.with(ids(0, 100));
        service.listing = token -> Mono.just(new ImportPage(List.of(), null));
        watch(ids(0, 100));
        watcher.request(1);
        forward(60);
        assertThat(service.describes.get()).isLessThanOrEqualTo(16);
        watcher.request(Long.MAX_VALUE);
        forward(1);
        assertThat(watcher.seenIds()).hasSize(100);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 501})
    void aDefiniteAnswerEndsTheWatchAtOnce(int status) {
        service.with(ids(0, 9));
        service.listing = token -> Mono.error(answer(status));
        watch(ids(0, 9));
        watcher.request(Long.MAX_VALUE);
        forward(300);
        assertThat(watcher.failure).isInstanceOf(ImportsApiException.class);
        assertThat(service.requests()).isEqualTo(1);
    }

    @Test
    void aListingThatRunsInACircleIsDoneWithout() {
        service.listing = token -> Mono.just(new ImportPage(List.of(running("other", 0)), "again"));
        watch(ids(0, 50));
        watcher.request(Long.MAX_VALUE);
        assertThat(service.lists).hasValue(2);
        ids(0, 50).forEach(service::end);
        forward(10);
        assertThat(watcher.endedIds()).hasSize(50);
        assertThat(watcher.completed).isTrue();
    }

    @Test
    void aTerminalObservationIsNeitherLostNorOverwritten() {
        service.with(ids(0, 300));
        AtomicInteger tick = new AtomicInteger();
        // the listing shows an import's end and then its past, on two pages of one walk
        service.listing = token -> {
            boolean first = token == null;
            List<ImportOperation> items = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                items.add(first ? ImportOperation.of("i" + i, ImportStatus.FAILED) : running("i" + i, 50));
            }
            tick.incrementAndGet();
            return Mono.just(new ImportPage(items, first ? "2" : null));
        };
        watch(ids(0, 300));
        watcher.request(Long.MAX_VALUE);
        forward(60);
        assertThat(watcher.seen.stream().filter(o -> List.of("i0", "i1", "i2").contains(o.id())))
                .hasSize(3)
                .allMatch(ImportOperation::isTerminal);
        assertThat(tick.get()).isGreaterThan(1);
    }

    @Test
    void ofOneImportOnlyTheLatestObservationWaits() {
        service.listing = token -> Mono.just(
                new ImportPage(List.of(running("i0", 1), running("i1", 1), running("i0", 2), running("i0", 3)), null));
        watch(ids(0, 2));
        watcher.request(1);
        watcher.request(1);
        assertThat(watcher.seen).extracting(ImportOperation::percentComplete).containsExactly(3.0, 1.0);
        forward(5);
        watcher.request(5);
        forward(60);
        assertThat(watcher.seen).hasSize(2);
    }

    @Test
    void aSlowConsumerSeesEveryEndExactlyOnce() {
        service.with(ids(0, 1000));
        watch(ids(0, 1000));
        watcher.request(1);
        for (int i = 0; !watcher.completed && i < 20_000; i++) {
            if (i % 3 == 0 && i / 3 < 1000) {
                service.end("i" + (i / 3) * 7 % 1000);
            }
            time.forward(Duration.ofMillis(5));
            watcher.request(1);
        }
        assertThat(watcher.completed).isTrue();
        assertThat(watcher.endedIds()).hasSize(1000).doesNotHaveDuplicates();
    }

    @Test
    void listenerHearsOfTicksAndChangesAndMayThrow() {
        List<String> heard = new ArrayList<>();
        ImportsListener listener = new ImportsListener() {
            @Override
            public void onPoll(Poll poll) {
                heard.add(poll.watched() + " for " + poll.requests());
                throw new IllegalStateException("thrown by a listener");
            }

            @Override
            public void onStatusChange(ImportStatusChange change) {
                heard.add(change.id() + " " + change.from() + " " + change.to());
                throw new IllegalStateException("thrown by a listener");
            }
        };
        service.with(ids(0, 1));
        service.watch(every5s, listener).watchImports(Mono.just("i0")).subscribe(watcher);
        watcher.request(Long.MAX_VALUE);
        service.end("i0");
        forward(5);
        assertThat(heard).containsExactly("i0 null IN_PROGRESS", "1 for 1", "i0 IN_PROGRESS COMPLETED", "1 for 1");
        assertThat(watcher.completed).isTrue();
    }

    @Test
    void contextReachesIdsAndCalls() {
        List<String> traces = new ArrayList<>();
        Flux<String> ids = Flux.deferContextual(context -> {
            traces.add("ids " + context.get("trace"));
            return Flux.just("i0", "i1");
        });
        service.listing = token -> Mono.deferContextual(context -> {
            traces.add("list " + context.get("trace"));
            return Mono.just(new ImportPage(List.of(), null));
        });
        service.describing = id -> Mono.deferContextual(context -> {
            traces.add("describe " + context.get("trace"));
            return Mono.just(ImportOperation.of(id, ImportStatus.CANCELLED));
        });
        service.watch(every5s)
                .watchImports(ids)
                .contextWrite(Context.of("trace", "t"))
                .subscribe(watcher);
        watcher.request(2);
        assertThat(traces).containsExactly("ids t", "list t", "describe t", "describe t");
        assertThat(watcher.completed).isTrue();
    }

    @Test
    void eachSubscriptionWatchesForItself() {
        service.with(ids(0, 1));
        Watcher other = new Watcher();
        Flux<ImportOperation> flux = service.watch(every5s).watchImports(Mono.just("i0"));
        flux.subscribe(watcher);
        flux.subscribe(other);
        watcher.request(1);
        forward(5);
        other.request(1);
        assertThat(watcher.seen).hasSize(1);
        assertThat(other.seen).hasSize(1);
    }

    @Test
    void anAdaptiveFleetSharesTicks() {
        service.with(ids(0, 100));
        List<Integer> costs = new ArrayList<>();
        service.watch(PollSpec.adaptive().scheduler(time), polls(costs))
                .watchImports(Flux.fromIterable(ids(0, 100)))
                .subscribe(watcher);
        watcher.request(Long.MAX_VALUE);
        forward(3600);
        assertThat(costs).hasSizeLessThan(150);
        assertThat(service.requests()).isLessThan(200);
    }

    @Test
    void aSchedulerThatRejectsIsAnError() {
        Scheduler ended = Schedulers.newSingle("ended");
        ended.dispose();
        service.with(ids(0, 1));
        service.watch(every5s.scheduler(ended)).watchImports(Mono.just("i0")).subscribe(watcher);
        watcher.request(2);
        assertThat(watcher.seen).hasSize(1);
        assertThat(watcher.failure).isInstanceOf(ImportsTransportException.class);
    }

    @Test
    void aClockSetBackDelaysByOneIntervalAtMost() {
        watch(ids(0, 1));
        watcher.request(Long.MAX_VALUE);
        time.setForwardBy(Duration.ofHours(-1));
        int requests = service.requests();
        forward(11);
        assertThat(service.requests()).isGreaterThan(requests);
    }

    @Test
    void tenThousandSynchronousIdsNeitherRecurseNorTakeLong() {
        service.with(ids(0, 10_000));
        watch(ids(0, 10_000));
        watcher.request(Long.MAX_VALUE);
        assertThat(watcher.seen).hasSize(10_000);
        assertThat(service.requests()).isEqualTo(100);
    }

    private List<Integer> costs(WatchedService service, List<String> ids, int ticks) {
        List<Integer> costs = new ArrayList<>();
        service.watch(every5s, polls(costs))
                .watchImports(Flux.fromIterable(ids))
                .subscribe(watcher);
        watcher.request(Long.MAX_VALUE);
        for (int i = 0; i < ticks; i++) {
            ids.forEach(id -> service.set(id, service.imports.get(id).percentComplete() + 0.5));
            forward(5);
        }
        return costs;
    }

    private static ImportsListener polls(List<Integer> costs) {
        return new ImportsListener() {
            @Override
            public void onPoll(Poll poll) {
                costs.add(poll.requests());
            }
        };
    }

    private void watch(List<String> ids) {
        service.with(ids.stream()
                .filter(id -> id.startsWith("i") && !service.imports.containsKey(id))
                .toList());
        service.watch(every5s).watchImports(Flux.fromIterable(ids)).subscribe(watcher);
    }

    private void forward(long seconds) {
        for (long i = 0; i < seconds; i++) {
            time.forward(Duration.ofSeconds(1));
        }
    }
}
