package dev.reactiveimports;

import static java.util.Objects.requireNonNull;

import org.reactivestreams.Publisher;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;

/**
 * Starts what a source asks for, watches all of it together and emits how each ended. An operator of its own since no composition
 * holds these together: demand that counts what is in progress ({@code flatMap} takes slots without demand), slots that shrink,
 * and one watch for all.
 */
final class RunMany {

    private RunMany() {}

    static Flux<ImportRun> runs(Publisher<StartImportRequest> requests, RunImportsSpec spec, RunCalls calls) {
        requireNonNull(requests, "requests");
        requireNonNull(spec, "spec");
        return Flux.from(subscriber -> {
            CoreSubscriber<? super ImportRun> actual = Operators.toCoreSubscriber(subscriber);
            actual.onSubscribe(new RunSubscription(actual, requests, spec, calls));
        });
    }
}
