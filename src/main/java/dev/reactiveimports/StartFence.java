package dev.reactiveimports;

import static java.util.Objects.requireNonNull;

import java.util.function.BooleanSupplier;
import java.util.function.Function;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * Fences starts off, for applications in which only the holder of a lease may start imports. A start may wait, for the throttle
 * gate, a connection or a retry, and its process may be stopped meanwhile for longer than its lease lasts. So the fence is asked
 * before each attempt, and again right before the first byte of the request is written.
 *
 * <pre>{@code
 * imports.startImport(request).contextWrite(StartFence.openWhile(lease::isHeld))
 * }</pre>
 *
 * @since 0.1.0
 */
public final class StartFence {

    private static final Object KEY = StartFence.class;

    private StartFence() {}

    /**
     * Puts a fence into the Context of a subscription, for the starts above.
     *
     * @param fence whether a request may be sent now; called on event loops, must not block. If it throws, the start fails or
     *     is not sent
     * @return for {@link reactor.core.publisher.Mono#contextWrite(Function)}
     */
    public static Function<Context, Context> openWhile(BooleanSupplier fence) {
        requireNonNull(fence, "fence");
        return context -> context.put(KEY, fence);
    }

    static BooleanSupplier of(ContextView context) {
        return context.hasKey(KEY) ? context.get(KEY) : () -> true;
    }

    /**
     * The failure of a start that surely was not sent, because its fence was closed.
     *
     * @since 0.1.0
     */
    public static final class Closed extends IllegalStateException {

        private static final long serialVersionUID = 1L;

        Closed() {
            super("The import was not started: the fence of this subscription is closed");
        }
    }
}
