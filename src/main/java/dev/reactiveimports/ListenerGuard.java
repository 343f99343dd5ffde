package dev.reactiveimports;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import reactor.util.Logger;
import reactor.util.Loggers;
import reactor.util.context.ContextView;

/**
 * Passes events on to listeners: an exception of one of them is logged and affects neither the call nor the others. That
 * includes linkage errors, which Reactor would rethrow, so that the call would never terminate.
 */
final class ListenerGuard implements ImportsListener {

    private static final Logger LOG = Loggers.getLogger(ImportsListener.class);

    private final List<ImportsListener> listeners;

    private ListenerGuard(List<ImportsListener> listeners) {
        this.listeners = listeners;
    }

    static ImportsListener of(ImportsListener listener) {
        return ofAll(List.of(listener));
    }

    /** Combines listeners; {@link ImportsListener#NONE} if there are none, so that no events are created. */
    static ImportsListener ofAll(Collection<? extends ImportsListener> listeners) {
        if (listeners.size() == 1 && listeners.iterator().next() instanceof ListenerGuard guard) {
            return guard;
        }
        List<ImportsListener> all = listeners.stream()
                .flatMap(one -> one instanceof ListenerGuard guard ? guard.listeners.stream() : Stream.of(one))
                .filter(one -> one != NONE)
                .toList();
        return all.isEmpty() ? NONE : new ListenerGuard(all);
    }

    /**
     * The failure as a listener or a log may see it. Where pages are fetched, the response may quote a pagination token, and
     * the exception itself will carry the one that was sent: so a listener receives a copy without either.
     */
    static Throwable withoutToken(Operation operation, Throwable failure) {
        if (!operation.hasToken() || !(failure instanceof ImportsException known)) {
            return failure;
        }
        ImportsException copy = copy(known);
        copy.setStackTrace(known.getStackTrace());
        return copy;
    }

    private static ImportsException copy(ImportsException failure) {
        if (failure instanceof ImportsApiException rejection) {
            return new ImportsApiException(
                    rejection.statusCode(),
                    "its message is withheld, since it may quote a pagination token",
                    rejection.code(),
                    rejection.requestId(),
                    rejection.retryAfter());
        }
        if (failure instanceof ImportsTransportException broken) {
            return broken.copy();
        }
        String message = failure.reason();
        // the quotation follows the first colon
        int quoted = message.indexOf(": ");
        return new ImportsProtocolException(quoted < 0 ? message : message.substring(0, quoted));
    }

    @Override
    public ImportsListener inContext(ContextView context) {
        List<ImportsListener> bound = new ArrayList<>(listeners.size());
        for (ImportsListener listener : listeners) {
            bound.add(bind(listener, context));
        }
        return bound.equals(listeners) ? this : ofAll(bound);
    }

    private static ImportsListener bind(ImportsListener listener, ContextView context) {
        ImportsListener bound = null;
        try {
            bound = listener.inContext(context);
        } catch (VirtualMachineError e) {
            throw e;
        } catch (Throwable t) {
            warn(t);
        }
        return bound == null ? listener : bound;
    }

    @Override
    public void onExchange(Exchange exchange) {
        each(ImportsListener::onExchange, exchange);
    }

    @Override
    public void onRetry(Retrying retry) {
        each(ImportsListener::onRetry, retry);
    }

    @Override
    public void onThrottle(Duration wait) {
        each(ImportsListener::onThrottle, wait);
    }

    @Override
    public void onPoll(Poll poll) {
        each(ImportsListener::onPoll, poll);
    }

    @Override
    public void onStatusChange(ImportStatusChange change) {
        each(ImportsListener::onStatusChange, change);
    }

    @Override
    public void onSlots(Slots slots) {
        each(ImportsListener::onSlots, slots);
    }

    private <E> void each(BiConsumer<ImportsListener, E> method, E event) {
        for (ImportsListener listener : listeners) {
            try {
                method.accept(listener, event);
            } catch (VirtualMachineError e) {
                throw e;
            } catch (Throwable t) {
                warn(t);
            }
        }
    }

    private static void warn(Throwable thrown) {
        LOG.warn("An ImportsListener threw an exception, which has no effect on the call.", thrown);
    }
}
