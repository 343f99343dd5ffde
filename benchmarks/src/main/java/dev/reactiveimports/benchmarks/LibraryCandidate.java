package dev.reactiveimports.benchmarks;

import dev.reactiveimports.ImportOperation;
import dev.reactiveimports.ImportsListener;
import dev.reactiveimports.ListImportsSpec;
import dev.reactiveimports.PollSpec;
import dev.reactiveimports.ReactiveImportsApi;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/** This library through its public API, every default on. */
final class LibraryCandidate implements Candidate {

    private final String host;
    private final ReactiveImportsApi imports;

    LibraryCandidate(int port) {
        this.host = "http://127.0.0.1:" + port;
        this.imports = ReactiveImportsApi.create(host, "key");
    }

    @Override
    public void drain(Digest digest) {
        imports.listImports().doOnNext(operation -> add(digest, operation)).blockLast();
    }

    @Override
    public void first(Digest digest) {
        add(digest, imports.listImports().blockFirst());
    }

    @Override
    public void warmup() {
        imports.warmup().block();
    }

    /**
     * Lists everything for a consumer that works on a thread of its own.
     *
     * @param prefetch how many imports {@code publishOn} requests at a time
     * @param nanos of work on each import
     */
    void work(Digest digest, int readAhead, int prefetch, long nanos) {
        imports.listImports(ListImportsSpec.create().readAhead(readAhead))
                .publishOn(Schedulers.boundedElastic(), prefetch)
                .doOnNext(operation -> {
                    long end = System.nanoTime() + nanos;
                    add(digest, operation);
                    while (System.nanoTime() < end) {
                        Thread.onSpinWait();
                    }
                })
                .blockLast();
    }

    /** All of them together; the listener is there to count. */
    @Override
    public long watch(List<String> ids, int ticks) {
        AtomicLong requests = new AtomicLong();
        Sinks.One<Long> enough = Sinks.one();
        ImportsListener counting = new ImportsListener() {

            private int seen;

            @Override
            public void onPoll(Poll poll) {
                requests.addAndGet(poll.requests());
                if (++seen == ticks) {
                    enough.tryEmitValue(0L);
                }
            }
        };
        try (ReactiveImportsApi watching = ReactiveImportsApi.builder(host, "key")
                .listener(counting)
                .pollSpec(PollSpec.fixedInterval(Duration.ofMillis(1)))
                .build()) {
            watching.watchImports(Flux.fromIterable(ids))
                    .takeUntilOther(enough.asMono())
                    .blockLast();
        }
        return requests.get();
    }

    @Override
    public void close() {
        imports.close();
    }

    private static void add(Digest digest, ImportOperation operation) {
        digest.item(
                operation.id(), operation.uri(), operation.statusText(), operation.createdAt(), operation.finishedAt());
        digest.rest(operation.percentComplete(), operation.recordsImported(), operation.error());
    }
}
