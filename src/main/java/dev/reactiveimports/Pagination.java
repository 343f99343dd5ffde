package dev.reactiveimports;

import static dev.reactiveimports.DemandGate.onDemand;

import java.util.Iterator;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SynchronousSink;

/**
 * Walks pagination tokens without a request that nobody asked for. {@code expand} and the flattening operators each fetch a
 * page too many by themselves, so a page waits behind a {@link DemandGate}, and a page's items end only when one more
 * item is requested.
 */
final class Pagination {

    private Pagination() {}

    /**
     * Each page from a token on, one fetch for each requested.
     *
     * @param fetch makes the call for one page; subscribed to on demand
     */
    static Flux<ImportPage> pages(Function<@Nullable String, Mono<ImportPage>> fetch, @Nullable String startAt) {
        return Flux.defer(() -> {
            TokenTrail trail = new TokenTrail(startAt);
            return page(fetch, startAt).expand(page -> next(page, trail, fetch));
        });
    }

    /**
     * The items of pages, in order; what was fetched is delivered before a later page's error.
     *
     * @param readAhead pages to fetch ahead of demand, from the first demand on
     */
    static Flux<ImportOperation> items(Flux<ImportPage> pages, int readAhead) {
        return ahead(pages, readAhead).concatMapDelayError(Pagination::itemsOf, 0);
    }

    /** The pages, some of them fetched before they are requested, but none before the first demand. */
    static Flux<ImportPage> ahead(Flux<ImportPage> pages, int readAhead) {
        return readAhead == 0 ? pages : onDemand(pages.limitRate(readAhead, 1));
    }

    private static Mono<ImportPage> next(
            ImportPage page, TokenTrail trail, Function<@Nullable String, Mono<ImportPage>> fetch) {
        String token = page.nextToken();
        if (token == null) {
            return Mono.empty();
        }
        ImportsProtocolException objection = trail.objectionTo(page);
        return objection == null ? page(fetch, token) : onDemand(Mono.error(objection.atPage(token)));
    }

    private static Mono<ImportPage> page(Function<@Nullable String, Mono<ImportPage>> fetch, @Nullable String token) {
        return onDemand(Mono.defer(() -> fetch.apply(token)).doOnError(ImportsException.class, e -> e.atPage(token)));
    }

    private static Flux<ImportOperation> itemsOf(ImportPage page) {
        if (page.items().isEmpty()) {
            return Flux.empty();
        }
        return Flux.generate(page.items()::iterator, page.hasNext() ? Pagination::emit : Pagination::emitAndEnd);
    }

    /** Ends on the demand after the last item: only then may the next page be fetched. */
    private static Iterator<ImportOperation> emit(
            Iterator<ImportOperation> items, SynchronousSink<ImportOperation> sink) {
        if (items.hasNext()) {
            sink.next(items.next());
        } else {
            sink.complete();
        }
        return items;
    }

    /** Ends with the last item: nothing follows. */
    private static Iterator<ImportOperation> emitAndEnd(
            Iterator<ImportOperation> items, SynchronousSink<ImportOperation> sink) {
        sink.next(items.next());
        if (!items.hasNext()) {
            sink.complete();
        }
        return items;
    }
}
