package dev.reactiveimports;

import static java.util.Objects.requireNonNull;

import java.util.function.BooleanSupplier;
import java.util.function.Function;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * Fences requests off, for applications in which only the holder of a lease may send them. A call may wait, for the throttle
 * gate, a connection or a retry, and its process may be stopped meanwhile for longer than its lease lasts. So the fence is asked
 * before each HTTP request of the subscription, those of listings and watches included; for a start again, right before the first
 * byte of the request is written.
 *
 * <pre>{@code
 * imports.startImport(request).contextWrite(RequestFence.openWhile(lease::isHeld))
 * }</pre>
 *
 * @since 0.1.0
 */
public final class RequestFence {

    private static final Object KEY = RequestFence.class;

    private RequestFence() {}

    /**
     * Puts a fence into the Context of a subscription, for the calls above.
     *
     * @param fence whether a request may be sent now; called on event loops, must not block. If it throws, the call fails and
     *     nothing is sent
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
     * The failure of a call whose request was not sent, because its fence was closed.
     *
     * @since 0.1.0
     */
    public static final class Closed extends IllegalStateException {

        private static final long serialVersionUID = 1L;

        Closed() {
            super("The request was not sent: the fence of this subscription is closed");
        }
    }
}
