package dev.reactiveimports;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/** Ends what is in flight when its client closes, and refuses what comes after. */
final class ClosingSignal {

    private final Set<MonoSink<Void>> inFlight = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** The call, ended by an error when the client closes; refused when it has. */
    <T> Mono<T> guard(Mono<T> call) {
        return Mono.defer(() -> closed ? Mono.error(refusal()) : call.takeUntilOther(ended()));
    }

    <T> Flux<T> guard(Flux<T> call) {
        return Flux.defer(() -> closed ? Flux.error(refusal()) : call.takeUntilOther(ended()));
    }

    boolean isClosed() {
        return closed;
    }

    /** Idempotent. */
    void close() {
        closed = true;
        inFlight.forEach(ClosingSignal::end);
    }

    private Mono<Void> ended() {
        return Mono.create(sink -> {
            inFlight.add(sink);
            sink.onDispose(() -> inFlight.remove(sink));
            if (closed) {
                end(sink);
            }
        });
    }

    private static void end(MonoSink<Void> sink) {
        sink.error(new ImportsTransportException("the client was closed", null, false));
    }

    private static IllegalStateException refusal() {
        return new IllegalStateException("this ReactiveImportsApi was closed");
    }
}
