package dev.reactiveimports;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import reactor.core.publisher.Flux;

/** A million observations of a thousand imports, of which only the first of each is a change. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class StatusChangeBenchmark {

    private static final int OBSERVATIONS = 1_000_000;
    private static final int IMPORTS = 1_000;
    private static final int TICKS = 10;

    private final ImportOperation[] observations = new ImportOperation[OBSERVATIONS];

    public StatusChangeBenchmark() {
        ImportOperation[][] ticks = new ImportOperation[TICKS][IMPORTS];
        for (ImportOperation[] tick : ticks) {
            for (int i = 0; i < IMPORTS; i++) {
                // ids that are equal and not the same, as two answers have them
                tick[i] = ImportOperation.of("import-" + (1_000_000 + i), ImportStatus.IN_PROGRESS);
            }
        }
        for (int i = 0; i < OBSERVATIONS; i++) {
            observations[i] = ticks[i / IMPORTS % TICKS][i % IMPORTS];
        }
    }

    @Benchmark
    @OperationsPerInvocation(OBSERVATIONS)
    public ImportStatusChange unchanged() {
        return Flux.fromArray(observations)
                .transform(ImportStatusChange::detect)
                .blockLast();
    }

    /** What passing them on costs without looking at them. */
    @Benchmark
    @OperationsPerInvocation(OBSERVATIONS)
    public ImportOperation passedOn() {
        return Flux.fromArray(observations)
                .filter(operation -> operation.id() != null)
                .blockLast();
    }
}
