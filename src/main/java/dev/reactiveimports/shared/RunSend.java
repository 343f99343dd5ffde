package dev.reactiveimports.shared;

import dev.reactiveimports.ImportsApiException;
import dev.reactiveimports.ImportsRetry;
import dev.reactiveimports.ReactiveImportsApi;
import dev.reactiveimports.RequestFence;
import dev.reactiveimports.StartImportRequest;
import dev.reactiveimports.shared.StoredRun.State;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Sends the request of one run: claims it in the store, and then sends it under the lease that the claim names. */
final class RunSend {

    private static final AtomicLong CLAIMS = new AtomicLong();
    private static final int MAX_UNSENT = 5;
    private static final Duration OWN_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_OWN_PAUSE = Duration.ofSeconds(30);

    /** Longer than that a run does not pause: its callers would take it for dead. */
    private static final Duration LONGEST_PAUSE = Duration.ofHours(1);

    private final ReactiveImportsApi imports;
    private final RunPipeline.Shared pipeline;
    private final SharedSettings settings;
    private final StartImportRequest request;

    /** The claims of this run by this process, and the last one under which the client was given the request. */
    private final Set<String> claims = ConcurrentHashMap.newKeySet();

    private volatile String sentUnder = "";
    private volatile @Nullable String id;
    private int unsent;

    /**
     * What came of it.
     *
     * @param run the run as the store has it
     * @param failure that of the start; null if it succeeded, or was not made since another process has the run
     */
    record Result(StoredRun run, @Nullable Throwable failure) {}

    RunSend(ReactiveImportsApi imports, RunPipeline.Shared pipeline, StartImportRequest request) {
        this.imports = imports;
        this.pipeline = pipeline;
        this.settings = pipeline.parts().settings();
        this.request = request;
    }

    /** The id that the service gave; null if it did not. */
    @Nullable
    String id() {
        return id;
    }

    Mono<Result> send(StoredRun run) {
        return pipeline.slots().turn(pipeline.lease().under(lease -> claim(run, lease)));
    }

    private Mono<Result> claim(StoredRun run, SharedLease lease) {
        return Mono.defer(() -> {
            if (pipeline.stop().reason() != null) {
                return Mono.just(new Result(run, null));
            }
            String claim = lease.held().name() + "#" + CLAIMS.incrementAndGet();
            claims.add(claim);
            ImportsStore store = pipeline.parts().store();
            return SharedRetry.untilDone(
                            settings, "claiming a run", store.advanceRun(settings.watch(), run.sending(claim)))
                    .switchIfEmpty(
                            SharedRetry.untilDone(settings, "reading a run", store.planRun(settings.watch(), request)))
                    .flatMap(now -> now.state() == State.SENDING && now.holder().equals(claim) && !lease.isOver()
                            ? start(now, claim, lease)
                            : Mono.just(new Result(now, null)));
        });
    }

    private Mono<Result> start(StoredRun claimed, String claim, SharedLease lease) {
        return Mono.defer(() -> {
            sentUnder = claim;
            return imports.startImport(request)
                    .contextWrite(RequestFence.openWhile(() -> !lease.isOver()))
                    .doOnNext(given -> id = given)
                    .map(given -> new Result(claimed, null))
                    .onErrorResume(RequestFence.Closed.class, closed -> {
                        sentUnder = "";
                        return Mono.just(new Result(claimed, null));
                    })
                    .onErrorResume(failure -> Mono.just(new Result(claimed, failure)));
        });
    }

    /** Whether this process has claimed the run and sent nothing under that claim. */
    boolean claimedOnly(StoredRun run) {
        return claims.contains(run.holder()) && !run.holder().equals(sentUnder);
    }

    /** Whether this process has sent it, or may have. */
    boolean sent(StoredRun run) {
        return run.holder().equals(sentUnder);
    }

    /** For how long to wait until it is sent again; null if it is not, since that is useless or was tried enough. */
    @Nullable
    Duration pauseAfter(Throwable failure) {
        if (!ImportsRetry.isTransient(failure)) {
            return null;
        }
        if (failure instanceof ImportsApiException rejection) {
            Duration asked = rejection.retryAfter();
            Duration wait = asked == null ? OWN_PAUSE : asked;
            return wait.compareTo(LONGEST_PAUSE) > 0 ? null : wait;
        }
        Duration wait = OWN_PAUSE.multipliedBy(1L << Math.min(unsent, 5));
        return ++unsent > MAX_UNSENT ? null : wait.compareTo(LONGEST_OWN_PAUSE) < 0 ? wait : LONGEST_OWN_PAUSE;
    }

    /** Whether a failure says nothing about the request: a later run of it may well succeed. */
    static boolean isUnsent(Throwable failure) {
        return ImportsRetry.isTransient(failure);
    }
}
