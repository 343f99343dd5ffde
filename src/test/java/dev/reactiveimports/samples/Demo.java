package dev.reactiveimports.samples;

import dev.reactiveimports.PollSpec;
import dev.reactiveimports.ReactiveImportsApi;
import dev.reactiveimports.RunImportsSpec;
import dev.reactiveimports.StartImportRequest;
import dev.reactiveimports.testing.Fault;
import dev.reactiveimports.testing.ImportsSimulator;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.HttpResources;

/**
 * The whole library in a quarter of a minute: starts three imports on a simulated index, shows their progress until each has
 * ended, then reads the first ten of a long listing and says what that cost. With {@code PINECONE_API_KEY} and
 * {@code PINECONE_INDEX_HOST} set it reads that index instead, and starts nothing.
 */
public final class Demo {

    private static final List<String> SOURCES =
            List.of("s3://acme-vectors/products", "s3://acme-vectors/reviews", "s3://acme-vectors/fail/manuals");
    private static final Duration LOOPS_END = Duration.ofSeconds(5);

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
        run(System.out, Duration.ofSeconds(8));
    }

    /** All of it, to the end of the last event loop: {@code exec:java} takes the classes away when this returns. */
    static void run(PrintStream out, Duration importDuration) {
        Demo demo = new Demo(out, Terminal.isThere());
        String host = System.getenv("PINECONE_INDEX_HOST");
        String key = System.getenv("PINECONE_API_KEY");
        try {
            if (host == null || key == null) {
                demo.simulated(importDuration);
            } else {
                demo.readOnly(host, key);
            }
        } finally {
            HttpResources.disposeLoopsAndConnectionsLater(Duration.ZERO, LOOPS_END)
                    .block();
        }
    }

    /** A simulated index with a past, three new imports watched together, then the listing. */
    void simulated(Duration importDuration) {
        try (ImportsSimulator simulator = ImportsSimulator.builder()
                .imports(1000)
                .importDuration(importDuration)
                .build()) {
            out.println("A simulated index with 1,000 past imports. Three new ones are started.");
            simulator.enqueue(Fault.throttled(Duration.ofSeconds(1)).on("GET", "/bulk/imports"));
            with(
                    simulator.indexHost(),
                    simulator.apiKey(),
                    imports -> startAndWatch(imports).then(firstTen(imports)));
        }
    }

    /** An index of the user's own. */
    void readOnly(String host, String key) {
        out.println("The index that PINECONE_INDEX_HOST names. Nothing is started.");
        with(host, key, this::firstTen);
    }

    private void with(String host, String key, Function<ReactiveImportsApi, Mono<Void>> program) {
        try (ReactiveImportsApi imports = ReactiveImportsApi.builder(host, key)
                .pollSpec(PollSpec.adaptive(Duration.ofMillis(200), Duration.ofSeconds(1)))
                .listener(board)
                .build()) {
            program.apply(imports).block();
        }
    }

    private Mono<Void> startAndWatch(ReactiveImportsApi imports) {
        RunImportsSpec spec = RunImportsSpec.maxInProgress(SOURCES.size()).onObservation(board::show);
        return imports.runImports(Flux.fromIterable(SOURCES).map(StartImportRequest::of), spec)
                .then(Mono.fromRunnable(board::finish));
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
