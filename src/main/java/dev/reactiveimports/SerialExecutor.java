package dev.reactiveimports;

import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import reactor.core.Exceptions;
import reactor.util.concurrent.Queues;

/**
 * Runs tasks one after another on whichever thread brings them, so that what they touch needs no lock. A task that is
 * brought while another runs waits for it, even on the same thread: nothing recurses. When no task is left a last step
 * looks at the outcome, once for all of them.
 */
final class SerialExecutor {

    private final Queue<Runnable> tasks =
            Queues.<Runnable>unboundedMultiproducer().get();
    private final AtomicInteger arrivals = new AtomicInteger();
    private final Runnable lastStep;
    private final Consumer<Throwable> onThrow;
    private final Runnable onFatal;

    /**
     * Nothing has run yet.
     *
     * @param onThrow receives what a task throws; the tasks after it run all the same
     * @param onFatal runs when a task throws what Reactor throws on, a linkage error say; nothing runs after that
     */
    SerialExecutor(Runnable lastStep, Consumer<Throwable> onThrow, Runnable onFatal) {
        this.lastStep = lastStep;
        this.onThrow = onThrow;
        this.onFatal = onFatal;
    }

    void execute(Runnable task) {
        tasks.offer(task);
        wake();
    }

    /** Runs the last step, after the tasks at hand. */
    void wake() {
        if (arrivals.getAndIncrement() != 0) {
            return;
        }
        int handled = 1;
        do {
            run();
            handled = arrivals.addAndGet(-handled);
        } while (handled != 0);
    }

    private void run() {
        try {
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                task.run();
            }
            lastStep.run();
        } catch (Throwable t) {
            try {
                Exceptions.throwIfJvmFatal(t);
            } catch (Throwable fatal) {
                onFatal.run();
                throw fatal;
            }
            onThrow.accept(t);
        }
    }
}
