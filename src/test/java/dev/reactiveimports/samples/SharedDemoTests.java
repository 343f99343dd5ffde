package dev.reactiveimports.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole demo, as a process of its own: a PostgreSQL, a simulator, three replicas, and kills; with demo.seconds, for longer. */
@Tag("shared")
@Timeout(1200)
class SharedDemoTests {

    private final List<String> printed = new ArrayList<>();
    private final Path folder;
    private final Process demo;

    SharedDemoTests(@TempDir Path folder) throws IOException {
        this.folder = folder;
        demo = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Ddemo.seconds=" + Integer.getInteger("demo.seconds", 12),
                        "-Djava.io.tmpdir=" + folder,
                        "-cp",
                        System.getProperty("java.class.path"),
                        SharedDemo.class.getName())
                .redirectErrorStream(true)
                .start();
    }

    @AfterEach
    void stop() throws IOException {
        demo.destroyForcibly();
        database().ifPresent(ProcessHandle::destroy);
    }

    @Test
    void nothingIsLostOrStartedTwiceAndNoProcessIsLeft() throws IOException, InterruptedException {
        readUntil(" polls");
        List<ProcessHandle> processes = processes();
        readUntil("NOTHING STARTED TWICE");
        System.out.println(String.join("\n", printed.subList(printed.size() - 3, printed.size())));
        assertThat(demo.waitFor()).as("exit status, printed %s", printed).isZero();
        assertThat(printed).anyMatch(line -> line.contains("KILL")).anyMatch(line -> line.contains("NOTHING LOST"));
        assertEnded(processes);
        assertThat(folder).isDirectoryNotContaining("glob:**/reactive-imports-demo*");
    }

    @Test
    void aSignalEndsAllProcesses() throws IOException, InterruptedException {
        readUntil(" polls");
        List<ProcessHandle> processes = processes();
        demo.destroy();
        assertThat(demo.waitFor()).isNotZero();
        assertEnded(processes);
        assertThat(folder).isDirectoryNotContaining("glob:**/reactive-imports-demo*");
    }

    @Test
    void theReplicasEndWithADemoThatIsKilled() throws IOException, InterruptedException {
        readUntil(" polls");
        List<ProcessHandle> replicas = demo.children().toList();
        demo.destroyForcibly().waitFor();
        assertEnded(replicas);
    }

    /** The replicas and the database, whose process is not a child of the demo's. */
    private List<ProcessHandle> processes() throws IOException {
        List<ProcessHandle> processes = new ArrayList<>(demo.children().toList());
        assertThat(processes).hasSize(3);
        processes.add(database().orElseThrow());
        return processes;
    }

    private Optional<ProcessHandle> database() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            Optional<Path> file = files.map(path -> path.resolve("data").resolve("postmaster.pid"))
                    .filter(Files::exists)
                    .findFirst();
            return file.isEmpty()
                    ? Optional.empty()
                    : ProcessHandle.of(
                            Long.parseLong(Files.readAllLines(file.get()).get(0).strip()));
        }
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
