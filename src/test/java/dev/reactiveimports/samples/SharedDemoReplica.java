package dev.reactiveimports.samples;

import dev.reactiveimports.ImportStatusChange;
import dev.reactiveimports.PollSpec;
import dev.reactiveimports.ReactiveImportsApi;
import dev.reactiveimports.RunImportsSpec;
import dev.reactiveimports.StartImportRequest;
import dev.reactiveimports.r2dbc.R2dbcImportsStore;
import dev.reactiveimports.shared.Cursor;
import dev.reactiveimports.shared.RecordedChange;
import dev.reactiveimports.shared.SharedImports;
import io.r2dbc.pool.ConnectionPool;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * One replica of {@link SharedDemo}, a process: runs imports, reports each change and outcome that it sees, and hands each change
 * that it consumes to the demo, which replies when it has written it down. It ends when the demo does.
 */
final class SharedDemoReplica {

    static final int IN_PROGRESS = 10;

    private final PrintStream out;
    private final Map<Cursor, Sinks.One<Cursor>> unconfirmed = new ConcurrentHashMap<>();

    private SharedDemoReplica(PrintStream out) {
        this.out = out;
    }

    /**
     * Runs until the standard input ends.
     *
     * @param arguments its name, and how many imports are to be run
     */
    public static void main(String[] arguments) throws IOException {
        Map<String, String> environment = System.getenv();
        ConnectionPool pool =
                SharedDemoDatabase.pool(required(environment, "R2DBC_URL"), required(environment, "DEMO_SCHEMA"));
        ReactiveImportsApi imports = ReactiveImportsApi.builder(
                        required(environment, "PINECONE_INDEX_HOST"), required(environment, "PINECONE_API_KEY"))
                .sourceTag(arguments[0])
                .build();
        SharedImports shared = SharedImports.builder(imports, R2dbcImportsStore.create(pool))
                .lease(Duration.ofSeconds(2))
                .pollSpec(PollSpec.adaptive(Duration.ofMillis(500), Duration.ofSeconds(1)))
                .build();
        new SharedDemoReplica(System.out).run(shared, SharedDemoIndex.uris(Integer.parseInt(arguments[1])));
    }

    private static String required(Map<String, String> environment, String name) {
        String value = environment.get(name);
        if (value == null) {
            throw new IllegalArgumentException(name + " must be set");
        }
        return value;
    }

    /** Each replica is given all imports to run, also one that was started again. */
    private void run(SharedImports shared, List<String> uris) throws IOException {
        shared.changes().subscribe(change -> report("seen", change), SharedDemoReplica::fail);
        shared.consume("demo", this::consume).subscribe(change -> {}, SharedDemoReplica::fail);
        Flux<StartImportRequest> requests = Flux.fromIterable(uris)
                .delayElements(Duration.ofMillis(20)) // so that a kill meets few of them while they are being sent
                .map(StartImportRequest::of);
        shared.runImports(requests, RunImportsSpec.maxInProgress(IN_PROGRESS))
                .subscribe(
                        run -> out.println("run " + run.request().uri() + " " + run.outcome()),
                        SharedDemoReplica::fail);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            Sinks.One<Cursor> confirmed = unconfirmed.remove(Cursor.decode(line));
            if (confirmed != null) {
                confirmed.tryEmitEmpty();
            }
        }
        Runtime.getRuntime().halt(0); // whoever started this process is gone: so no more needs to be given back
    }

    /** The effect of a change: here, a line in the demo's ledger. */
    private Mono<Cursor> consume(RecordedChange change) {
        return Mono.defer(() -> {
            Sinks.One<Cursor> confirmed = Sinks.one();
            unconfirmed.put(change.cursor(), confirmed);
            report("consumed", change);
            return confirmed.asMono();
        });
    }

    private void report(String what, RecordedChange recorded) {
        ImportStatusChange change = recorded.change();
        out.println(String.join(
                " ",
                what,
                recorded.cursor().encode(),
                change.id(),
                change.from() == null ? "-" : change.from().name(),
                change.to().name()));
    }

    private static void fail(Throwable failure) {
        failure.printStackTrace();
        Runtime.getRuntime().halt(1);
    }
}
