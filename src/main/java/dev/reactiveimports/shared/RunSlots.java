package dev.reactiveimports.shared;

import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.publisher.Sinks.EmitFailureHandler;
import reactor.core.publisher.Sinks.EmitResult;
import reactor.core.scheduler.Scheduler;

/** Lets so many calls of a pipeline go on at once; the others wait in their order. */
final class RunSlots {

    static final EmitFailureHandler IN_TURN = (signal, result) -> result == EmitResult.FAIL_NON_SERIALIZED;

    private final Sinks.Many<Mono<Void>> calls = Sinks.many().unicast().onBackpressureBuffer();
    private final int atOnce;
    private final Scheduler scheduler;

    RunSlots(int atOnce, Scheduler scheduler) {
        this.atOnce = atOnce;
        this.scheduler = scheduler;
    }

    /** To be subscribed once, as long as the pipeline lasts. */
    Mono<Void> work() {
        return calls.asFlux()
                .publishOn(scheduler)
                .flatMap(call -> call, atOnce, 1)
                .then();
    }

    /** The result of a call, as soon as it had its turn. */
    <T> Mono<T> turn(Mono<T> call) {
        return Mono.defer(() -> {
            Sinks.One<T> result = Sinks.one();
            calls.emitNext(
                    call.doOnSuccess(value -> {
                                if (value == null) {
                                    result.tryEmitEmpty();
                                } else {
                                    result.tryEmitValue(value);
                                }
                            })
                            .onErrorResume(failure -> {
                                result.tryEmitError(failure);
                                return Mono.empty();
                            })
                            .then(),
                    IN_TURN);
            return result.asMono();
        });
    }
}
