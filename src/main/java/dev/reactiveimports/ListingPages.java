package dev.reactiveimports;

import static dev.reactiveimports.DemandGate.onDemand;

import java.util.Iterator;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.publisher.SynchronousSink;

/**
 * Follows pagination tokens without a request beyond the demand. {@code expand} and the flattening operators would each
 * fetch a page too many, so a page waits behind a {@link DemandGate}, and the items of a page complete only when one more
 * item is requested.
 */
final class ListingPages {

    private ListingPages() {}

    /**
     * The pages from a token on, one fetch for each requested page.
     *
     * @param fetch the call for one page; subscribed to on demand
     */
    static Flux<ImportPage> pages(Function<@Nullable String, Mono<ImportPage>> fetch, @Nullable String startAt) {
        return Flux.defer(() -> {
            ListingLoopDetector loops = new ListingLoopDetector(startAt);
            return page(fetch, startAt).expand(page -> next(page, loops, fetch));
        });
    }

    /**
     * The items of the pages in order; items that were fetched are delivered before the error of a later page.
     *
     * @param readAhead the number of pages to fetch ahead of demand, from the first demand on
     */
    static Flux<ImportOperation> items(Flux<ImportPage> pages, int readAhead) {
        return Flux.defer(() -> {
            Sinks.Empty<Void> broken = Sinks.empty();
            return ahead(pages, readAhead)
                    .takeUntilOther(broken.asMono())
                    .concatMapDelayError(page -> itemsOf(page, broken), 0);
        });
    }

    /** The pages, fetched ahead of demand, but none before the first demand. */
    static Flux<ImportPage> ahead(Flux<ImportPage> pages, int readAhead) {
        return readAhead == 0 ? pages : onDemand(pages.limitRate(readAhead, 1));
    }

    private static Mono<ImportPage> next(
            ImportPage page, ListingLoopDetector loops, Function<@Nullable String, Mono<ImportPage>> fetch) {
        String token = page.nextToken();
        if (token == null) {
            return Mono.empty();
        }
        ImportsProtocolException objection = loops.objectionTo(page);
        return objection == null ? page(fetch, token) : onDemand(Mono.error(objection.atPage(token)));
    }

    private static Mono<ImportPage> page(Function<@Nullable String, Mono<ImportPage>> fetch, @Nullable String token) {
        return onDemand(Mono.defer(() -> fetch.apply(token)).doOnError(ImportsException.class, e -> e.atPage(token)));
    }

    /**
     * The items of one page.
     *
     * @param broken signalled when the subscriber throws: no further page may be fetched, though errors are delayed
     */
    private static Flux<ImportOperation> itemsOf(ImportPage page, Sinks.Empty<Void> broken) {
        if (page.items().isEmpty()) {
            return Flux.empty();
        }
        boolean last = !page.hasNext();
        return Flux.generate(page.items()::iterator, (items, sink) -> {
            try {
                return emit(items, sink, last);
            } catch (Throwable thrown) {
                broken.tryEmitEmpty();
                throw thrown;
            }
        });
    }

    /**
     * Completes with the last item if no page follows, otherwise on the next demand: only then may the next page be fetched.
     */
    private static Iterator<ImportOperation> emit(
            Iterator<ImportOperation> items, SynchronousSink<ImportOperation> sink, boolean last) {
        if (items.hasNext()) {
            sink.next(items.next());
            if (!last || items.hasNext()) {
                return items;
            }
        }
        sink.complete();
        return items;
    }
}
