package dev.reactiveimports.samples;

import dev.reactiveimports.PollSpec;
import dev.reactiveimports.ReactiveImportsApi;
import dev.reactiveimports.StartImportRequest;
import dev.reactiveimports.testing.Fault;
import dev.reactiveimports.testing.ImportsSimulator;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The whole library in a quarter of a minute: starts three imports on a simulated index, shows their progress until each has
 * ended, then reads the first ten of a long listing and says what that cost. With {@code PINECONE_API_KEY} and
 * {@code PINECONE_INDEX_HOST} set it reads that index instead, and starts nothing.
 */
public final class Demo {

    private static final List<String> SOURCES =
            List.of("s3://acme-vectors/products", "s3://acme-vectors/reviews", "s3://acme-vectors/fail/manuals");

    private final PrintStream out;
    private final ProgressBoard board;

    Demo(PrintStream out, boolean terminal) {
        this.out = out;
        this.board = new ProgressBoard(out, terminal);
    }

    /**
     * Runs it.
     *
     * @param arguments none
     */
    public static void main(String[] arguments) {
        Demo demo = new Demo(System.out, Terminal.isThere());
        String host = System.getenv("PINECONE_INDEX_HOST");
        String key = System.getenv("PINECONE_API_KEY");
        if (host == null || key == null) {
            demo.simulated(Duration.ofSeconds(8)).block();
        } else {
            demo.readOnly(host, key).block();
        }
    }

    /** A simulated index with a past, three new imports watched together, then the listing. */
    Mono<Void> simulated(Duration importDuration) {
        return Mono.using(
                () -> ImportsSimulator.builder()
                        .imports(1000)
                        .importDuration(importDuration)
                        .build(),
                simulator -> {
                    out.println("A simulated index with 1,000 past imports. Three new ones are started.");
                    simulator.enqueue(Fault.throttled(Duration.ofSeconds(1)).on("GET", "/bulk/imports"));
                    return with(
                            simulator.indexHost(),
                            simulator.apiKey(),
                            imports -> startAndWatch(imports).then(firstTen(imports)));
                });
    }

    /** An index of the user's own. */
    Mono<Void> readOnly(String host, String key) {
        out.println("The index that PINECONE_INDEX_HOST names. Nothing is started.");
        return with(host, key, this::firstTen);
    }

    private Mono<Void> with(String host, String key, Function<ReactiveImportsApi, Mono<Void>> program) {
        return Mono.using(
                () -> ReactiveImportsApi.builder(host, key)
                        .pollSpec(PollSpec.adaptive(Duration.ofMillis(200), Duration.ofSeconds(1)))
                        .listener(board)
                        .build(),
                program);
    }

    private Mono<Void> startAndWatch(ReactiveImportsApi imports) {
        Flux<String> ids =
                Flux.fromIterable(SOURCES).map(StartImportRequest::of).concatMap(imports::startImport);
        return imports.watchImports(ids).doOnNext(board::show).then(Mono.fromRunnable(board::finish));
    }

    private Mono<Void> firstTen(ReactiveImportsApi imports) {
        return Mono.defer(() -> {
            long before = board.exchanges();
            out.println("The first ten imports of the listing:");
            return imports.listImports()
                    .take(10)
                    .doOnNext(i -> out.printf("  %-6s %-10s %s%n", i.id(), i.statusText(), i.uri()))
                    .count()
                    .doOnNext(n -> out.printf(
                            "%d imports read; HTTP requests that took: %d.%n", n, board.exchanges() - before))
                    .then();
        });
    }
}
