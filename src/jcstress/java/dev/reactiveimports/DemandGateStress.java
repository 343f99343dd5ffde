package dev.reactiveimports;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;

/** Demand, cancel and the source's own subscription meet in the gate that subscribes on the first demand. */
public class DemandGateStress {

    /** A source that counts, and a subscriber that holds the gate's subscription. */
    static class Gate extends Flux<String> implements CoreSubscriber<String>, Subscription {

        final AtomicInteger subscriptions = new AtomicInteger();
        final AtomicInteger cancels = new AtomicInteger();
        final AtomicLong requested = new AtomicLong();
        Subscription gate;
        CoreSubscriber<? super String> inner;

        Gate() {
            DemandGate.onDemand((Flux<String>) this).subscribe(this);
        }

        @Override
        public void subscribe(CoreSubscriber<? super String> actual) {
            subscriptions.incrementAndGet();
            inner = actual;
            subscribed();
        }

        void subscribed() {
            inner.onSubscribe(this);
        }

        @Override
        public void request(long n) {
            requested.addAndGet(n);
        }

        @Override
        public void cancel() {
            cancels.incrementAndGet();
        }

        @Override
        public void onSubscribe(Subscription s) {
            gate = s;
        }

        @Override
        public void onNext(String item) {}

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onComplete() {}
    }

    @JCStressTest
    @Outcome(id = "1, 3", expect = ACCEPTABLE, desc = "subscribed once, with all the demand")
    @Outcome(expect = FORBIDDEN, desc = "subscribed twice, or demand lost or doubled")
    @State
    public static class RequestAndRequest extends Gate {

        @Actor
        public void one() {
            gate.request(1);
        }

        @Actor
        public void other() {
            gate.request(2);
        }

        @Arbiter
        public void end(II_Result r) {
            r.r1 = subscriptions.get();
            r.r2 = (int) requested.get();
        }
    }

    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "cancelled before")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "subscribed, and cancelled")
    @Outcome(expect = FORBIDDEN, desc = "a source that nobody will cancel any more")
    @State
    public static class RequestAndCancel extends Gate {

        @Actor
        public void demand() {
            gate.request(1);
        }

        @Actor
        public void leave() {
            gate.cancel();
        }

        @Arbiter
        public void end(II_Result r) {
            r.r1 = subscriptions.get();
            r.r2 = cancels.get();
        }
    }

    /** The source takes its time to call onSubscribe. */
    abstract static class Late extends Gate {

        Late() {
            gate.request(1);
        }

        @Override
        void subscribed() {}

        final void late() {
            inner.onSubscribe(this);
        }
    }

    @JCStressTest
    @Outcome(id = "1, 3", expect = ACCEPTABLE, desc = "all the demand arrived")
    @Outcome(expect = FORBIDDEN, desc = "demand lost or doubled")
    @State
    public static class RequestAndOnSubscribe extends Late {

        @Actor
        public void source() {
            late();
        }

        @Actor
        public void demand() {
            gate.request(2);
        }

        @Arbiter
        public void end(II_Result r) {
            r.r1 = subscriptions.get();
            r.r2 = (int) requested.get();
        }
    }

    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "cancelled")
    @Outcome(expect = FORBIDDEN, desc = "a source that nobody will cancel any more")
    @State
    public static class CancelAndOnSubscribe extends Late {

        @Actor
        public void source() {
            late();
        }

        @Actor
        public void leave() {
            gate.cancel();
        }

        @Arbiter
        public void end(II_Result r) {
            r.r1 = subscriptions.get();
            r.r2 = Math.min(1, cancels.get());
        }
    }
}
