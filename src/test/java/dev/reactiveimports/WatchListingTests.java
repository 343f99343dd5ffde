package dev.reactiveimports;

import static dev.reactiveimports.WatchedService.answer;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** When the listing is used, and what is spent to learn where imports are in it. */
class WatchListingTests {

    private final WatchListing listing = new WatchListing(
            PollSpec.adaptive(Duration.ofSeconds(2), Duration.ofMinutes(5)).jitter(0));

    @Test
    void aPageHangsThatTakesFourTimesAsLongAsOthersAndASecondAtLeast() {
        assertThat(listing.patience()).isEqualTo(1_000);
        listing.arrived(100);
        assertThat(listing.patience()).isEqualTo(1_000);
        WatchListing slow = new WatchListing(PollSpec.adaptive());
        slow.arrived(1_000);
        assertThat(slow.patience()).isEqualTo(4_000);
        slow.arrived(2_000);
        assertThat(slow.patience()).isEqualTo(4_800);
    }

    @Test
    void twoPagesThatHangAreEnough() {
        listing.hangs();
        assertThat(listing.isUsable(0)).isTrue();
        listing.hangs();
        assertThat(listing.isUsable(0)).isFalse();
        listing.hangsNoMore();
        assertThat(listing.isUsable(0)).isTrue();
    }

    @Test
    void afterAFailureItRestsForTwiceAsLongEachTimeUntilAPageArrives() {
        listing.failed(answer(500), 100);
        assertThat(listing.isUsable(2_099)).isFalse();
        assertThat(listing.isUsable(2_100)).isTrue();
        listing.failed(answer(500), 100);
        assertThat(listing.notBefore()).isEqualTo(4_100);
        listing.arrived(10);
        listing.unreadable(100);
        assertThat(listing.notBefore()).isEqualTo(2_100);
        listing.unreadable(100);
        assertThat(listing.notBefore()).isEqualTo(4_100);
    }

    @Test
    void itIsGivenUpAfterFiveFailuresInARow() {
        for (int i = 0; i < 4; i++) {
            listing.failed(answer(500), 0);
        }
        assertThat(listing.isGivenUp()).isFalse();
        listing.unreadable(0);
        assertThat(listing.isGivenUp()).isTrue();
        listing.arrived(10);
        assertThat(listing.isGivenUp()).isFalse();
    }

    @Test
    void aSearchIsAffordedOnceEnoughWasDescribedThatAPageMightHaveShown() {
        listing.describedUnplaced(19);
        assertThat(listing.affordsSearchFor(3)).isFalse();
        listing.describedUnplaced(2);
        assertThat(listing.affordsSearchFor(3)).isTrue();
        assertThat(listing.affordsSearchFor(4)).isFalse();
        listing.walked(2);
        assertThat(listing.pages()).isEqualTo(2);
        assertThat(listing.affordsSearchFor(1_000)).as("it costs two pages").isTrue();
        listing.searched();
        assertThat(listing.affordsSearchFor(1)).isFalse();
    }

    @Test
    void aSearchInVainDoublesThePriceOfTheNextUntilOneFinds() {
        save(2);
        assertThat(listing.affordsSearchFor(2)).isTrue();
        walkedInVain(1);
        save(2);
        assertThat(listing.affordsSearchFor(2)).isFalse();
        save(4);
        assertThat(listing.affordsSearchFor(2)).isTrue();
        walkedInVain(3);
        save(31);
        assertThat(listing.affordsSearchFor(2)).isFalse();
        walkedInVain(3);
        save(32);
        assertThat(listing.affordsSearchFor(2)).as("16 times at most").isTrue();
        listing.walkedFor(1, 5);
        save(2);
        assertThat(listing.affordsSearchFor(2)).isTrue();
    }

    @Test
    void oneThatIsMissedSaysLittleAboutTheListing() {
        for (int i = 0; i < 10; i++) {
            listing.walkedFor(0, 1);
        }
        save(2);
        assertThat(listing.affordsSearchFor(2)).isTrue();
    }

    @Test
    void whatAWalkMissedCountsAsDescribed() {
        listing.walkedFor(1, 14);
        assertThat(listing.affordsSearchFor(2)).isTrue();
    }

    private void walkedInVain(int times) {
        for (int i = 0; i < times; i++) {
            listing.walkedFor(0, 2);
        }
    }

    /** Just enough for this many requests, and for no whole one more. */
    private void save(int requests) {
        listing.searched();
        listing.describedUnplaced((int) Math.ceil(requests / 0.15 + 0.5));
    }
}
