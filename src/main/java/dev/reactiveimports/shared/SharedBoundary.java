package dev.reactiveimports.shared;

import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/**
 * The boundary to the subscriber's operators, as that of the client: keys of the Context that steer Reactor's operators have
 * no effect inside; all others are visible.
 */
final class SharedBoundary {

    private static final Map<Object, Object> OWN_HOOKS = Map.of(
            "reactor.onErrorDropped.local", (Consumer<Throwable>) failure -> {},
            "reactor.onNextDropped.local", (Consumer<Object>) item -> {},
            "reactor.onOperatorError.local", (BiFunction<Throwable, Object, Throwable>) (failure, item) -> failure);

    private SharedBoundary() {}

    static <T> Mono<T> around(Mono<T> call) {
        return call.onErrorStop().contextWrite(SharedBoundary::inside);
    }

    static <T> Flux<T> around(Flux<T> call) {
        return call.onErrorStop().contextWrite(SharedBoundary::inside);
    }

    private static Context inside(Context subscribers) {
        Context inside = subscribers;
        for (Object key : subscribers.stream().map(Map.Entry::getKey).toList()) {
            if (key instanceof String name && (name.startsWith("reactor.on") || name.startsWith("reactor.core."))) {
                inside = inside.delete(key);
            }
        }
        return inside.putAllMap(OWN_HOOKS);
    }
}
