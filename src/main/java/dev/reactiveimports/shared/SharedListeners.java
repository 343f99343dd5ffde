package dev.reactiveimports.shared;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import reactor.util.Logger;
import reactor.util.Loggers;

/**
 * Passes events on to listeners: an exception of one of them affects neither the replica nor the others, and is logged once for
 * each. That includes linkage errors, which Reactor would rethrow.
 */
final class SharedListeners implements SharedImportsListener {

    private static final Logger LOG = Loggers.getLogger(SharedImportsListener.class);

    private final List<Guarded> listeners;

    private record Guarded(SharedImportsListener listener, AtomicBoolean warned) {

        void notify(Consumer<SharedImportsListener> event) {
            try {
                event.accept(listener);
            } catch (VirtualMachineError e) {
                throw e;
            } catch (Throwable t) {
                if (warned.compareAndSet(false, true)) {
                    LOG.warn("A SharedImportsListener threw an exception, which has no effect. Not logged again.", t);
                }
            }
        }
    }

    private SharedListeners(List<Guarded> listeners) {
        this.listeners = listeners;
    }

    /** {@link SharedImportsListener#NONE} if there are none, so that no events are created. */
    static SharedImportsListener of(Collection<? extends SharedImportsListener> listeners) {
        if (listeners.size() == 1 && listeners.iterator().next() instanceof SharedListeners guard) {
            return guard;
        }
        List<Guarded> all = listeners.stream()
                .filter(one -> one != NONE)
                .map(one -> new Guarded(one, new AtomicBoolean()))
                .toList();
        return all.isEmpty() ? NONE : new SharedListeners(all);
    }

    private void each(Consumer<SharedImportsListener> event) {
        listeners.forEach(guarded -> guarded.notify(event));
    }

    @Override
    public void onLeaseAcquired(StoreLease lease) {
        each(listener -> listener.onLeaseAcquired(lease));
    }

    @Override
    public void onLeaseNotAcquired(String watch, String name) {
        each(listener -> listener.onLeaseNotAcquired(watch, name));
    }

    @Override
    public void onLeaseEnded(StoreLease lease, LeaseEnd end) {
        each(listener -> listener.onLeaseEnded(lease, end));
    }

    @Override
    public void onAppended(Appended appended) {
        each(listener -> listener.onAppended(appended));
    }

    @Override
    public void onConsumed(String watch, String consumer, RecordedChange change) {
        each(listener -> listener.onConsumed(watch, consumer, change));
    }

    @Override
    public void onProgress(Progress progress) {
        each(listener -> listener.onProgress(progress));
    }
}
