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
import reactor.core.publisher.Mono;

/** One permit, and who has it after a race. */
public class CallPermitsStress {

    abstract static class One {

        final StressTime time = new StressTime();
        final CallPermits permits = new CallPermits(1, Duration.ofSeconds(10), time, () -> 0);
        final AtomicInteger begun = new AtomicInteger();
        final Disposable holder = call(new AtomicInteger());
        final AtomicInteger failed = new AtomicInteger();

        final Disposable call(AtomicInteger counter) {
            return permits.holding(Mono.<String>never().doOnSubscribe(s -> counter.incrementAndGet()), 0)
                    .subscribe(v -> {}, failure -> failed.incrementAndGet());
        }

        final Disposable call() {
            return call(begun);
        }
    }

    @JCStressTest
    @Outcome(id = "1, 0, 0", expect = ACCEPTABLE, desc = "let in, with the permit")
    @Outcome(expect = FORBIDDEN, desc = "a lost wake-up, or a permit too few or too many")
    @State
    public static class ReleaseAndEnter extends One {

        @Actor
        public void release() {
            holder.dispose();
        }

        @Actor
        public void enter() {
            call();
        }

        @Arbiter
        public void end(III_Result r) {
            r.r1 = begun.get();
            r.r2 = permits.free();
            r.r3 = time.timers();
        }
    }

    @JCStressTest
    @Outcome(id = "0, 1, 0", expect = ACCEPTABLE, desc = "gone before its turn")
    @Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "let in, and gone")
    @Outcome(expect = FORBIDDEN, desc = "a permit lost or doubled")
    @State
    public static class ReleaseAndCancel extends One {

        private final Disposable waiting = call();

        @Actor
        public void release() {
            holder.dispose();
        }

        @Actor
        public void cancel() {
            waiting.dispose();
        }

        @Arbiter
        public void end(III_Result r) {
            r.r1 = begun.get();
            r.r2 = permits.free();
            r.r3 = time.timers();
        }
    }

    @JCStressTest
    @Outcome(id = "1, 0, 0", expect = ACCEPTABLE, desc = "let in just in time")
    @Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "too late")
    @Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "its turn came as its time ran out: begun, cancelled, told once")
    @Outcome(expect = FORBIDDEN, desc = "a permit lost or doubled")
    @State
    public static class ReleaseAndTimeout extends One {

        {
            call();
        }

        @Actor
        public void release() {
            holder.dispose();
        }

        @Actor
        public void timeout() {
            time.advance(10);
        }

        @Arbiter
        public void end(III_Result r) {
            r.r1 = begun.get();
            r.r2 = permits.free();
            r.r3 = failed.get();
        }
    }

    @JCStressTest
    @Outcome(id = "1, 0, 0", expect = ACCEPTABLE, desc = "the one before left, so the next has the permit")
    @Outcome(expect = FORBIDDEN, desc = "a permit lost or doubled")
    @State
    public static class ReleaseEnterAndCancel extends One {

        private final Disposable waiting = call(new AtomicInteger());

        @Actor
        public void release() {
            holder.dispose();
        }

        @Actor
        public void others() {
            waiting.dispose();
            call();
        }

        @Arbiter
        public void end(III_Result r) {
            r.r1 = begun.get();
            r.r2 = permits.free();
            r.r3 = time.timers();
        }
    }
}
