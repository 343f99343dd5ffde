package dev.reactiveimports.shared;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.core.publisher.Sinks;
import reactor.core.publisher.Sinks.EmitResult;
import reactor.util.context.Context;

/**
 * Takes items from a source, no more of them at a time than a bound, nor than were requested by the subscriber of what becomes of
 * them: {@code flatMap} would take as many as its concurrency without any demand.
 */
final class RunDemand<T> extends BaseSubscriber<T> {

    private final int most;
    private final Context context;
    private final Sinks.Many<T> taken = Sinks.many().unicast().onBackpressureBuffer();
    private volatile @Nullable Throwable failure;

    // guarded by this
    private long requested;
    private long delivered;
    private long asked;
    private long received;
    private boolean subscribed;

    RunDemand(int most, Context context) {
        this.most = most;
        this.context = context;
    }

    /** The items; completes when the source ends, in whatever way, or was stopped. */
    Flux<T> of(Publisher<? extends T> source) {
        return taken.asFlux().doOnSubscribe(s -> source.subscribe(this)).doOnCancel(this::cancel);
    }

    /** Why the source ended; null if it completed or goes on. */
    @Nullable
    Throwable failure() {
        return failure;
    }

    /** Called with the demand for results. */
    void requested(long n) {
        synchronized (this) {
            requested = Operators.addCap(requested, n);
        }
        ask();
    }

    /** Called after a result was delivered. */
    void delivered() {
        synchronized (this) {
            delivered++;
        }
        ask();
    }

    private void ask() {
        long more;
        synchronized (this) {
            long demand = requested == Long.MAX_VALUE ? Long.MAX_VALUE : requested - delivered;
            more = subscribed ? Math.min(most, demand) - (asked - delivered) : 0;
            if (more > 0) {
                asked += more;
            }
        }
        if (more > 0) {
            request(more);
        }
    }

    /** Nothing more is taken, because of a failure. */
    void stop(Throwable reason) {
        cancel();
        end(reason);
    }

    private void end(@Nullable Throwable reason) {
        synchronized (this) {
            if (failure == null) {
                failure = reason;
            }
        }
        taken.emitComplete((signal, result) -> result == EmitResult.FAIL_NON_SERIALIZED);
    }

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
        synchronized (this) {
            subscribed = true;
        }
        ask();
    }

    @Override
    protected void hookOnNext(T item) {
        boolean unasked;
        synchronized (this) {
            unasked = ++received > asked;
        }
        if (unasked) {
            stop(new IllegalStateException("the source of requests emitted more than was requested"));
        } else {
            taken.emitNext(item, (signal, result) -> result == EmitResult.FAIL_NON_SERIALIZED);
        }
    }

    @Override
    protected void hookOnError(Throwable reason) {
        end(reason);
    }

    @Override
    protected void hookOnComplete() {
        end(null);
    }

    @Override
    public Context currentContext() {
        return context;
    }
}
