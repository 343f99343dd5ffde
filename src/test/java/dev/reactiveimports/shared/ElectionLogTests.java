package dev.reactiveimports.shared;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Each decision of an election is one line at debug level, with its reason; renewals are lines at trace level. */
class ElectionLogTests {

    private static final String POLLER = "watch imports: lease of the poller ";
    private static final String CONSUMER = "watch imports: lease of consumer mail ";

    @Test
    void everyDecisionIsOneLineWithItsReason() throws IOException, InterruptedException {
        String said = run();
        assertThat(part(said, "joined"))
                .containsPattern("FINE watch imports: replica [0-9a-f-]{36} joins the election")
                .containsPattern("FINE " + POLLER + "acquired, StoreLease\\[.*epoch=\\d+, position=0-0]");
        assertThat(part(said, "follows")).contains("FINE " + POLLER + "not acquired: another holder has it");
        assertThat(part(said, "renews")).containsPattern("FINEST " + POLLER + "renewed, epoch \\d+");
        assertThat(part(said, "wakes up"))
                .containsPattern("FINE " + POLLER + "lost, epoch \\d+: its duration has passed\n");
        assertThat(part(said, "database"))
                .containsPattern("FINE " + POLLER + "given up, epoch \\d+: the store failed \\| .*connection lost")
                .containsPattern("FINE " + POLLER + "not acquired: the store failed \\| .*connection lost");
        assertThat(part(said, "forced"))
                .containsPattern("FINE " + POLLER + "lost, epoch \\d+: another holder has it\n");
        assertThat(part(said, "consumer")).containsPattern("FINE " + CONSUMER + "acquired, StoreLease\\[.*name=mail,");
        assertThat(part(said, "consumer waits")).contains("FINE " + CONSUMER + "not acquired: another holder has it");
        assertThat(part(said, "consumer fails"))
                .containsPattern("FINE " + CONSUMER + "given up, epoch \\d+: the handler failed \\| .*: poison\n")
                .containsPattern("FINE " + CONSUMER + "acquired, ");
        assertThat(part(said, "closed"))
                .containsPattern("FINE " + POLLER + "given back, epoch \\d+\n")
                .containsPattern("FINE " + CONSUMER + "given back, epoch \\d+\n");
        assertThat(said.lines().filter(line -> !line.startsWith("==="))).allMatch(line -> line.startsWith("FINE"));
    }

    private static String part(String said, String title) {
        return said.split("=== " + title + "\n", 2)[1].split("=== ", 2)[0];
    }

    /** Without an SLF4J binding, which swallows all, Reactor logs to the JDK. */
    private static String run() throws IOException, InterruptedException {
        String classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !Path.of(entry).getFileName().toString().startsWith("slf4j-"))
                .collect(Collectors.joining(File.pathSeparator));
        Process program = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dreactor.logging.fallback=JDK",
                        "-cp",
                        classPath,
                        ElectionLog.class.getName())
                .redirectErrorStream(true)
                .start();
        try {
            String said = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(program.waitFor(50, TimeUnit.SECONDS)).isTrue();
            return said;
        } finally {
            program.destroyForcibly();
        }
    }
}
