package dev.reactiveimports;

import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * A scheduler rejected a timer, usually because it was disposed. Inside the library it is the exception that operators
 * expect of a scheduler; the {@link OpaqueBoundary} maps it to an {@link ImportsTransportException}.
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

    /** The call, which fails at subscription if the scheduler is disposed. */
    static <T> Mono<T> guard(Mono<T> call, SchedulerGuard scheduler) {
        return scheduler.isReplaceable()
                ? call
                : Mono.defer(() -> scheduler.isDisposed() ? Mono.error(new SchedulerRejection(scheduler, null)) : call);
    }

    /** The call, which fails at subscription if the scheduler is disposed. */
    static <T> Flux<T> guard(Flux<T> call, SchedulerGuard scheduler) {
        return scheduler.isReplaceable()
                ? call
                : Flux.defer(() -> scheduler.isDisposed() ? Flux.error(new SchedulerRejection(scheduler, null)) : call);
    }

    /** Whether a failure is such a rejection, possibly wrapped by an operator. */
    static boolean isIn(Throwable failure) {
        return find(failure) != null;
    }

    /** The failure as callers receive it. */
    static Throwable explain(Throwable failure) {
        SchedulerRejection rejection = find(failure);
        return rejection == null ? failure : new ImportsTransportException(rejection.message, failure, false);
    }

    /** What a fired timer means: the given failure, unless it fired because its scheduler was disposed. */
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
