package dev.reactiveimports.samples;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A replica's process, which is killed and started again. */
final class SharedDemoProcess implements AutoCloseable {

    private final String name;
    private final int imports;
    private final Map<String, String> environment;
    private final SharedDemoLedger ledger;
    private @Nullable Process process;
    private @Nullable Thread reader;
    private boolean closed;

    SharedDemoProcess(String name, int imports, Map<String, String> environment, SharedDemoLedger ledger) {
        this.name = name;
        this.imports = imports;
        this.environment = environment;
        this.ledger = ledger;
    }

    String name() {
        return name;
    }

    /** Starts it; it knows nothing of the one before. */
    synchronized void start() {
        if (closed) {
            return;
        }
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        SharedDemoReplica.class.getName(),
                        name,
                        Integer.toString(imports))
                .redirectErrorStream(true);
        builder.environment().putAll(environment);
        ledger.started(name);
        try {
            Process started = builder.start();
            process = started;
            reader = new Thread(() -> read(started), "demo-" + name);
            reader.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As {@code kill -9}: nothing is given back. Returns when all that it had written is in the ledger. */
    void kill() {
        Process running;
        Thread reading;
        synchronized (this) {
            running = process;
            reading = reader;
            process = null;
            reader = null;
        }
        if (running == null || reading == null) {
            return;
        }
        try {
            running.destroyForcibly().waitFor();
            reading.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        kill();
    }

    private void read(Process started) {
        List<String> others = new ArrayList<>();
        try (BufferedReader in = started.inputReader(StandardCharsets.UTF_8);
                PrintStream replies = new PrintStream(started.getOutputStream(), true, StandardCharsets.UTF_8)) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                accept(line, replies, others);
            }
        } catch (IOException e) {
            others.add(e.toString());
        }
        reportUnlessKilled(started, others);
    }

    private void accept(String line, PrintStream replies, List<String> others) {
        try {
            String reply = ledger.accept(name, line);
            if (reply != null) {
                replies.println(reply);
            }
        } catch (IllegalArgumentException e) {
            others.add(line); // of the JVM or a library
        }
    }

    private synchronized void reportUnlessKilled(Process started, List<String> others) {
        if (started == process) {
            ledger.fault(name + " ended by itself: " + String.join("\n  ", others));
        }
    }

    /** The class path of this JVM, or that of the class loader that a build tool has made for it. */
    static String classPath() {
        if (Thread.currentThread().getContextClassLoader() instanceof URLClassLoader loader) {
            return Stream.of(loader.getURLs())
                    .map(url -> Path.of(URI.create(url.toString())).toString())
                    .collect(Collectors.joining(File.pathSeparator));
        }
        return System.getProperty("java.class.path");
    }
}
