package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class ListingPagesTests {

    private final PagedSource source = new PagedSource(10, 4);

    @ParameterizedTest(name = "request({0}) with readAhead({1}) fetches {2} pages")
    @CsvSource({
        "0, 0, 0",
        "1, 0, 1",
        "4, 0, 1",
        "5, 0, 2",
        "8, 0, 2",
        "9, 0, 3",
        "40, 0, 10",
        "1000, 0, 10",
        "0, 1, 0",
        "1, 1, 2",
        "4, 1, 2",
        "5, 1, 3",
        "8, 1, 3",
        "9, 1, 4",
        "40, 1, 10",
        "0, 2, 0",
        "1, 2, 3",
        "4, 2, 3",
        "5, 2, 4",
        "8, 2, 4",
        "9, 2, 5",
        "37, 2, 10"
    })
    void fetchesOnlyThePagesThatWereAskedFor(long requested, int readAhead, int fetches) {
        Recorder recorder = new Recorder();
        items(readAhead).subscribe(recorder);
        if (requested > 0) {
            recorder.request(requested);
        }
        assertThat(recorder.ids).hasSize((int) Math.min(requested, 40));
        assertThat(source.fetches).hasValue(fetches);
    }

    @ParameterizedTest
    @CsvSource({"0, 3", "1, 4", "2, 5"})
    void fetchesNoMoreWhenItemsAreRequestedOneByOne(int readAhead, int fetches) {
        Recorder recorder = new Recorder();
        items(readAhead).subscribe(recorder);
        for (int i = 0; i < 9; i++) {
            recorder.request(1);
        }
        assertThat(recorder.ids).hasSize(9);
        assertThat(source.fetches).hasValue(fetches);
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 2", "2, 3"})
    void fetchesNothingAfterCancel(int readAhead, int fetches) {
        Recorder recorder = new Recorder();
        items(readAhead).subscribe(recorder);
        recorder.request(2);
        recorder.cancel();
        recorder.request(100);
        assertThat(source.fetches).hasValue(fetches);
    }

    @Test
    void completesWithTheLastItemWithoutFurtherDemand() {
        Recorder recorder = new Recorder();
        items(0).subscribe(recorder);
        recorder.request(40);
        assertThat(recorder.completed).isTrue();
    }

    @Test
    void fetchesOnePageForEachPageRequested() {
        StepVerifier.create(ListingPages.pages(source, null), 0)
                .expectSubscription()
                .then(() -> assertThat(source.fetches).hasValue(0))
                .thenRequest(1)
                .expectNextCount(1)
                .then(() -> assertThat(source.fetches).hasValue(1))
                .thenRequest(2)
                .expectNextCount(2)
                .then(() -> assertThat(source.fetches).hasValue(3))
                .thenCancel()
                .verify();
    }

    @Test
    void startsAtAToken() {
        StepVerifier.create(
                        ListingPages.items(ListingPages.pages(source, "9"), 0).map(ImportOperation::id))
                .expectNext("36", "37", "38", "39")
                .verifyComplete();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void deliversWhatWasFetchedBeforeALaterPageFails(int readAhead) {
        Flux<ImportPage> pages = ListingPages.pages(
                token -> "1".equals(token)
                        ? Mono.error(new ImportsTransportException("reset", null))
                        : source.apply(token),
                null);
        StepVerifier.create(ListingPages.items(pages, readAhead).map(ImportOperation::id), 1)
                .expectNext("0")
                .thenRequest(10)
                .expectNext("1", "2", "3")
                .expectErrorSatisfies(e -> assertThat(e)
                        .isInstanceOfSatisfying(
                                ImportsTransportException.class,
                                t -> assertThat(t.paginationToken()).isEqualTo("1")))
                .verify();
    }

    @Test
    void goesOnAfterAnEmptyPage() {
        Flux<ImportPage> pages = ListingPages.pages(
                token -> token == null ? Mono.just(new ImportPage(List.of(), "3")) : source.apply(token), null);
        StepVerifier.create(ListingPages.items(pages, 0).map(ImportOperation::id), 1)
                .expectNext("12")
                .thenCancel()
                .verify();
    }

    @Test
    void completesOnAnEmptyLastPage() {
        Flux<ImportPage> pages = ListingPages.pages(token -> Mono.just(new ImportPage(List.of(), null)), null);
        StepVerifier.create(ListingPages.items(pages, 0)).verifyComplete();
    }

    @Test
    void endsAThousandEmptyPagesInARow() {
        AtomicInteger fetches = new AtomicInteger();
        Flux<ImportPage> pages = ListingPages.pages(
                token -> Mono.just(new ImportPage(List.of(), "t" + fetches.incrementAndGet())), null);
        StepVerifier.create(ListingPages.items(pages, 0)).verifyError(ImportsProtocolException.class);
        assertThat(fetches).hasValue(1000);
    }

    @ParameterizedTest(name = "{1} pages, then a circle of {0}")
    @CsvSource({"1, 0", "2, 0", "3, 1", "1000, 0", "7, 4000", "4000, 1000", "1, 10000", "6000, 5000"})
    void endsAListingThatRunsInACircle(int circle, int before) {
        AtomicInteger fetches = new AtomicInteger();
        List<ImportOperation> one = List.of(ImportOperation.of("1", ImportStatus.COMPLETED));
        Flux<ImportPage> pages = ListingPages.pages(
                token -> {
                    int page = token == null ? 0 : Integer.parseInt(token.substring(1));
                    fetches.incrementAndGet();
                    int next = page + 1 < before + circle + 1 ? page + 1 : before + 1;
                    return Mono.just(new ImportPage(one, "t" + next));
                },
                null);
        StepVerifier.create(ListingPages.items(pages, 0).then())
                .verifyErrorSatisfies(e -> assertThat(e)
                        .isInstanceOfSatisfying(
                                ImportsProtocolException.class,
                                p -> assertThat(p.paginationToken()).startsWith("t")));
        int length = before + circle;
        assertThat(fetches.get()).isBetween(length, length < 4096 ? length + 1 : 3 * length + 1);
    }

    @Test
    void aTokenThatCameBackStopsOnlyThePageAfterIt() {
        List<ImportOperation> one = List.of(ImportOperation.of("1", ImportStatus.COMPLETED));
        Flux<ImportPage> pages = ListingPages.pages(token -> Mono.just(new ImportPage(one, "same")), null);
        StepVerifier.create(ListingPages.items(pages, 0), 2)
                .expectNextCount(2)
                .expectNoEvent(java.time.Duration.ofMillis(1))
                .thenRequest(1)
                .verifyError(ImportsProtocolException.class);
    }

    @Test
    void walksAHundredThousandPagesWithoutRecursion() {
        PagedSource many = new PagedSource(100_000, 1);
        StepVerifier.create(
                        ListingPages.items(ListingPages.pages(many, null), 0).count())
                .expectNext(100_000L)
                .verifyComplete();
    }

    @Test
    void theContextReachesEveryPage() {
        List<String> seen = new ArrayList<>();
        Flux<ImportPage> pages = ListingPages.pages(
                token -> Mono.deferContextual(c -> {
                    seen.add(c.get("who"));
                    return source.apply(token);
                }),
                null);
        StepVerifier.create(ListingPages.items(pages, 1).contextWrite(c -> c.put("who", "me")))
                .expectNextCount(40)
                .verifyComplete();
        assertThat(seen).hasSize(10).containsOnly("me");
    }

    @Test
    void twoSubscribersWalkForThemselves() {
        Flux<ImportOperation> items = items(0);
        StepVerifier.create(items.take(4)).expectNextCount(4).verifyComplete();
        StepVerifier.create(items).expectNextCount(40).verifyComplete();
        assertThat(source.fetches.get()).isBetween(11, 12);
    }

    @Test
    void aDownstreamThatThrowsCancelsTheWalk() {
        StepVerifier.create(items(0).doOnNext(i -> {
                    throw new IllegalStateException("mine");
                }))
                .verifyErrorMessage("mine");
        assertThat(source.fetches).hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void twoThreadsThatRequestAtOnceLoseNothingAndFetchNothingTooMuch(int readAhead) throws InterruptedException {
        for (int run = 0; run < 300; run++) {
            PagedSource pages = new PagedSource(1000, 4);
            AtomicLong received = new AtomicLong();
            BaseSubscriber<ImportOperation> subscriber = new BaseSubscriber<>() {
                @Override
                protected void hookOnSubscribe(Subscription subscription) {}

                @Override
                protected void hookOnNext(ImportOperation value) {
                    received.incrementAndGet();
                }
            };
            ListingPages.items(ListingPages.pages(pages, null), readAhead).subscribe(subscriber);
            CountDownLatch done = new CountDownLatch(2);
            Runnable ask = () -> {
                IntStream.range(0, 100).forEach(i -> subscriber.request(1 + i % 3));
                done.countDown();
            };
            Racing.THREADS.execute(ask);
            Racing.THREADS.execute(ask);
            assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(received).hasValue(398);
            assertThat(pages.fetches).hasValue(100 + readAhead);
        }
    }

    private Flux<ImportOperation> items(int readAhead) {
        return ListingPages.items(ListingPages.pages(source, null), readAhead);
    }

    private static final class Recorder extends BaseSubscriber<ImportOperation> {
        final List<String> ids = new ArrayList<>();
        boolean completed;

        @Override
        protected void hookOnSubscribe(Subscription subscription) {}

        @Override
        protected void hookOnNext(ImportOperation value) {
            ids.add(value.id());
        }

        @Override
        protected void hookOnComplete() {
            completed = true;
        }
    }
}
