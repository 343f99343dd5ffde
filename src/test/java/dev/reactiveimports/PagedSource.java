package dev.reactiveimports;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Pages of numbered imports, made up as they are asked for; counts the fetches. */
final class PagedSource implements Function<@Nullable String, Mono<ImportPage>> {

    final AtomicInteger fetches = new AtomicInteger();
    private final int pages;
    private final int pageSize;

    PagedSource(int pages, int pageSize) {
        this.pages = pages;
        this.pageSize = pageSize;
    }

    @Override
    public Mono<ImportPage> apply(@Nullable String token) {
        return Mono.fromSupplier(() -> {
            fetches.incrementAndGet();
            int page = token == null ? 0 : Integer.parseInt(token);
            var items = IntStream.range(page * pageSize, (page + 1) * pageSize)
                    .mapToObj(i -> ImportOperation.of(Integer.toString(i), ImportStatus.COMPLETED))
                    .toList();
            return new ImportPage(items, page + 1 < pages ? Integer.toString(page + 1) : null);
        });
    }
}
