package dev.reactiveimports;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A call that begins while its client closes. */
public class CallLifecycleStress {

    abstract static class Closing {

        final CallLifecycle closing = new CallLifecycle();
        final AtomicInteger running = new AtomicInteger();
        final AtomicInteger ended = new AtomicInteger();

        final void into(II_Result r) {
            r.r1 = running.get();
            r.r2 = ended.get();
        }
    }

    @JCStressTest
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "ended once, and nothing runs")
    @Outcome(expect = FORBIDDEN, desc = "a call that outlives its client, or ends twice")
    @State
    public static class OfOne extends Closing {

        @Actor
        public void close() {
            closing.close();
        }

        @Actor
        public void call() {
            closing.guard(Mono.never()
                            .doOnSubscribe(s -> running.incrementAndGet())
                            .doOnCancel(running::decrementAndGet))
                    .subscribe(v -> {}, failure -> ended.incrementAndGet());
        }

        @Arbiter
        public void end(II_Result r) {
            into(r);
        }
    }

    @JCStressTest
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "ended once, and nothing runs")
    @Outcome(expect = FORBIDDEN, desc = "a stream that outlives its client, or ends twice")
    @State
    public static class OfMany extends Closing {

        @Actor
        public void close() {
            closing.close();
        }

        @Actor
        public void call() {
            closing.guard(Flux.never()
                            .doOnSubscribe(s -> running.incrementAndGet())
                            .doOnCancel(running::decrementAndGet))
                    .subscribe(v -> {}, failure -> ended.incrementAndGet());
        }

        @Arbiter
        public void end(II_Result r) {
            into(r);
        }
    }
}
