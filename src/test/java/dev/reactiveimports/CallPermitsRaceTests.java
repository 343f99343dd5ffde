package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

class CallPermitsRaceTests {

    /** Each thread cancels what the other one is just letting in. */
    @Test
    void losesNoPermitAndDoublesNoneWhenThreadsRace() throws Exception {
        CountingScheduler time = new CountingScheduler();
        CallPermits one = new CallPermits(1, Duration.ofSeconds(10), time, () -> 0);
        int rounds = 50_000;
        AtomicInteger running = new AtomicInteger();
        AtomicInteger ran = new AtomicInteger();
        Mono<String> until = Mono.<String>never()
                .doOnSubscribe(s -> {
                    ran.incrementAndGet();
                    running.incrementAndGet();
                })
                .doOnCancel(running::decrementAndGet);
        CountDownLatch ready = new CountDownLatch(2);
        Runnable lane = () -> {
            ready.countDown();
            while (ready.getCount() > 0) {
                Thread.onSpinWait();
            }
            for (int i = 0; i < rounds; i++) {
                Disposable first = one.holding(until, 0).subscribe();
                Disposable second = one.holding(until, 0).subscribe();
                // whoever waits is let in by this, or by the other thread, or leaves
                first.dispose();
                second.dispose();
            }
        };
        Future<?> other = Racing.THREADS.submit(lane);
        lane.run();
        other.get(10, TimeUnit.SECONDS);
        assertThat(running).hasValue(0);
        assertThat(ran).as("begun").hasValueGreaterThan(rounds / 100);
        assertThat(one.free()).isEqualTo(1);
        assertThat(time.timers()).isZero();
    }
}
