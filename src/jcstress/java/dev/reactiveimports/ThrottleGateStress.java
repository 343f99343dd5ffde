package dev.reactiveimports;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import reactor.core.Disposable;
import reactor.util.context.Context;

/** A closed gate with one call in its queue, at the moment of its turn. */
public class ThrottleGateStress {

    abstract static class Closed {

        final StressTime time = new StressTime();
        final ThrottleGate gate = new ThrottleGate(time, Duration.ofSeconds(60), ImportsListener.NONE);
        final AtomicInteger passed = new AtomicInteger();
        final AtomicInteger shed = new AtomicInteger();
        final Disposable waiting;

        Closed() {
            close(10);
            waiting = call();
        }

        final void close(int seconds) {
            gate.throttled(
                    Duration.ofSeconds(seconds),
                    new ImportsApiException(429, "too many", null, null, null),
                    Context.empty());
        }

        final Disposable call() {
            return gate.pass(gate.deadline())
                    .subscribe(v -> {}, failure -> shed.incrementAndGet(), passed::incrementAndGet);
        }

        final void turn() {
            time.advance(10);
        }

        final void into(III_Result r) {
            r.r1 = passed.get();
            r.r2 = shed.get();
            r.r3 = 10 * gate.waiting() + time.timers();
        }
    }

    @JCStressTest
    @Outcome(id = "1, 0, 0", expect = ACCEPTABLE, desc = "passed")
    @Outcome(id = "0, 0, 0", expect = ACCEPTABLE, desc = "gone")
    @Outcome(expect = FORBIDDEN, desc = "a place or a timer that nobody needs")
    @State
    public static class TurnAndCancel extends Closed {

        @Actor
        public void time() {
            turn();
        }

        @Actor
        public void cancel() {
            waiting.dispose();
        }

        @Arbiter
        public void end(III_Result r) {
            into(r);
        }
    }

    @JCStressTest
    @Outcome(id = "1, 0, 11", expect = ACCEPTABLE, desc = "one has passed, the other waits with a timer")
    @Outcome(id = "1, 0, 0", expect = FORBIDDEN, desc = "a lost call")
    @Outcome(id = "1, 0, 10", expect = FORBIDDEN, desc = "a call that nothing will ever release")
    @Outcome(expect = FORBIDDEN, desc = "lost, doubled, or two at once")
    @State
    public static class TurnAndEnter extends Closed {

        @Actor
        public void time() {
            turn();
        }

        @Actor
        public void enter() {
            call();
        }

        @Arbiter
        public void end(III_Result r) {
            into(r);
        }
    }

    @JCStressTest
    @Outcome(id = "2, 0, 0", expect = ACCEPTABLE, desc = "both have passed in the end")
    @Outcome(expect = FORBIDDEN, desc = "lost or doubled")
    @State
    public static class TurnEnterAndCancel extends Closed {

        private final Disposable leaving = call();

        @Actor
        public void time() {
            turn();
        }

        @Actor
        public void others() {
            leaving.dispose();
            call();
        }

        @Arbiter
        public void end(III_Result r) {
            time.advance(10);
            time.advance(10);
            into(r);
        }
    }

    @JCStressTest
    @Outcome(id = "1, 0, 0", expect = ACCEPTABLE, desc = "passed in time")
    @Outcome(id = "0, 1, 0", expect = ACCEPTABLE, desc = "its turn was taken away, beyond its deadline")
    @Outcome(expect = FORBIDDEN, desc = "both, or neither")
    @State
    public static class TurnAndDeadline extends Closed {

        @Actor
        public void time() {
            turn();
        }

        @Actor
        public void close() {
            close(61);
        }

        @Arbiter
        public void end(III_Result r) {
            into(r);
        }
    }

    @JCStressTest
    @Outcome(id = "0, 1, 0", expect = ACCEPTABLE, desc = "shed")
    @Outcome(id = "0, 0, 0", expect = ACCEPTABLE, desc = "gone")
    @Outcome(expect = FORBIDDEN, desc = "a place or a timer that nobody needs")
    @State
    public static class DeadlineAndCancel extends Closed {

        @Actor
        public void close() {
            close(61);
        }

        @Actor
        public void cancel() {
            waiting.dispose();
        }

        @Arbiter
        public void end(III_Result r) {
            into(r);
        }
    }
}
