package dev.reactiveimports;

import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Watches every import of a soak in each of the four ways there are, and counts how often each way saw it end. */
final class SoakWatchers {

    static final int WAYS = 4;

    private final ReactiveImportsApi imports;
    private final Map<String, AtomicInteger> watched = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> awaited = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> inTheFleet = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> inTheIndex = new ConcurrentHashMap<>();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final Sinks.Many<String> joining = Sinks.many().unicast().onBackpressureBuffer();
    private final AtomicInteger running = new AtomicInteger(1);
    private final Disposable index;

    SoakWatchers(ReactiveImportsApi imports) {
        this.imports = imports;
        imports.watchImports(joining.asFlux())
                .doFinally(end -> running.decrementAndGet())
                .subscribe(seen -> note(inTheFleet, seen), failures::add);
        this.index = imports.watchIndex().subscribe(seen -> note(inTheIndex, seen), failures::add);
    }

    void watch(String id) {
        running.addAndGet(2);
        imports.watchImport(id)
                .doFinally(end -> running.decrementAndGet())
                .subscribe(seen -> note(watched, seen), failures::add);
        imports.awaitImport(id)
                .onErrorResume(ImportFailedException.class, ended -> Mono.just(ended.operation()))
                .doFinally(end -> running.decrementAndGet())
                .subscribe(seen -> note(awaited, seen), failures::add);
        synchronized (joining) {
            joining.tryEmitNext(id).orThrow();
        }
    }

    void noMore() {
        joining.tryEmitComplete().orThrow();
    }

    /** Whether all but the watch of the index, which never ends, have ended, and that one has seen so many ends. */
    boolean isOver(int ends) {
        return running.get() == 0 && inTheIndex.size() >= ends;
    }

    void stop() {
        index.dispose();
    }

    Queue<Throwable> failures() {
        return failures;
    }

    /** How often an import's end was seen, by the way in which it was watched. */
    String ends(String id) {
        return Stream.of(watched, awaited, inTheFleet, inTheIndex)
                .map(way -> Integer.toString(
                        way.getOrDefault(id, new AtomicInteger()).get()))
                .collect(Collectors.joining(" "));
    }

    Flux<String> endedTwiceInTheIndex() {
        return Flux.fromIterable(inTheIndex.entrySet())
                .filter(seen -> seen.getValue().get() > 1)
                .map(Map.Entry::getKey);
    }

    private static void note(Map<String, AtomicInteger> way, ImportOperation seen) {
        if (seen.isTerminal()) {
            way.computeIfAbsent(seen.id(), id -> new AtomicInteger()).incrementAndGet();
        }
    }
}
