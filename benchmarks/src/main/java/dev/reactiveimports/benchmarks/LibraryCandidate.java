package dev.reactiveimports.benchmarks;

import dev.reactiveimports.ImportOperation;
import dev.reactiveimports.ListImportsSpec;
import dev.reactiveimports.ReactiveImportsApi;
import reactor.core.scheduler.Schedulers;

/** This library through its public API, every default on. */
final class LibraryCandidate implements Candidate {

    private final ReactiveImportsApi imports;

    LibraryCandidate(int port) {
        this.imports = ReactiveImportsApi.create("http://127.0.0.1:" + port, "key");
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
