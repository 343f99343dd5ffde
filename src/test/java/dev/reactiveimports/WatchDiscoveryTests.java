package dev.reactiveimports;

import static dev.reactiveimports.WatchedService.answer;
import static dev.reactiveimports.WatchedService.running;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

/** How soon a watch of the index finds what is new, what that costs, and what it remembers. */
class WatchDiscoveryTests {

    private static final int MILLION = 1_000_000;

    private final WatchClock time = new WatchClock();
    private final PollSpec every5s =
            PollSpec.fixedInterval(Duration.ofSeconds(5)).scheduler(time);
    private final WatchedService service = new WatchedService();
    private final Watcher watcher = new Watcher();

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void inALongListingNewImportsAreSeenWithinTheIntervalForARequestOrTwo(boolean newestFirst) {
        List<String> ids = ids(0, 30_000, newestFirst);
        ids.forEach(service::end);
        watch();
        assertThat(service.lists).hasValue(300);
        forward(10);
        for (int round = 0; round < 7; round++) {
            String id = "new" + round;
            service.prepend(id, ImportOperation.of(id, ImportStatus.COMPLETED), newestFirst);
            forward(6);
            assertThat(watcher.seenIds()).contains(id);
        }
        assertThat(service.lists.get() - 300).as("no walk of the whole listing").isLessThanOrEqualTo(2 * 11);
    }

    @Tag("large")
    @Test
    void wherePositionsTellNothingTheWholeListingIsWalkedAsOftenAsItsLengthAllows() {
        ids(0, 30_000, true).forEach(service::end);
        service.shuffle = new java.util.Random(5);
        watch();
        forward(60);
        service.end("new");
        forward(120);
        assertThat(watcher.endedIds()).contains("new").doesNotHaveDuplicates();
        assertThat(service.lists.get())
                .as("a page in 180 ms on average, and both ends every 5 s")
                .isLessThan(300 + 180 * 1000 / 180 + 2 * 36 + 10);
    }

    @Tag("large")
    @Test
    void aMillionEndedImportsAndOneThatRunsCostTwoWalksAnHour() {
        List<Long> endSeenAt = new ArrayList<>();
        boolean[] ended = new boolean[1];
        int[] whole = new int[1];
        service.listing = token -> Mono.delay(Duration.ofMillis(10), time).map(zero -> {
            int from = token == null ? 0 : Integer.parseInt(token);
            whole[0] += from == MILLION / 4 ? 1 : 0;
            List<ImportOperation> items = IntStream.range(from, from + 100)
                    .mapToObj(i -> i == 500_000 ? theOne(ended[0]) : ImportOperation.of("" + i, ImportStatus.COMPLETED))
                    .toList();
            return new ImportPage(items, from + 100 < MILLION ? "" + (from + 100) : null);
        });
        service.describing = id -> Mono.just(theOne(ended[0]));
        int[] seen = new int[1];
        service.watch(PollSpec.adaptive().jitter(0).scheduler(time))
                .watchIndex()
                .subscribe(one -> {
                    seen[0]++;
                    if (one.id().equals("500000") && one.isTerminal()) {
                        endSeenAt.add(time.millis());
                    }
                });
        for (int i = 0; i < 1_200 && seen[0] < MILLION; i++) {
            time.forward(Duration.ofMillis(500));
        }
        assertThat(seen[0]).isEqualTo(MILLION);
        int wholeBefore = whole[0];
        int listsBefore = service.lists.get();
        int describesBefore = service.describes.get();
        percent = 0;
        for (int second = 0; second < 3600; second++) {
            percent = second / 36.0;
            time.forward(Duration.ofSeconds(1));
        }
        ended[0] = true;
        long endedAt = time.millis();
        for (int second = 0; second < 60 && endSeenAt.isEmpty(); second++) {
            time.forward(Duration.ofSeconds(1));
        }
        assertThat(endSeenAt).hasSize(1);
        System.out.printf(
                "a million ended, one runs, in an hour: %d walks of the whole listing, %d list requests, %d describes; end seen after %d ms%n",
                whole[0] - wholeBefore,
                service.lists.get() - listsBefore,
                service.describes.get() - describesBefore,
                endSeenAt.get(0) - endedAt);
        assertThat(whole[0] - wholeBefore).isLessThanOrEqualTo(2);
        assertThat(endSeenAt.get(0) - endedAt).isLessThanOrEqualTo(3_000);
    }

    private double percent = 0;

    private ImportOperation theOne(boolean ended) {
        return ended ? ImportOperation.of("500000", ImportStatus.COMPLETED) : running("500000", percent);
    }

    @Test
    void anImportThatTheListingHidesAndWhoseDescribeFailsIsNotLost() {
        service.with(List.of("i0", "i1"));
        watch();
        ImportOperation hidden = service.imports.remove("i1");
        service.describing = id -> Mono.error(answer(503));
        forward(300);
        service.imports.put("i1", hidden);
        service.end("i1");
        forward(10);
        assertThat(watcher.endedIds()).containsExactly("i1");
        assertThat(watcher.failure).isNull();
    }

    @Test
    void anImportThatIsUnknownForAWhileIsToldOfWhenItIsShownAgain() {
        service.with(List.of("i0", "i1"));
        watch();
        ImportOperation hidden = service.imports.remove("i1");
        forward(300);
        service.imports.put("i1", hidden);
        service.end("i1");
        forward(10);
        assertThat(watcher.endedIds()).containsExactly("i1");
    }

    @Test
    void aTokenThatExpiresWhileTheSubscriberIsSlowBeginsTheWalkAnew() {
        List<String> ids = ids(0, 1_000, true);
        ids.forEach(service::end);
        long[] fetchedAt = new long[1];
        service.listing = token -> {
            boolean expired = token != null && time.millis() - fetchedAt[0] > 60_000;
            fetchedAt[0] = time.millis();
            return expired ? Mono.error(answer(400)) : service.page(token);
        };
        service.watch(every5s).watchIndex().subscribe(watcher);
        for (int i = 0; i < 1_200 && watcher.seen.size() < 1_000; i++) {
            watcher.request(1);
            time.forward(Duration.ofSeconds(2));
        }
        assertThat(watcher.failure).isNull();
        assertThat(watcher.endedIds()).hasSize(1_000).doesNotHaveDuplicates();
    }

    @Test
    void newImportsAreSeenWhileTheWholeOfALongListingIsWalked() {
        ids(0, 100_000, true).forEach(service::end);
        watch();
        service.listing = token -> Mono.delay(Duration.ofMillis(100), time).then(service.page(token));
        forward(182);
        int before = service.lists.get();
        forward(5);
        assertThat(service.lists.get() - before).as("the walk is under way").isGreaterThan(20);
        for (int round = 0; round < 8; round++) {
            String id = "new" + round;
            service.prepend(id, ImportOperation.of(id, ImportStatus.COMPLETED), true);
            forward(6);
            assertThat(watcher.seenIds()).contains(id);
        }
        assertThat(watcher.endedIds()).doesNotHaveDuplicates();
    }

    @Test
    void walksWhoseTokenAlwaysExpiresCostNoMoreThanOthers() {
        ids(0, 30_000, true).forEach(service::end);
        watch();
        forward(60);
        service.listing = token -> "20000".equals(token) ? Mono.error(answer(400)) : service.page(token);
        int before = service.lists.get();
        forward(180);
        service.prepend("new", ImportOperation.of("new", ImportStatus.COMPLETED), true);
        forward(6);
        assertThat(watcher.endedIds()).contains("new").doesNotHaveDuplicates();
        assertThat(service.lists.get() - before)
                .as("a page in 180 ms on average, and both ends every 5 s")
                .isLessThan(300 + 186 * 1000 / 180 + 2 * 38 + 10);
    }

    @Test
    void aPageThatHangsDoesNotKeepNewImportsFromBeingSeen() {
        ids(0, 30_000, true).forEach(service::end);
        watch();
        forward(10);
        service.listing = token -> {
            service.listing = service::page;
            return Mono.never();
        };
        forward(5);
        service.prepend("new", ImportOperation.of("new", ImportStatus.COMPLETED), true);
        forward(6);
        assertThat(watcher.seenIds()).contains("new");
    }

    @Test
    void aTailThatFailsOnceIsLookedAtInTheNextRound() {
        ids(0, 30_000, true).forEach(service::end);
        watch();
        forward(60);
        int[] tails = new int[1];
        service.listing = token -> {
            if (token == null || tails[0]++ > 0) {
                return service.page(token);
            }
            return Mono.error(answer(503));
        };
        forward(5);
        assertThat(tails[0]).isOne();
        service.prepend("new", ImportOperation.of("new", ImportStatus.COMPLETED), false);
        forward(6);
        assertThat(watcher.seenIds()).contains("new");
    }

    @Test
    void aListingThatAlwaysFailsAtTheSamePageIsAnError() {
        ids(0, 300, true).forEach(service::end);
        service.listing = token -> "200".equals(token) ? Mono.error(answer(500)) : service.page(token);
        watch();
        forward(120);
        assertThat(watcher.failure)
                .isInstanceOfSatisfying(
                        ImportsApiException.class,
                        e -> assertThat(e.statusCode()).isEqualTo(500));
        assertThat(watcher.seen).hasSize(200);
        assertThat(time.timers()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a 503", "a local queue that is full", "an invalid body"})
    void aWalkGoesOnFromThePageThatFailedThoughEachPageFailsOnce(String kind) {
        ids(0, 3_000, true).forEach(service::end);
        Set<String> failedOnce = new HashSet<>();
        service.listing = token -> failedOnce.add("" + token) ? Mono.error(failure(kind)) : service.page(token);
        watch();
        forward(240);
        assertThat(watcher.failure).isNull();
        assertThat(watcher.seen).hasSize(3_000);
    }

    private static Throwable failure(String kind) {
        return switch (kind) {
            case "a 503" -> answer(503);
            case "an invalid body" -> new ImportsProtocolException("unreadable");
            default -> ImportsTransportException.poolExhausted("no connection", null);
        };
    }

    @Test
    void aPageThatCanNeverBeReadIsAnErrorHoweverMuchIsTolerated() {
        ids(0, 300, true).forEach(service::end);
        service.listing = token ->
                "200".equals(token) ? Mono.error(new ImportsProtocolException("unreadable")) : service.page(token);
        service.watch(every5s.maxConsecutiveFailures(1_000_000)).watchIndex().subscribe(watcher);
        watcher.request(Long.MAX_VALUE);
        forward(120);
        assertThat(watcher.failure).isInstanceOf(ImportsProtocolException.class);
        assertThat(watcher.seen).hasSize(200);
    }

    @Test
    void endedImportsAreForgottenWhenTheListingHasForgottenThem() {
        WatchEntries imports = new WatchEntries(WatchKind.INDEX, every5s, new WatchTime(time), ImportsListener.NONE);
        int days = 2;
        for (int minute = 0; minute < days * 24 * 60; minute++) {
            for (int i = 0; i < 14; i++) {
                imports.discover(ImportOperation.of(minute + "-" + i, ImportStatus.COMPLETED), 0);
            }
            while (imports.outbox().next() != null) {
                // delivered
            }
            imports.wholeListingWalked();
            time.forward(Duration.ofMinutes(1));
        }
        assertThat(imports.endedCount()).as("20,000 a day").isLessThanOrEqualTo(3 * 30 * 14 + 14);
    }

    @Test
    void anEndedImportThatTheListingHidesForMinutesIsNotToldOfAgain() {
        service.with(List.of("i0", "i1"));
        service.end("i1");
        watch();
        ImportOperation hidden = service.imports.remove("i1");
        forward(20 * 60);
        service.imports.put("i1", hidden);
        forward(60);
        assertThat(watcher.endedIds()).containsExactly("i1");
    }

    @Test
    void anEndedImportThatOneWalkDoesNotShowIsNotToldOfAgain() {
        List<String> ids = ids(0, 250, true);
        ids.forEach(service::end);
        watch();
        for (int round = 0; round < 20; round++) {
            ImportOperation hidden = service.imports.remove("i" + round);
            forward(5);
            service.imports.put("i" + round, hidden);
            forward(5);
        }
        assertThat(watcher.endedIds()).hasSize(250).doesNotHaveDuplicates();
    }

    private void watch() {
        service.watch(every5s).watchIndex().subscribe(watcher);
        watcher.request(Long.MAX_VALUE);
    }

    private static List<String> ids(int from, int to, boolean ascending) {
        List<String> ids = new ArrayList<>(WatchedService.ids(from, to));
        if (!ascending) {
            Collections.reverse(ids);
        }
        return ids;
    }

    private void forward(long seconds) {
        for (long i = 0; i < seconds; i++) {
            time.forward(Duration.ofSeconds(1));
        }
    }
}
