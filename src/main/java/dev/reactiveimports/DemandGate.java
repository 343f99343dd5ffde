package dev.reactiveimports;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxOperator;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoOperator;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * Subscribes to its source on the first demand, not before: most operators request without bounds, or subscribe early.
 * Composition was measured to fail here: {@code Mono.create(onRequest)} loses wake-ups, and {@code concat} of a gate and the
 * source counts a demand twice when it races with the switch.
 */
final class DemandGate<T> extends Operators.DeferredSubscription implements CoreSubscriber<T> {

    @SuppressWarnings("rawtypes")
    private static final AtomicIntegerFieldUpdater<DemandGate> OPENED =
            AtomicIntegerFieldUpdater.newUpdater(DemandGate.class, "opened");

    private final Publisher<T> source;
    private final CoreSubscriber<? super T> actual;
    private volatile int opened;

    private DemandGate(Publisher<T> source, CoreSubscriber<? super T> actual) {
        this.source = source;
        this.actual = actual;
    }

    static <T> Mono<T> onDemand(Mono<T> source) {
        return new MonoOperator<T, T>(source) {
            @Override
            public void subscribe(CoreSubscriber<? super T> actual) {
                actual.onSubscribe(new DemandGate<>(source, actual));
            }
        };
    }

    static <T> Flux<T> onDemand(Flux<T> source) {
        return new FluxOperator<T, T>(source) {
            @Override
            public void subscribe(CoreSubscriber<? super T> actual) {
                actual.onSubscribe(new DemandGate<>(source, actual));
            }
        };
    }

    @Override
    public void request(long n) {
        if (!Operators.validate(n)) {
            return;
        }
        super.request(n);
        if (opened == 0 && OPENED.compareAndSet(this, 0, 1) && !isCancelled()) {
            source.subscribe(this);
        }
    }

    @Override
    public void onSubscribe(Subscription s) {
        set(s);
    }

    @Override
    public void onNext(T item) {
        actual.onNext(item);
    }

    @Override
    public void onError(Throwable failure) {
        actual.onError(failure);
    }

    @Override
    public void onComplete() {
        actual.onComplete();
    }

    @Override
    public Context currentContext() {
        return actual.currentContext();
    }
}
