package dev.reactiveimports.benchmarks;

import java.util.Collection;
import java.util.Locale;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** What runs inside one JVM, by JMH. */
final class Micro {

    private Micro() {}

    static void run(Plan plan, Report report) throws RunnerException {
        Options options = new OptionsBuilder()
                .include("dev\\.reactiveimports\\.\\w+Benchmark\\.")
                .forks(plan.pick(1, 3))
                .warmupIterations(plan.pick(2, 4))
                .measurementIterations(plan.pick(3, 5))
                .warmupTime(TimeValue.seconds(1))
                .measurementTime(TimeValue.seconds(1))
                .addProfiler(GCProfiler.class)
                .verbosity(VerboseMode.SILENT)
                .build();
        Collection<RunResult> results = new Runner(options).run();
        report.title("Inside one JVM (JMH)", "An item, or an observation; 99.9 % confidence.");
        report.table("benchmark", "ns", "bytes");
        for (RunResult result : results) {
            String name = result.getParams().getBenchmark().replaceAll(".*\\.(\\w+)Benchmark\\.", "$1: ");
            double nanos = result.getPrimaryResult().getScore();
            double bytes = bytes(result);
            report.row(
                    name,
                    String.format(
                            Locale.ROOT,
                            "%.1f ± %.1f",
                            nanos,
                            result.getPrimaryResult().getScoreError()),
                    String.format(Locale.ROOT, "%.1f", bytes));
            if (name.contains("unchanged")) {
                report.atMost("detecting that nothing changed, ns", nanos, 60);
                // the profiler of JMH allocates a little itself
                report.atMost("detecting that nothing changed, bytes", bytes, 0.5);
            }
        }
    }

    private static double bytes(RunResult result) {
        Result<?> norm = result.getSecondaryResults().get("gc.alloc.rate.norm");
        return norm == null ? Double.NaN : norm.getScore();
    }
}
