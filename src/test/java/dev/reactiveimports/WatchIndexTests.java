package dev.reactiveimports;

import static dev.reactiveimports.WatchedService.answer;
import static dev.reactiveimports.WatchedService.ids;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class WatchIndexTests {

    private final WatchClock time = new WatchClock();
    private final PollSpec every5s =
            PollSpec.fixedInterval(Duration.ofSeconds(5)).scheduler(time);
    private final WatchedService service = new WatchedService();
    private final Watcher watcher = new Watcher();

    @Test
    void nothingIsListedBeforeDemand() {
        watch();
        forward(60);
        assertThat(service.requests()).isZero();
        watcher.request(1);
        assertThat(service.lists).hasValue(1);
    }

    @Test
    void firstTickEmitsEveryImportAndLaterOnesOnlyChanges() {
        service.with(ids(0, 250));
        service.end("i7");
        watch();
        watcher.request(Long.MAX_VALUE);
        assertThat(watcher.seenIds()).containsExactlyElementsOf(ids(0, 250));
        assertThat(service.requests()).isEqualTo(3);
        service.set("i9", 40);
        service.end("i200");
        forward(5);
        assertThat(watcher.seenIds().subList(250, watcher.seen.size())).containsExactly("i9", "i200");
        forward(600);
        assertThat(watcher.seen).hasSize(252);
    }

    @Test
    void newImportsAppearByThemselves() {
        watch();
        watcher.request(Long.MAX_VALUE);
        forward(60);
        service.with(ids(0, 1));
        forward(5);
        service.imports.put("i1", ImportOperation.of("i1", ImportStatus.FAILED));
        forward(5);
        assertThat(watcher.seenIds()).containsExactly("i0", "i1");
        assertThat(service.describes).hasValue(0);
    }

    @Test
    void itNeverCompletes() {
        service.with(ids(0, 3));
        ids(0, 3).forEach(service::end);
        watch();
        watcher.request(Long.MAX_VALUE);
        forward(3600);
        assertThat(watcher.completed).isFalse();
        assertThat(watcher.endedIds()).containsExactly("i0", "i1", "i2");
        assertThat(service.lists.get()).isBetween(700, 721);
    }

    @Test
    void anImportThatVanishesWhileItRunsIsForgottenWhenTheWholeListingDoesNotShowItEither() {
        service.with(ids(0, 3));
        watch();
        watcher.request(Long.MAX_VALUE);
        service.imports.remove("i1");
        forward(60);
        assertThat(service.described).hasSizeBetween(2, 4).containsOnly("i1");
        assertThat(watcher.failure).isNull();
        service.with(ids(1, 2));
        forward(5);
        assertThat(watcher.seenIds()).containsExactly("i0", "i1", "i2", "i1");
    }

    @Test
    void anImportHiddenByTheListingIsDescribed() {
        service.with(ids(0, 3));
        watch();
        watcher.request(Long.MAX_VALUE);
        service.listing = token -> Mono.just(new ImportPage(List.of(service.imports.get("i0")), null));
        service.end("i2");
        forward(5);
        assertThat(watcher.endedIds()).containsExactly("i2");
        assertThat(service.described).containsExactly("i1", "i2");
    }

    @Test
    void noPageIsListedWhileObservationsWait() {
        service.with(ids(0, 250));
        ids(0, 250).forEach(service::end);
        watch();
        watcher.request(100);
        assertThat(service.lists).hasValue(1);
        forward(600);
        watcher.request(1);
        assertThat(service.lists).hasValue(2);
        watcher.request(99);
        forward(600);
        assertThat(service.lists).hasValue(2);
        watcher.request(1000);
        assertThat(watcher.seen).hasSize(250);
    }

    @Test
    void listingErrorsAreToleratedFourTimesInARow() {
        AtomicInteger calls = new AtomicInteger();
        service.with(ids(0, 1));
        service.listing =
                token -> calls.incrementAndGet() % 5 == 0 ? service.page(token) : Mono.error(new IOException("down"));
        watch();
        watcher.request(Long.MAX_VALUE);
        forward(300);
        assertThat(watcher.failure).isNull();
        assertThat(watcher.seen).hasSize(1);
        service.listing = token -> Mono.error(answer(502));
        forward(60);
        assertThat(watcher.failure).isInstanceOf(ImportsApiException.class);
        assertThat(time.timers()).isZero();
    }

    @Test
    void aQuietIndexIsListedMoreAndMoreRarely() {
        service.watch(PollSpec.adaptive().jitter(0).scheduler(time))
                .watchIndex()
                .subscribe(watcher);
        watcher.request(Long.MAX_VALUE);
        forward(3600);
        int first = service.lists.get();
        assertThat(first).isLessThan(120);
        forward(3600);
        assertThat(service.lists.get() - first).isBetween(12, 30);
    }

    @Test
    void cancelLeavesNoTimerAndMakesNoRequest() {
        service.with(ids(0, 1));
        watch();
        watcher.request(Long.MAX_VALUE);
        forward(7);
        watcher.cancel();
        int requests = service.requests();
        assertThat(time.timers()).isZero();
        forward(60);
        assertThat(service.requests()).isEqualTo(requests);
    }

    private void watch() {
        service.watch(every5s).watchIndex().subscribe(watcher);
    }

    private void forward(long seconds) {
        for (long i = 0; i < seconds; i++) {
            time.forward(Duration.ofSeconds(1));
        }
    }
}
