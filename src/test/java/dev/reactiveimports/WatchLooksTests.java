package dev.reactiveimports;

import static dev.reactiveimports.WatchedService.answer;
import static dev.reactiveimports.WatchedService.ids;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Which looks begin when something is due, and when to come back. */
class WatchLooksTests {

    private final WatchBench bench = new WatchBench(WatchKind.IMPORTS);
    private final WatchBench index = new WatchBench(WatchKind.INDEX);

    @Test
    void nothingBeginsDuringAPause() {
        for (int i = 0; i < WatchHealth.OUTAGE; i++) {
            index.looks.health().failed(i, answer(503), index.now());
        }
        long until = index.now() + 5_000;
        assertThat(index.look()).isEqualTo(until);
        index.forward(4_999);
        assertThat(index.look()).isEqualTo(until);
        assertThat(index.service.requests()).isZero();
        index.forward(1);
        index.look();
        assertThat(index.service.lists).hasValue(1);
    }

    @Test
    void aShortListingIsWalkedForAllThatIsDue() {
        index.service.with(ids(0, 250));
        long start = index.now();
        assertThat(index.look()).isEqualTo(start + 5_000);
        assertThat(index.looks.listing().pages()).isEqualTo(3);
        index.forward(5_000);
        assertThat(index.look()).isEqualTo(start + 10_000);
        assertThat(index.service.lists).hasValue(6);
        assertThat(index.service.describes).hasValue(0);
        assertThat(index.rounds).containsExactly(new ImportsListener.Poll(0, 3), new ImportsListener.Poll(250, 3));
    }

    @Test
    void ofALongListingTheEndsAreLookedAtAndAllOfItMoreRarely() {
        ids(0, 3_000).forEach(index.service::end);
        assertThat(index.look()).isEqualTo(index.now() + 5_000);
        assertThat(index.service.lists).hasValue(30);
        index.forward(5_000);
        assertThat(index.look()).isEqualTo(index.now() + 5_000);
        assertThat(index.service.lists).hasValue(32);
        index.forward(5_000);
        index.look();
        assertThat(index.service.lists).hasValue(62);
        assertThat(index.rounds)
                .containsExactly(
                        new ImportsListener.Poll(0, 30),
                        new ImportsListener.Poll(0, 2),
                        new ImportsListener.Poll(0, 30));
    }

    @Test
    void whereNewOnesAppearIsLookedAtAlone() {
        ids(0, 3_000).forEach(index.service::end);
        index.look();
        index.service.prepend("new", ImportOperation.of("new", ImportStatus.COMPLETED), true);
        index.forward(5_000);
        index.look();
        index.forward(5_000);
        index.look();
        int lists = index.service.lists.get();
        index.forward(5_000);
        index.look();
        assertThat(index.service.lists.get() - lists).as("the front").isEqualTo(1);
    }

    @Test
    void aDiscoveryThatIsDueWaitsForTheListing() {
        index.look();
        index.forward(4_000);
        index.looks.listing().failed(answer(503), index.now());
        index.forward(1_000);
        assertThat(index.look()).isEqualTo(index.now() + 4_000);
        assertThat(index.service.lists).hasValue(1);
        index.forward(4_000);
        index.look();
        assertThat(index.service.lists).hasValue(2);
    }

    @Test
    void whileTheListingHangsADiscoveryWaitsForAnEvent() {
        index.look();
        index.looks.listing().hangs();
        index.looks.listing().hangs();
        index.forward(5_000);
        assertThat(index.look()).isEqualTo(Long.MAX_VALUE);
        assertThat(index.service.lists).hasValue(1);
    }

    @Test
    void anotherLookBeginsBesideOneThatHangs() {
        index.look();
        Sinks.One<ImportPage> slow = Sinks.one();
        index.service.listing = token -> slow.asMono();
        index.forward(5_000);
        assertThat(index.look()).isEqualTo(index.now() + 1_000);
        index.forward(1_000);
        index.look();
        assertThat(index.service.lists).hasValue(3);
        index.forward(1_000);
        assertThat(index.looks.listing().isUsable(index.now())).isTrue();
        index.look();
        assertThat(index.looks.listing().isUsable(index.now())).as("two hang").isFalse();
        slow.tryEmitValue(new ImportPage(List.of(), null));
        assertThat(index.looks.listing().isUsable(index.now())).isTrue();
        assertThat(index.look()).isEqualTo(index.now() + 5_000);
    }

    @Test
    void aWalkWhoseTokenExpiresBeginsAnewLater() {
        ids(0, 250).forEach(index.service::end);
        index.service.listing = token -> token == null ? index.service.page(null) : Mono.error(answer(400));
        assertThat(index.look()).isEqualTo(index.now() + 5_000);
        assertThat(index.looks.listing().pages()).isZero();
        assertThat(index.rounds).containsExactly(new ImportsListener.Poll(0, 2));
    }

    @Test
    void whileTheListingFailsEightAreDescribed() {
        bench.service.with(ids(0, 20));
        bench.looks.listing().failed(answer(503), bench.now());
        ids(0, 20).forEach(bench.imports::join);
        assertThat(bench.look()).isEqualTo(bench.now() + 5_000);
        assertThat(bench.service.describes).hasValue(8);
        assertThat(bench.service.lists).hasValue(0);
    }

    @Test
    void aListingThatIsGivenUpOrHangsKeepsNothingWaiting() {
        bench.service.with(ids(0, 40));
        for (int i = 0; i < 5; i++) {
            bench.looks.listing().failed(answer(503), bench.now());
        }
        ids(0, 20).forEach(bench.imports::join);
        bench.look();
        assertThat(bench.service.describes).hasValue(20);
        WatchBench hanging = new WatchBench(WatchKind.IMPORTS);
        hanging.service.with(ids(0, 20));
        hanging.looks.listing().hangs();
        hanging.looks.listing().hangs();
        ids(0, 20).forEach(hanging.imports::join);
        hanging.look();
        assertThat(hanging.service.describes).hasValue(20);
        assertThat(hanging.service.lists).hasValue(0);
    }

    @Test
    void aFailedPageSendsEightToBeDescribedAndTheOthersWait() {
        bench.service.with(ids(0, 20));
        bench.service.listing = token -> Mono.error(answer(503));
        ids(0, 20).forEach(bench.imports::join);
        assertThat(bench.look()).isEqualTo(bench.now() + 5_000);
        assertThat(bench.service.describes).hasValue(8);
        assertThat(bench.rounds).containsExactly(new ImportsListener.Poll(20, 9));
    }

    @Test
    void whatAHangingWalkWasToShowIsDescribed() {
        bench.service.with(ids(0, 20));
        bench.service.listing = token -> Mono.never();
        ids(0, 20).forEach(bench.imports::join);
        bench.look();
        assertThat(bench.service.describes).hasValue(0);
        bench.forward(1_000);
        bench.look();
        bench.forward(1_000);
        bench.look();
        assertThat(bench.service.describes).hasValue(20);
    }

    @Test
    void cancelledItLetsGoOfAll() {
        List<String> cancelled = new ArrayList<>();
        bench.service.listing = token -> Mono.<ImportPage>never().doOnCancel(() -> cancelled.add("page"));
        bench.service.describing = id -> Mono.<ImportOperation>never().doOnCancel(() -> cancelled.add(id));
        bench.looks.describes().add(bench.due("c"), bench.round());
        bench.imports.join("a");
        bench.imports.join("b");
        bench.forward(2_000);
        bench.look();
        bench.looks.cancel();
        assertThat(cancelled).containsExactlyInAnyOrder("page", "c");
        int requests = bench.service.requests();
        bench.forward(60_000);
        assertThat(bench.look()).isEqualTo(Long.MAX_VALUE);
        assertThat(bench.service.requests()).isEqualTo(requests);
    }
}
