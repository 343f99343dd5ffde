package dev.reactiveimports;

import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.util.Logger;
import reactor.util.Loggers;
import reactor.util.context.Context;

/**
 * Where every public publisher ends and its subscriber's operators begin. Reactor steers operators by keys of the subscriber's
 * {@link Context}, which travel against the stream into whatever is subscribed to: {@code onErrorContinue} turns failures into
 * silence, a discard hook receives objects that are not its own. Inside, such keys do not exist and global hooks of their kind
 * have no effect; every other key is as the subscriber set it. What callers hand in (ids, a key, a describe) is subscribed to
 * inside, and may set steering keys of its own.
 */
final class OpaqueBoundary {

    private static final Logger LOG = Loggers.getLogger(OpaqueBoundary.class);

    /** The kinds of Reactor's own keys: {@code reactor.on<Hook>.local}, and those that are named after a class of its core. */
    private static final String HOOK_KEYS = "reactor.on";

    private static final String CORE_KEYS = "reactor.core.";

    /** In force where a global hook would be else; how to stop at a failure is left to {@code onErrorStop()}. */
    private static final Map<Object, Object> OWN_HOOKS = Map.of(
            "reactor.onErrorDropped.local", (Consumer<Throwable>) OpaqueBoundary::errorDropped,
            "reactor.onNextDropped.local", (Consumer<Object>) item -> {},
            "reactor.onOperatorError.local", (BiFunction<Throwable, Object, Throwable>) (failure, item) -> failure);

    private OpaqueBoundary() {}

    static <T> Mono<T> around(Mono<T> call) {
        return call.onErrorMap(SchedulerRejection::isIn, SchedulerRejection::explain)
                .onErrorStop()
                .contextWrite(OpaqueBoundary::inside);
    }

    static <T> Flux<T> around(Flux<T> call) {
        return call.onErrorMap(SchedulerRejection::isIn, SchedulerRejection::explain)
                .onErrorStop()
                .contextWrite(OpaqueBoundary::inside);
    }

    static boolean isSteering(Object key) {
        return key instanceof String name && (name.startsWith(HOOK_KEYS) || name.startsWith(CORE_KEYS));
    }

    private static Context inside(Context subscribers) {
        Context inside = subscribers;
        if (!subscribers.isEmpty()) {
            for (Object key : subscribers.stream()
                    .map(Map.Entry::getKey)
                    .filter(OpaqueBoundary::isSteering)
                    .toList()) {
                inside = inside.delete(key);
            }
        }
        return inside.putAllMap(OWN_HOOKS);
    }

    /** The global hook receives it, but cannot break what comes after by throwing. */
    private static void errorDropped(Throwable failure) {
        try {
            Operators.onErrorDropped(failure, Context.empty());
        } catch (Throwable t) {
            Exceptions.throwIfJvmFatal(t);
            LOG.debug("a hook for dropped errors threw", t);
        }
    }
}
