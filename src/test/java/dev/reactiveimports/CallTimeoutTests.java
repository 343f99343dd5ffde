package dev.reactiveimports;

import static dev.reactiveimports.DemandGate.onDemand;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

class CallTimeoutTests {

    private static final Duration LENGTH = Duration.ofSeconds(30);

    private final CountingScheduler time = new CountingScheduler();
    private final CallTimeout timer = new CallTimeout(time, LENGTH);
    private final List<Long> rings = new ArrayList<>();
    private int tries;

    @Test
    void ringsWhenAnAttemptHasLastedItsLength() {
        begin();
        time.advance(LENGTH.minusMillis(1));
        assertThat(rings).isEmpty();
        time.advance(Duration.ofMillis(1));
        assertThat(rings).containsExactly(30_000L);
        assertThat(time.timers()).isZero();
    }

    @Test
    void givesEachAttemptItsWholeLength() {
        for (int i = 0; i < 100; i++) {
            Disposable inTime = begin();
            time.advance(Duration.ofSeconds(7));
            inTime.dispose();
        }
        begin();
        time.advance(LENGTH.minusMillis(1));
        assertThat(rings).isEmpty();
        time.advance(Duration.ofMillis(1));
        assertThat(rings).containsExactly(730_000L);
    }

    @Test
    void setsOneTimerForManyShortAttempts() {
        for (int i = 0; i < 1_000; i++) {
            begin().dispose();
        }
        assertThat(time.mostTimers()).isEqualTo(1);
        time.advance(LENGTH);
        assertThat(time.timers()).isZero();
        assertThat(rings).isEmpty();
    }

    @Test
    void isSetAnewAfterItRang() {
        begin();
        time.advance(LENGTH);
        begin();
        time.advance(LENGTH);
        assertThat(rings).containsExactly(30_000L, 60_000L);
    }

    @Test
    void leavesNoTimerWhenItIsDisposed() {
        Disposable attempt = begin();
        attempt.dispose();
        assertThat(time.timers()).isEqualTo(1);
        timer.dispose();
        assertThat(time.timers()).isZero();
        begin();
        assertThat(time.timers()).isZero();
    }

    @Test
    void anAttemptThatWasOverBeforeItCouldBeTimedLeavesTheNextOneItsTimeout() {
        // a key that fails at once: the retry is under way before the first attempt's timer is asked for
        Mono<String> answered = onDemand(Mono.defer(() -> tries++ == 0 ? Mono.error(new IOException()) : Mono.never()));
        Mono<String> timed = answered.timeout(timer.signal(), Mono.error(new TimeoutException()));
        StepVerifier.create(timed.onErrorResume(IOException.class, failed -> timed))
                .then(() -> time.advance(LENGTH))
                .then(() -> time.advance(LENGTH))
                .expectError(TimeoutException.class)
                .verify(Duration.ofSeconds(5));
    }

    @Test
    void aSchedulerThatIsClosedIsAnErrorOfTheNextAttempt() {
        VirtualTimeScheduler closing = VirtualTimeScheduler.create();
        CallTimeout timer = new CallTimeout(closing, LENGTH);
        timer.signal().subscribe().dispose();
        closing.dispose();
        StepVerifier.create(timer.signal())
                .expectError(RejectedExecutionException.class)
                .verify(Duration.ofSeconds(5));
    }

    private Disposable begin() {
        return timer.signal().subscribe(ring -> rings.add(time.millis()));
    }
}
