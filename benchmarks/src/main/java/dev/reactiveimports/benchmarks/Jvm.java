package dev.reactiveimports.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A process of this class path: its lines in, its lines out. Closing it ends it. */
final class Jvm implements AutoCloseable {

    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    private final Process process;
    private final BufferedReader out;
    private final PrintStream in;

    private Jvm(List<String> flags, Class<?> main, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(JAVA));
        command.addAll(flags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        out = new BufferedReader(new InputStreamReader(process.getInputStream()));
        in = new PrintStream(process.getOutputStream(), true);
    }

    static Jvm server() throws IOException {
        return new Jvm(List.of("-Xmx256m"), PageServer.class, List.of());
    }

    static Jvm worker(String client, int port, String... flags) throws IOException {
        return new Jvm(List.of(flags), Worker.class, List.of(client, "" + port));
    }

    static Jvm cold(String client, int port, boolean warmup) throws IOException {
        return new Jvm(
                List.of(), ColdStart.class, warmup ? List.of(client, "" + port, "warmup") : List.of(client, "" + port));
    }

    /** What a server says first. */
    int port() throws IOException {
        return Integer.parseInt(line());
    }

    /** What a server is to serve from now on. */
    void serve(int pages, int delayMillis, boolean running) throws IOException {
        in.println(pages + " " + delayMillis + " " + (running ? 1 : 0));
        line();
    }

    Sample run(String job) throws IOException {
        in.println(job);
        return Sample.parse(line());
    }

    /** Ended if it takes longer, as it does when it collects garbage all the time. */
    Sample runWithin(int seconds, String job) throws IOException {
        CompletableFuture.delayedExecutor(seconds, TimeUnit.SECONDS).execute(process::destroyForcibly);
        return run(job);
    }

    /** The next answer; what the JVM itself has to say is passed over. */
    String line() throws IOException {
        String line;
        do {
            line = out.readLine();
            if (line == null) {
                throw new IOException("a JVM ended early");
            }
        } while (!line.matches("ok|\\d.*"));
        return line;
    }

    @Override
    public void close() {
        in.close();
        try {
            if (!process.waitFor(2, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
