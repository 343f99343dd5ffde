package dev.reactiveimports;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.reactiveimports.benchmarks.Pages;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A page of bytes becomes records. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CodecBenchmark {

    private final byte[] page = Pages.body(0).getBytes(UTF_8);

    @Benchmark
    @OperationsPerInvocation(Pages.ITEMS)
    public ImportPage decodePage() {
        return JsonCodec.decodePage(page, 0, page.length);
    }
}
