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

/** Ends the calls in flight when their client is closed, and rejects later ones. */
final class CallLifecycle {

    private static final Logger LOG = Loggers.getLogger(CallLifecycle.class);

    private final Set<MonoSink<?>> inFlight = ConcurrentHashMap.newKeySet();
    private final Runnable first;
    private volatile boolean closed;

    CallLifecycle() {
        this(() -> {});
    }

    /**
     * A lifecycle with an action on close.
     *
     * @param first runs before the first call is ended, so that what one call releases is not granted to the next
     */
    CallLifecycle(Runnable first) {
        this.first = first;
    }

    /**
     * The call, which is cancelled and fails when the client is closed, and fails at subscription when it is closed already.
     */
    <T> Mono<T> guard(Mono<T> call) {
        return Mono.defer(() -> closed ? Mono.error(closedError()) : Mono.firstWithSignal(call, this.<T>ended()));
    }

    /**
     * The same for a stream whose last item is not known: closed after the last item but before completion, it fails.
     */
    <T> Flux<T> guard(Flux<T> call) {
        return guard(call, item -> false);
    }

    /**
     * The same for a stream with a recognisable last item: once that was delivered, it completes, closed or not. The source
     * is ended by completion, since an error of the other publisher would not cancel it.
     *
     * @param last whether only completion can follow this item
     */
    <T> Flux<T> guard(Flux<T> call, Predicate<? super T> last) {
        return Flux.defer(() -> {
            if (closed) {
                return Flux.error(closedError());
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
            } catch (Throwable thrown) {
                LOG.warn(
                        "A subscriber threw an exception when closing the client ended its call; the other calls are not affected.",
                        thrown);
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

    private static IllegalStateException closedError() {
        return new IllegalStateException("This ReactiveImportsApi is closed; build a new client for further calls.");
    }
}
