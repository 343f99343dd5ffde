package dev.reactiveimports;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.util.Logger;
import reactor.util.Loggers;

/** Ends what is in flight when its client closes, and refuses what comes after. */
final class CallLifecycle {

    private static final Logger LOG = Loggers.getLogger(CallLifecycle.class);

    private final Set<MonoSink<?>> inFlight = ConcurrentHashMap.newKeySet();
    private final Runnable first;
    private volatile boolean closed;

    CallLifecycle() {
        this(() -> {});
    }

    /**
     * One that has something to do when it closes.
     *
     * @param first before the first call is ended: what one of them lets go of is not for the next to have
     */
    CallLifecycle(Runnable first) {
        this.first = first;
    }

    /** The call, cancelled and ended by an error when the client closes; refused when it has. */
    <T> Mono<T> guard(Mono<T> call) {
        return Mono.defer(() -> closed ? Mono.error(refusal()) : Mono.firstWithSignal(call, this.<T>ended()));
    }

    /**
     * The same, for a stream of which no item is known to be the last: closed after its last item but before its completion,
     * it fails, since it was not known to be over.
     */
    <T> Flux<T> guard(Flux<T> call) {
        return guard(call, item -> false);
    }

    /**
     * The same, for a stream that is over with a certain item: once that was delivered, it completes, closed or not. Ended by
     * completion first, since an error of the other publisher would leave the call running.
     *
     * @param last whether nothing but completion can follow this item
     */
    <T> Flux<T> guard(Flux<T> call, Predicate<? super T> last) {
        return Flux.defer(() -> {
            if (closed) {
                return Flux.error(refusal());
            }
            AtomicReference<@Nullable Throwable> cutOff = new AtomicReference<>();
            AtomicBoolean over = new AtomicBoolean();
            return call.takeUntilOther(this.<T>ended().doOnError(cutOff::set).onErrorComplete())
                    .doOnNext(item -> over.compareAndSet(false, last.test(item)))
                    .concatWith(Mono.defer(() -> {
                        Throwable error = cutOff.get();
                        return error == null || over.get() ? Mono.empty() : Mono.error(error);
                    }));
        });
    }

    boolean isClosed() {
        return closed;
    }

    /** Idempotent. */
    void close() {
        if (!closed) {
            LOG.debug("The client closes; {} calls in flight end with an error.", inFlight.size());
        }
        closed = true;
        first.run();
        inFlight.forEach(call -> {
            try {
                end(call);
            } catch (Throwable theirs) {
                LOG.warn(
                        "A subscriber threw an exception when closing the client ended its call; the other calls are ended all the same.",
                        theirs);
            }
        });
    }

    private <T> Mono<T> ended() {
        return Mono.create(sink -> {
            inFlight.add(sink);
            sink.onDispose(() -> inFlight.remove(sink));
            if (closed) {
                end(sink);
            }
        });
    }

    private static void end(MonoSink<?> sink) {
        sink.error(new ImportsTransportException("the client was closed", null, false));
    }

    private static IllegalStateException refusal() {
        return new IllegalStateException("this ReactiveImportsApi was closed");
    }
}
