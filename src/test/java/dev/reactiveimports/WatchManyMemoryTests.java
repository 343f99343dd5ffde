package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Ten thousand watched imports for an hour, in a JVM of its own that has 64 MB. */
class WatchManyMemoryTests {

    private static final int WATCHED = 10_000;
    private static final int LISTED = 20_000;

    @Test
    void tenThousandImportsAreWatchedForAnHourIn64Megabytes() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        WatchManyMemoryTests.class.getName())
                .redirectErrorStream(true)
                .start();
        try {
            assertThat(process.waitFor(50, TimeUnit.SECONDS)).isTrue();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(output).contains("completed=true").contains("ended=" + WATCHED);
        } finally {
            process.destroyForcibly();
        }
    }

    /** Every import makes progress with every second and ends within the hour; listings are made up as they are asked for. */
    public static void main(String[] args) {
        WatchClock time = new WatchClock();
        int[] counts = new int[3];
        boolean[] completed = new boolean[1];
        WatchMany watch = new WatchMany(
                id -> Mono.fromSupplier(() -> at(Integer.parseInt(id), time.seconds())),
                token -> Mono.fromSupplier(() -> page(token == null ? 0 : Integer.parseInt(token), time.seconds())),
                PollSpec.adaptive().scheduler(time),
                (id, failure) -> false,
                new ImportsListener() {
                    @Override
                    public void onPoll(Poll poll) {
                        counts[1]++;
                        counts[2] += poll.requests();
                    }
                });
        watch.watchImports(Flux.range(0, WATCHED).map(i -> "" + i))
                .subscribe(
                        seen -> counts[0] += seen.isTerminal() ? 1 : 0,
                        Throwable::printStackTrace,
                        () -> completed[0] = true);
        for (int second = 0; second < 3900; second++) {
            time.forward(Duration.ofSeconds(1));
        }
        System.out.println(
                "completed=" + completed[0] + " ended=" + counts[0] + " ticks=" + counts[1] + " requests=" + counts[2]);
    }

    private static ImportPage page(int from, long seconds) {
        var items =
                IntStream.range(from, from + 100).mapToObj(i -> at(i, seconds)).toList();
        return new ImportPage(items, from + 100 < LISTED ? "" + (from + 100) : null);
    }

    private static ImportOperation at(int i, long seconds) {
        double percent = 100.0 * seconds / (60 + i * 3500.0 / LISTED * 2 % 3500);
        return percent < 100
                ? WatchedService.running("" + i, percent)
                : ImportOperation.of("" + i, ImportStatus.COMPLETED);
    }
}
