package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A hundred thousand runs against a service that is done at once, in a JVM of its own that has 64 MB. */
class RunManyMemoryTests {

    private static final int RUNS = 100_000;
    private static final int AT_ONCE = 1_000;

    @Test
    void aHundredThousandRunsNeedNoMoreMemoryThanTheFirst() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        RunManyMemoryTests.class.getName())
                .redirectErrorStream(true)
                .start();
        try {
            assertThat(process.waitFor(50, TimeUnit.SECONDS)).isTrue();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(output).contains("completed=true").contains("runs=" + RUNS);
            assertThat(Long.parseLong(output.replaceAll("(?s).*grownByKB=(-?\\d+).*", "$1")))
                    .isLessThan(4_000);
        } finally {
            process.destroyForcibly();
        }
    }

    /**
     * Says how much the heap has grown between a tenth of the runs and all of them, and the CPU of one.
     *
     * @param args {@code hand} for a start and a watch for each, composed by hand
     */
    public static void main(String[] args) {
        RunService service = new RunService();
        int[] counts = new int[2];
        long[] used = new long[2];
        boolean[] completed = new boolean[1];
        service.starting = request -> {
            service.posts.clear();
            return Mono.just("i" + counts[1]++);
        };
        service.describing = id -> Mono.just(ImportOperation.of(id, ImportStatus.COMPLETED));
        Flux<StartImportRequest> requests = Flux.range(0, RUNS).map(i -> StartImportRequest.of("s3://b/" + i));
        long before = cpu();
        (args.length > 0 ? byHand(service, requests) : service.run(requests, RunImportsSpec.maxInProgress(AT_ONCE)))
                .subscribe(
                        run -> {
                            if (++counts[0] == RUNS / 10) {
                                used[0] = heap();
                            } else if (counts[0] == RUNS) {
                                used[1] = heap();
                            }
                        },
                        Throwable::printStackTrace,
                        () -> completed[0] = true);
        service.forward(600);
        System.out.println("completed=" + completed[0] + " runs=" + counts[0] + " grownByKB="
                + (used[1] - used[0]) / 1024 + " cpuMicrosPerRun=" + (cpu() - before) / 1000 / RUNS);
    }

    private static Flux<ImportOperation> byHand(RunService service, Flux<StartImportRequest> requests) {
        return requests.flatMap(
                request -> service.start(request)
                        .flatMapMany(id -> service.defaults().poll(service.describing.apply(id)))
                        .last(),
                AT_ONCE);
    }

    private static long cpu() {
        return java.lang.management.ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static long heap() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
