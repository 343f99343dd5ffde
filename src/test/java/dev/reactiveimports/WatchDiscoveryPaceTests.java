package dev.reactiveimports;

import static dev.reactiveimports.WatchedService.answer;
import static dev.reactiveimports.WatchedService.ids;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When the next look for new imports is due, and where. */
class WatchDiscoveryPaceTests {

    private final WatchBench bench = new WatchBench(WatchKind.INDEX);
    private final WatchListing listing = new WatchListing(bench.spec);
    private final WatchHealth health = new WatchHealth(bench.spec, bench.imports, WatchKind.INDEX, bench.clock);
    private WatchDiscovery discovery = new WatchDiscovery(bench.spec, listing, health, bench.clock);

    @BeforeEach
    void threePages() {
        bench.service.with(ids(0, 250));
    }

    @Test
    void theWholeListingIsWalkedAtOnceAndThenAsItsLengthAllows() {
        assertThat(discovery.nextAt()).isEqualTo(now());
        assertThat(discovery.isWholeDue(now())).isTrue();
        discovery.wholeBegun();
        assertThat(discovery.isWholeDue(now())).as("under way").isFalse();
        assertThat(discovery.nextAt()).isEqualTo(Long.MAX_VALUE);
        assertThat(discovery.dueFrom()).isEqualTo(Long.MAX_VALUE);
        discovery.walked(walk(WatchWalk.Goal.WHOLE));
        assertThat(discovery.nextAt()).isEqualTo(now() + 5_000);
        assertThat(discovery.dueFrom()).isEqualTo(now() + 3_750);
        assertThat(discovery.isWholeDue(now() + 3 * 180 - 1)).isFalse();
        assertThat(discovery.isWholeDue(now() + 3 * 180)).isTrue();
    }

    @Test
    void aWalkThatBrokeOffIsPaidForToo() {
        WatchWalk whole = walk(WatchWalk.Goal.WHOLE);
        discovery.wholeBegun();
        discovery.brokeOff(whole, null);
        assertThat(discovery.nextAt()).isEqualTo(now() + 5_000);
        assertThat(discovery.dueFrom()).as("not early after a failure").isEqualTo(now() + 5_000);
        assertThat(discovery.isWholeDue(now() + 3 * 180 - 1)).isFalse();
        assertThat(discovery.isWholeDue(now() + 3 * 180)).isTrue();
        assertThat(health.fatal()).isNull();
    }

    @ParameterizedTest
    @CsvSource({"0, 0, false", "1, 0, true", "20, 0, true", "20, 100, true", "20, 101, false", "21, 0, false"})
    void aListingIsShortByItsPagesAndTheTimeTheyTake(int pages, int millis, boolean isShort) {
        listing.walked(pages);
        listing.arrived(millis);
        assertThat(discovery.isListingShort()).isEqualTo(isShort);
    }

    @Test
    void theWalkOfALongListingDoesNotKeepTheEndsFromBeingLookedAt() {
        listing.walked(21);
        WatchWalk whole = walk(WatchWalk.Goal.WHOLE);
        WatchWalk front = walk(WatchWalk.Goal.FRONT);
        discovery.wholeBegun();
        assertThat(discovery.nextAt()).isEqualTo(now() + 5_000);
        discovery.hangs(whole);
        discovery.hangsNoMore(whole);
        discovery.begun();
        assertThat(discovery.nextAt()).isEqualTo(Long.MAX_VALUE);
        bench.forward(5_000);
        discovery.walked(whole);
        assertThat(discovery.nextAt()).as("the front's look").isEqualTo(Long.MAX_VALUE);
        discovery.walked(front);
        assertThat(discovery.nextAt()).isEqualTo(now() + 5_000);
    }

    @Test
    void theWalkOfAListingOfTwentyPagesIsTheOnlyOne() {
        listing.walked(20);
        discovery.wholeBegun();
        assertThat(discovery.nextAt()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aLookThatHangsLetsAnotherBegin() {
        WatchWalk front = walk(WatchWalk.Goal.FRONT);
        discovery.begun();
        discovery.hangs(front);
        assertThat(discovery.nextAt()).isEqualTo(now());
        discovery.hangsNoMore(front);
        assertThat(discovery.nextAt()).isEqualTo(Long.MAX_VALUE);
    }

    @ParameterizedTest
    @CsvSource({
        "FRONT, 1, 1, false, true, false",
        "TAIL, 1, 1, true, false, true",
        "WHOLE, 1, 1, false, true, false",
        "WHOLE, 2, 1, true, false, true",
        "WHOLE, 2, 1, false, true, true",
        "WHOLE, 1, 1, true, true, true",
        "DUE, 1, 1, true, true, true",
        "FRONT, 1, 0, false, true, true",
        "TAIL, 1, 0, true, true, true"
    })
    void newImportsAreLookedForWhereTheyWereFound(
            WatchWalk.Goal goal, int page, int news, boolean atEnd, boolean front, boolean tail) {
        listing.walked(3);
        discovery.wholeBegun();
        discovery.walked(walk(WatchWalk.Goal.WHOLE));
        discovery.found(goal, page, news, atEnd);
        assertThat(discovery.looksAtFront()).isEqualTo(front);
        assertThat(discovery.tailToken()).isEqualTo(tail ? "200" : null);
    }

    @Test
    void whatTheFirstWalkFindsTellsNothingOfWhereNewOnesAppear() {
        discovery.found(WatchWalk.Goal.WHOLE, 1, 1, false);
        discovery.wholeBegun();
        discovery.walked(walk(WatchWalk.Goal.WHOLE));
        assertThat(discovery.tailToken()).isEqualTo("200");
    }

    @Test
    void withoutATailTokenTheFrontIsLookedAt() {
        listing.walked(3);
        discovery.found(WatchWalk.Goal.TAIL, 1, 1, true);
        assertThat(discovery.looksAtFront()).isTrue();
        discovery.begun();
        discovery.walked(walk(WatchWalk.Goal.FRONT));
        assertThat(discovery.tailToken())
                .as("the front's walk does not come to the end")
                .isNull();
    }

    @Test
    void aTailWhoseTokenIsRejectedIsLeftToTheNextWholeWalk() {
        discovery.wholeBegun();
        discovery.walked(walk(WatchWalk.Goal.WHOLE));
        discovery.begun();
        discovery.expired(walk(WatchWalk.Goal.TAIL));
        assertThat(discovery.tailToken()).isNull();
        assertThat(discovery.nextAt()).isEqualTo(now() + 5_000);
        assertThat(discovery.looksAtFront()).isTrue();
        discovery.wholeBegun();
        discovery.walked(walk(WatchWalk.Goal.WHOLE));
        assertThat(discovery.tailToken()).isEqualTo("200");
    }

    @ParameterizedTest
    @CsvSource({"500, 200", "429, 200", "-1, 200", "0, "})
    void aTailThatFailsIsLookedAtAgainUnlessItMakesNoSense(int status, String token) {
        discovery.wholeBegun();
        discovery.walked(walk(WatchWalk.Goal.WHOLE));
        discovery.begun();
        discovery.brokeOff(walk(WatchWalk.Goal.TAIL), status < 0 ? null : failure(status));
        assertThat(discovery.tailToken()).isEqualTo(token);
        assertThat(discovery.nextAt()).isEqualTo(now() + 5_000);
        assertThat(discovery.dueFrom()).isEqualTo(now() + 3_750);
        assertThat(health.fatal()).isNull();
    }

    @ParameterizedTest
    @CsvSource({"FRONT, 503, 100, 100", "WHOLE, 503, 5, 5", "FRONT, 0, 100, 5", "WHOLE, 0, 3, 3"})
    void failuresInARowEndTheWatch(WatchWalk.Goal goal, int status, int tolerated, int limit) {
        PollSpec spec = bench.spec.maxConsecutiveFailures(tolerated);
        discovery = new WatchDiscovery(spec, listing, health, bench.clock);
        WatchWalk walk = walk(goal);
        for (int i = 1; i < limit; i++) {
            discovery.begun();
            discovery.brokeOff(walk, failure(status));
            assertThat(health.fatal()).isNull();
            assertThat(discovery.nextAt()).isEqualTo(now() + 5_000);
        }
        Throwable last = failure(status);
        discovery.brokeOff(walk, last);
        assertThat(health.fatal()).isSameAs(last);
        assertThat(last.getSuppressed()).hasSize(Math.min(10, limit - 1));
    }

    @ParameterizedTest
    @CsvSource({"FRONT", "WHOLE"})
    void failuresThatAWalkEndedDoNotCountAnyMore(WatchWalk.Goal goal) {
        WatchWalk walk = walk(goal);
        for (int i = 0; i < 8; i++) {
            if (i == 4) {
                discovery.walked(walk);
            }
            discovery.brokeOff(walk, answer(503));
        }
        assertThat(health.fatal()).isNull();
        Throwable last = answer(503);
        discovery.brokeOff(walk, last);
        assertThat(health.fatal()).isSameAs(last);
        assertThat(last.getSuppressed()).hasSize(goal == WatchWalk.Goal.WHOLE ? 4 : 8);
    }

    @Test
    void anExpiredTokenIsNoFailure() {
        WatchWalk whole = walk(WatchWalk.Goal.WHOLE);
        for (int i = 0; i < 25; i++) {
            discovery.wholeBegun();
            discovery.expired(whole);
        }
        assertThat(health.fatal()).isNull();
        assertThat(discovery.nextAt()).isEqualTo(now() + 5_000);
    }

    @Test
    void eachFailureOfAPageDoublesTheWait() {
        PollSpec adaptive = PollSpec.adaptive(Duration.ofSeconds(2), Duration.ofMinutes(5))
                .jitter(0)
                .scheduler(bench.time);
        discovery = new WatchDiscovery(adaptive, listing, health, bench.clock);
        assertThat(discovery.pageFailed(1, answer(503))).isEqualTo(2_000);
        assertThat(discovery.pageFailed(3, answer(503))).isEqualTo(8_000);
    }

    @Test
    void aQuietIndexIsLookedAtMoreRarelyUntilSomethingIsFound() {
        PollSpec adaptive = PollSpec.adaptive(Duration.ofSeconds(2), Duration.ofMinutes(5))
                .jitter(0)
                .scheduler(bench.time);
        discovery = new WatchDiscovery(adaptive, listing, health, bench.clock);
        bench.forward(3_600_000);
        look();
        assertThat(discovery.nextAt() - now()).isGreaterThan(100_000);
        discovery.found(WatchWalk.Goal.FRONT, 1, 1, false);
        bench.forward(discovery.nextAt() - now());
        look();
        assertThat(discovery.nextAt() - now()).isEqualTo(2_000);
        bench.forward(3_600_000);
        look();
        assertThat(discovery.nextAt() - now()).as("found once").isGreaterThan(100_000);
    }

    private void look() {
        discovery.begun();
        discovery.walked(walk(WatchWalk.Goal.FRONT));
    }

    private static Throwable failure(int status) {
        return status == 0 ? new ImportsProtocolException("unreadable") : answer(status);
    }

    private WatchWalk walk(WatchWalk.Goal goal) {
        return bench.walked(bench.walk(goal));
    }

    private long now() {
        return bench.now();
    }
}
