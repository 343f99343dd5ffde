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
 * The boundary between the library's operators and those of the subscriber. Reactor configures operators through keys of the
 * subscriber's {@link Context}, which propagate upstream: {@code onErrorContinue} would suppress failures inside the
 * library, and a discard hook would receive its internal objects. Inside the boundary such keys are removed and global hooks
 * of their kind have no effect; every other key is visible. Publishers of the caller (ids, a key, a describe) are subscribed
 * to inside, and may set such keys for themselves.
 */
final class OpaqueBoundary {

    private static final Logger LOG = Loggers.getLogger(OpaqueBoundary.class);

    /**
     * The kinds of Reactor's own keys: {@code reactor.on<Hook>.local}, and those that are named after a class of its core.
     */
    private static final String HOOK_KEYS = "reactor.on";

    private static final String CORE_KEYS = "reactor.core.";

    /** Replace global hooks; {@code onErrorStop()} overrides the error strategy. */
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

    /** Passes the failure to the global hook, whose own exceptions have no effect. */
    private static void errorDropped(Throwable failure) {
        try {
            Operators.onErrorDropped(failure, Context.empty());
        } catch (Throwable t) {
            Exceptions.throwIfJvmFatal(t);
            LOG.debug("The hook onErrorDropped threw an exception, which has no effect.", t);
        }
    }
}
