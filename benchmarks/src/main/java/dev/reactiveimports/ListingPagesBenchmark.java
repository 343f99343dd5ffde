package dev.reactiveimports;

import dev.reactiveimports.benchmarks.Pages;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Pages that are there at once become items: what the operators cost. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ListingPagesBenchmark {

    private static final int PAGES = 100;

    private final ImportPage[] pages = new ImportPage[PAGES];

    public ListingPagesBenchmark() {
        for (int i = 0; i < PAGES; i++) {
            byte[] body = Pages.body(i).getBytes(StandardCharsets.UTF_8);
            ImportPage page = JsonCodec.decodePage(body, 0, body.length);
            pages[i] = new ImportPage(page.items(), i + 1 < PAGES ? "token" + (i + 1) : null);
        }
    }

    @Benchmark
    @OperationsPerInvocation(PAGES * Pages.ITEMS)
    public ImportOperation items() {
        return ListingPages.items(walk(), 0).blockLast();
    }

    @Benchmark
    @OperationsPerInvocation(PAGES * Pages.ITEMS)
    public ImportOperation itemsOneByOne() {
        return ListingPages.items(walk(), 0).limitRate(1).blockLast();
    }

    private Flux<ImportPage> walk() {
        return ListingPages.pages(
                token -> Mono.just(pages[token == null ? 0 : Integer.parseInt(token.substring("token".length()))]),
                null);
    }
}
