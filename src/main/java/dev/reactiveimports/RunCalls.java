package dev.reactiveimports;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** What a pipeline of runs needs of its client. */
interface RunCalls {

    Mono<String> start(StartImportRequest request);

    /** One watch for all runs: ids that come once each, and are forgotten when they have ended. */
    Flux<ImportObservation> observe(Publisher<String> ids, PollSpec spec);

    Mono<ImportPage> page(@Nullable String token);

    Mono<Void> cancel(String id);

    /** Fails when the client closes; never ends else. */
    Mono<Void> closed();

    boolean isClosed();

    /** The failure of one run, whose message names the URI. */
    Throwable named(Throwable failure, StartImportRequest request);

    RunPatience patience();

    Scheduler scheduler();

    PollSpec defaults();

    ImportsListener listener();
}
