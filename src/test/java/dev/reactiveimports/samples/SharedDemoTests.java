package dev.reactiveimports.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The whole demo, as a process of its own: a PostgreSQL, a simulator, three replicas, and kills. */
@Tag("shared")
@Timeout(300)
class SharedDemoTests {

    private final List<String> printed = new ArrayList<>();
    private final Process demo;

    SharedDemoTests() throws IOException {
        demo = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Ddemo.seconds=12",
                        "-Djava.io.tmpdir=target",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SharedDemo.class.getName())
                .redirectErrorStream(true)
                .start();
    }

    @AfterEach
    void stop() {
        demo.destroyForcibly();
    }

    @Test
    void nothingIsLostOrStartedTwiceAndNoProcessIsLeft() throws IOException, InterruptedException {
        readUntil(" polls");
        List<ProcessHandle> children = demo.descendants().toList();
        readUntil("NOTHING STARTED TWICE");
        assertThat(demo.waitFor()).as("exit status, printed %s", printed).isZero();
        assertThat(printed).anyMatch(line -> line.contains("KILL")).anyMatch(line -> line.contains("NOTHING LOST"));
        assertEnded(children);
    }

    @Test
    void aSignalEndsAllProcesses() throws IOException, InterruptedException {
        readUntil(" polls");
        List<ProcessHandle> children = demo.descendants().toList();
        assertThat(children).hasSizeGreaterThan(3);
        demo.destroy();
        assertThat(demo.waitFor()).isNotZero();
        assertEnded(children);
    }

    @Test
    void theReplicasEndWithAKilledDemo() throws IOException, InterruptedException {
        readUntil(" polls");
        List<ProcessHandle> replicas = demo.descendants()
                .filter(process ->
                        process.info().commandLine().orElse("").contains(SharedDemoReplica.class.getSimpleName()))
                .toList();
        List<ProcessHandle> others = demo.descendants().toList();
        assertThat(replicas).hasSize(3);
        demo.destroyForcibly().waitFor();
        assertEnded(replicas);
        others.forEach(ProcessHandle::destroy); // the database's
    }

    private void readUntil(String text) throws IOException {
        BufferedReader in = demo.inputReader(StandardCharsets.UTF_8);
        String line;
        do {
            line = in.readLine();
            assertThat(line).as("after %s", printed).isNotNull();
            printed.add(line);
        } while (!line.contains(text));
    }

    private static void assertEnded(List<ProcessHandle> processes) {
        assertThat(processes)
                .allSatisfy(process -> assertThat(process.onExit())
                        .as("process of %s", process.info().command())
                        .succeedsWithin(30, TimeUnit.SECONDS));
    }
}
