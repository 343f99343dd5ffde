package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** A fleet on real threads: ids, answers, demand and timers all come from different ones. */
class WatchManyRaceTests {

    private static final int IMPORTS = 2000;

    private final ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(2);
    private final Scheduler scheduler = Schedulers.fromExecutorService(executor);

    WatchManyRaceTests() {
        executor.setRemoveOnCancelPolicy(true);
    }

    @AfterEach
    void shutDown() {
        scheduler.dispose();
        executor.shutdownNow();
    }

    @RepeatedTest(5)
    void everyEndArrivesOnceNeverMoreThanRequestedAndNeverTwoAtATime() throws InterruptedException {
        Counter counter = new Counter();
        watch().subscribe(counter);
        CountDownLatch requesters = new CountDownLatch(2);
        for (int t = 0; t < 2; t++) {
            Racing.THREADS.execute(() -> {
                while (counter.done.getCount() > 0) {
                    counter.requested.incrementAndGet();
                    counter.request(1);
                    Thread.onSpinWait();
                }
                requesters.countDown();
            });
        }
        assertThat(counter.done.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(requesters.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(counter.broken).hasValue(0);
        assertThat(counter.failure).isNull();
        assertThat(counter.ended).hasSize(IMPORTS);
    }

    @RepeatedTest(20)
    void aCancelAtAnyMomentLeavesNothingBehind() {
        Counter counter = new Counter();
        int moment = ThreadLocalRandom.current().nextInt(2 * IMPORTS);
        watch().subscribe(counter);
        counter.requested.set(Integer.MAX_VALUE);
        Racing.THREADS.execute(() -> counter.request(Integer.MAX_VALUE));
        while (counter.received < moment) {
            Thread.onSpinWait();
        }
        counter.cancel();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        // a watch that goes on always has a timer or a call there
        while (executor.getActiveCount() > 0 || !executor.getQueue().isEmpty()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.onSpinWait();
        }
        assertThat(counter.broken).hasValue(0);
        assertThat(counter.failure).isNull();
    }

    private Flux<ImportOperation> watch() {
        AtomicInteger[] polls = new AtomicInteger[IMPORTS];
        for (int i = 0; i < IMPORTS; i++) {
            polls[i] = new AtomicInteger();
        }
        WatchMany watch = new WatchMany(
                id -> answer(() -> poll(polls, Integer.parseInt(id))),
                token -> answer(() -> page(polls, token == null ? 0 : Integer.parseInt(token))),
                PollSpec.fixedInterval(Duration.ofMillis(1)).scheduler(scheduler),
                (id, failure) -> false,
                ImportsListener.NONE);
        return watch.watchImports(Flux.range(0, IMPORTS).map(i -> "" + i).publishOn(scheduler));
    }

    /** Half of them in the listing, each ending at its third poll. */
    private static ImportPage page(AtomicInteger[] polls, int from) {
        var items =
                IntStream.range(from, from + 100).mapToObj(i -> poll(polls, i)).toList();
        return new ImportPage(items, from + 100 < IMPORTS / 2 ? "" + (from + 100) : null);
    }

    private static ImportOperation poll(AtomicInteger[] polls, int i) {
        int n = polls[i].incrementAndGet();
        return n < 3 ? WatchedService.running("" + i, n) : ImportOperation.of("" + i, ImportStatus.COMPLETED);
    }

    private <T> Mono<T> answer(Supplier<T> supplier) {
        return Mono.fromSupplier(supplier).subscribeOn(scheduler);
    }

    private static final class Counter extends BaseSubscriber<ImportOperation> {
        final AtomicLong requested = new AtomicLong();
        final AtomicInteger broken = new AtomicInteger();
        final CountDownLatch done = new CountDownLatch(1);
        final Set<String> ended = new HashSet<>();
        private final AtomicInteger inside = new AtomicInteger();
        volatile long received;
        volatile Throwable failure;

        @Override
        protected void hookOnSubscribe(Subscription subscription) {}

        @Override
        protected void hookOnNext(ImportOperation value) {
            boolean alone = inside.incrementAndGet() == 1;
            long now = received + 1;
            received = now;
            boolean asked = now <= requested.get();
            boolean once = !value.isTerminal() || ended.add(value.id());
            if (!alone || !asked || !once) {
                broken.incrementAndGet();
            }
            inside.decrementAndGet();
        }

        @Override
        protected void hookOnComplete() {
            done.countDown();
        }

        @Override
        protected void hookOnError(Throwable throwable) {
            failure = throwable;
            done.countDown();
        }
    }
}
