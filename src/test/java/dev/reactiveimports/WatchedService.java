package dev.reactiveimports;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.LongSupplier;
import reactor.core.publisher.Mono;

/** Imports behind the two calls a fleet's watch makes, which are counted; every listing may have another order. */
final class WatchedService {

    final Map<String, ImportOperation> imports = Collections.synchronizedMap(new LinkedHashMap<>());
    final AtomicInteger lists = new AtomicInteger();
    final AtomicInteger describes = new AtomicInteger();
    final AtomicInteger concurrent = new AtomicInteger();
    final AtomicInteger mostConcurrent = new AtomicInteger();
    final List<String> described = Collections.synchronizedList(new ArrayList<>());
    Function<String, Mono<ImportOperation>> describing = this::find;
    Function<String, Mono<ImportPage>> listing = this::page;
    Random shuffle;
    LongSupplier clock = () -> 0;
    final Map<String, Long> endedAt = new HashMap<>();
    private List<ImportOperation> order = List.of();

    static ImportOperation running(String id, double percent) {
        return new ImportOperation(
                id, null, ImportStatus.IN_PROGRESS, "InProgress", null, null, percent, 0, null, null);
    }

    static ImportsApiException answer(int status) {
        return new ImportsApiException(status, "status " + status, null, null, null);
    }

    static List<String> ids(int from, int to) {
        List<String> ids = new ArrayList<>();
        for (int i = from; i < to; i++) {
            ids.add("i" + i);
        }
        return ids;
    }

    WatchedService with(Collection<String> ids) {
        ids.forEach(id -> imports.put(id, running(id, 0)));
        return this;
    }

    void set(String id, double percent) {
        imports.put(id, running(id, percent));
    }

    void end(String id) {
        endedAt.put(id, clock.getAsLong());
        imports.put(id, ImportOperation.of(id, ImportStatus.COMPLETED));
    }

    /** Lists another one, before or after all others. */
    void prepend(String id, ImportOperation operation, boolean first) {
        Map<String, ImportOperation> others = new LinkedHashMap<>(first ? imports : Map.of());
        if (first) {
            imports.clear();
        }
        imports.put(id, operation);
        imports.putAll(others);
    }

    int requests() {
        return lists.get() + describes.get();
    }

    WatchMany watch(PollSpec spec) {
        return watch(spec, ImportsListener.NONE);
    }

    WatchMany watch(PollSpec spec, ImportsListener listener) {
        return new WatchMany(this::describe, this::list, spec, (id, failure) -> id.startsWith("fresh"), listener);
    }

    Mono<ImportOperation> describe(String id) {
        return Mono.defer(() -> {
                    describes.incrementAndGet();
                    described.add(id);
                    int now = concurrent.incrementAndGet();
                    mostConcurrent.accumulateAndGet(now, Math::max);
                    return describing.apply(id);
                })
                .doOnTerminate(concurrent::decrementAndGet)
                .doOnCancel(concurrent::decrementAndGet);
    }

    Mono<ImportPage> list(String token) {
        return Mono.defer(() -> {
            lists.incrementAndGet();
            return listing.apply(token);
        });
    }

    Mono<ImportOperation> find(String id) {
        ImportOperation found = imports.get(id);
        return found == null ? Mono.error(answer(404)) : Mono.just(found);
    }

    Mono<ImportPage> page(String token) {
        int from = token == null ? 0 : Integer.parseInt(token);
        if (from == 0 || shuffle == null) {
            order = new ArrayList<>(imports.values());
            if (shuffle != null) {
                Collections.shuffle(order, shuffle);
            }
        }
        int to = Math.min(order.size(), from + 100);
        List<ImportOperation> now = order.subList(Math.min(from, to), to).stream()
                .map(o -> imports.getOrDefault(o.id(), o))
                .toList();
        return Mono.just(new ImportPage(now, to < order.size() ? "" + to : null));
    }
}
