package dev.reactiveimports;

import java.time.Duration;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import reactor.util.Logger;
import reactor.util.Loggers;
import reactor.util.context.ContextView;

/**
 * Stands before a caller's listener: what that one throws is logged and harms no call. That is so of a missing class too, which
 * Reactor would pass on, leaving the call without an end.
 */
final class ListenerGuard implements ImportsListener {

    private static final Logger LOG = Loggers.getLogger(ImportsListener.class);

    private final ImportsListener listener;

    private ListenerGuard(ImportsListener listener) {
        this.listener = listener;
    }

    /** Null for null: where nobody listens, no event is to be made. */
    static @Nullable ImportsListener of(@Nullable ImportsListener listener) {
        return listener == null || listener instanceof ListenerGuard ? listener : new ListenerGuard(listener);
    }

    /** The one to tell on behalf of a subscriber; null for null. */
    static @Nullable ImportsListener of(@Nullable ImportsListener listener, ContextView context) {
        ImportsListener safe = of(listener);
        return safe == null ? null : safe.inContext(context);
    }

    @Override
    public ImportsListener inContext(ContextView context) {
        ImportsListener bound = null;
        try {
            bound = listener.inContext(context);
        } catch (VirtualMachineError e) {
            throw e;
        } catch (Throwable t) {
            logged(t);
        }
        return bound == null || bound == listener ? this : new ListenerGuard(bound);
    }

    @Override
    public void onExchange(Exchange exchange) {
        tell(ImportsListener::onExchange, exchange);
    }

    @Override
    public void onRetry(Retrying retry) {
        tell(ImportsListener::onRetry, retry);
    }

    @Override
    public void onThrottle(Duration wait) {
        tell(ImportsListener::onThrottle, wait);
    }

    @Override
    public void onPoll(Poll poll) {
        tell(ImportsListener::onPoll, poll);
    }

    @Override
    public void onStatusChange(ImportStatusChange change) {
        tell(ImportsListener::onStatusChange, change);
    }

    private <E> void tell(BiConsumer<ImportsListener, E> method, E event) {
        try {
            method.accept(listener, event);
        } catch (VirtualMachineError e) {
            throw e;
        } catch (Throwable t) {
            logged(t);
        }
    }

    private static void logged(Throwable thrown) {
        LOG.warn("an ImportsListener threw, which changes nothing", thrown);
    }
}
