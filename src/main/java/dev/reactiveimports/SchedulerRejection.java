package dev.reactiveimports;

import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Of a scheduler that takes no more timers, as a rule because it was disposed. Within the library it is what operators expect of
 * a scheduler; at the {@link OpaqueBoundary} it becomes what callers expect of the library.
 */
final class SchedulerRejection extends RejectedExecutionException {

    private static final long serialVersionUID = 1L;

    private final String message;

    SchedulerRejection(Scheduler by, @Nullable Throwable cause) {
        this("the scheduler " + by + (by.isDisposed() ? " was disposed" : " rejected a timer"), cause);
    }

    private SchedulerRejection(String message, @Nullable Throwable cause) {
        super(message, cause);
        this.message = message;
    }

    /** The call, or its failure if the scheduler was disposed before. */
    static <T> Mono<T> guard(Mono<T> call, SchedulerGuard scheduler) {
        return scheduler.isReplaceable()
                ? call
                : Mono.defer(() -> scheduler.isDisposed() ? Mono.error(new SchedulerRejection(scheduler, null)) : call);
    }

    /** The call, or its failure if the scheduler was disposed before. */
    static <T> Flux<T> guard(Flux<T> call, SchedulerGuard scheduler) {
        return scheduler.isReplaceable()
                ? call
                : Flux.defer(() -> scheduler.isDisposed() ? Flux.error(new SchedulerRejection(scheduler, null)) : call);
    }

    /** Whether a failure is one of these, as such or wrapped by an operator. */
    static boolean isIn(Throwable failure) {
        return find(failure) != null;
    }

    /** As callers see it. */
    static Throwable explain(Throwable failure) {
        SchedulerRejection rejection = find(failure);
        return rejection == null ? failure : new ImportsTransportException(rejection.message, failure, false);
    }

    /** What the ringing of a timer means: the given, but if its scheduler was disposed that is why it rang. */
    static Throwable unlessDisposed(Scheduler scheduler, Supplier<? extends Throwable> failure) {
        return scheduler.isDisposed() ? explain(new SchedulerRejection(scheduler, null)) : failure.get();
    }

    private static @Nullable SchedulerRejection find(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof RejectedExecutionException) {
            if (cause instanceof SchedulerRejection found) {
                return found;
            }
            cause = cause.getCause();
        }
        return null;
    }
}
