package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

class SchedulerGuardTests {

    private static final int SECONDS = 20;

    @AfterEach
    void reset() {
        VirtualTimeScheduler.reset();
        Schedulers.resetFactory();
    }

    @Test
    void aSchedulerWithoutTimeIsRejectedWhereItIsSet() {
        Executor plain = Runnable::run;
        ExecutorService timeless = Executors.newSingleThreadExecutor();
        List<Scheduler> schedulers = List.of(
                Schedulers.immediate(),
                Schedulers.single(Schedulers.immediate()),
                Schedulers.fromExecutor(plain),
                Schedulers.fromExecutorService(timeless));
        List<Consumer<Scheduler>> setters = List.of(
                ReactiveImportsApi.builder("https://host", "key")::scheduler,
                PollSpec.adaptive()::scheduler,
                ImportsRetry.ofDefaults()::scheduler);
        for (Scheduler scheduler : schedulers) {
            for (Consumer<Scheduler> setter : setters) {
                assertThatThrownBy(() -> setter.accept(scheduler))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("time-based scheduling");
            }
        }
        timeless.shutdownNow();
    }

    @Test
    void aSchedulerWithTimeIsTriedWithoutATrace() {
        CountingScheduler time = new CountingScheduler();
        PollSpec.adaptive().scheduler(time);
        assertThat(time.timers()).isZero();
        time.advance(Duration.ofDays(2));
    }

    @Test
    void theDefaultOneGoesOnWhenReactorsIsReplaced() throws InterruptedException {
        for (Runnable replacement : List.<Runnable>of(
                Schedulers::shutdownNow,
                () -> Schedulers.setFactory(new Schedulers.Factory() {}),
                Schedulers::resetFactory)) {
            SchedulerGuard time = SchedulerGuard.ofDefault();
            CountDownLatch rung = new CountDownLatch(3);
            Scheduler.Worker worker = time.createWorker();
            time.schedule(rung::countDown, 50, TimeUnit.MILLISECONDS);
            worker.schedule(rung::countDown, 50, TimeUnit.MILLISECONDS);
            replacement.run();
            worker.schedule(rung::countDown);
            assertThat(rung.await(SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(time.isDisposed()).isFalse();
            worker.dispose();
            assertThatThrownBy(() -> worker.schedule(() -> {})).isInstanceOf(RejectedExecutionException.class);
        }
    }

    @Test
    void noTimerRingsTwiceOrAfterItWasDisposed() throws InterruptedException {
        SchedulerGuard time = SchedulerGuard.ofDefault();
        AtomicInteger rung = new AtomicInteger();
        CountDownLatch last = new CountDownLatch(1);
        List<Disposable> disposed = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            time.schedule(rung::incrementAndGet, i, TimeUnit.MILLISECONDS);
            disposed.add(time.schedule(() -> rung.addAndGet(1000), 1500, TimeUnit.MILLISECONDS));
        }
        Schedulers.shutdownNow();
        disposed.forEach(Disposable::dispose);
        time.schedule(last::countDown, 2500, TimeUnit.MILLISECONDS);
        assertThat(last.await(SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(rung).hasValue(100);
        assertThat(disposed).allMatch(Disposable::isDisposed);
    }

    @Test
    void aDisposedWorkerLeavesNoTimer() {
        VirtualTimeScheduler time = VirtualTimeScheduler.create();
        Scheduler.Worker worker = SchedulerGuard.of(time).createWorker();
        AtomicInteger rung = new AtomicInteger();
        worker.schedule(rung::incrementAndGet, 1, TimeUnit.SECONDS);
        worker.schedule(rung::incrementAndGet, 3, TimeUnit.SECONDS);
        time.advanceTimeBy(Duration.ofSeconds(2));
        worker.dispose();
        time.advanceTimeBy(Duration.ofSeconds(2));
        assertThat(rung).hasValue(1);
        assertThat(worker.isDisposed()).isTrue();
    }

    @Test
    void theClockDoesNotJumpWhenTheSchedulerIsReplaced() {
        SchedulerGuard time = SchedulerGuard.ofDefault();
        long real = time.now(TimeUnit.NANOSECONDS);
        VirtualTimeScheduler virtual = VirtualTimeScheduler.getOrSet();
        long atFirst = time.now(TimeUnit.NANOSECONDS);
        assertThat(atFirst - real).isBetween(0L, TimeUnit.SECONDS.toNanos(SECONDS));
        virtual.advanceTimeBy(Duration.ofHours(1));
        assertThat(time.now(TimeUnit.NANOSECONDS) - atFirst)
                .isEqualTo(Duration.ofHours(1).toNanos());
        VirtualTimeScheduler.reset();
        assertThat(time.now(TimeUnit.NANOSECONDS) - atFirst)
                .isBetween(
                        Duration.ofHours(1).toNanos(),
                        Duration.ofHours(1).plusSeconds(SECONDS).toNanos());
    }

    @Test
    void aClientBuiltBeforeFollowsVirtualTime() {
        PollSpec built = PollSpec.fixedInterval(Duration.ofHours(1));
        AtomicInteger looks = new AtomicInteger();
        Mono<ImportOperation> describe = Mono.fromSupplier(() -> ImportOperation.of(
                "a", looks.incrementAndGet() == 3 ? ImportStatus.COMPLETED : ImportStatus.IN_PROGRESS));
        StepVerifier.withVirtualTime(() -> describe.as(built::poll))
                .expectNextCount(1)
                .thenAwait(Duration.ofHours(2))
                .expectNextCount(1)
                .expectComplete()
                .verify(Duration.ofSeconds(SECONDS));
    }

    @Test
    void aDisposedSchedulerSaysSo() {
        Scheduler theirs = Schedulers.newSingle("theirs");
        SchedulerGuard time = SchedulerGuard.of(theirs);
        theirs.dispose();
        assertThatThrownBy(() -> time.schedule(() -> {}, 1, TimeUnit.SECONDS))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining("was disposed");
        StepVerifier.create(OpaqueBoundary.around(time.delay(Duration.ofSeconds(1))))
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOf(ImportsTransportException.class)
                        .hasMessageContaining("was disposed")
                        .matches(e -> !ImportsRetry.isTransient(e)))
                .verify(Duration.ofSeconds(SECONDS));
    }

    @Test
    void aRejectionOfTheCallersOwnStaysAsItIs() {
        RejectedExecutionException theirs = new RejectedExecutionException("bulkhead");
        StepVerifier.create(PollSpec.adaptive().poll(Mono.error(theirs)))
                .expectErrorMatches(failure -> failure == theirs)
                .verify(Duration.ofSeconds(SECONDS));
    }
}
