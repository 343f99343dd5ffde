package dev.reactiveimports.samples;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Flux;

/**
 * One Kafka node, broker and controller in one (KRaft), on loopback, as a process of its own: so that the broker is needed
 * on the class path in the profile that runs it, and not to compile what uses it.
 */
final class KafkaBroker implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(60);

    private final Process process;
    private final int port;

    private KafkaBroker(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    static KafkaBroker start(Path folder) throws IOException, InterruptedException {
        int port = freePort();
        int controllerPort = freePort();
        Path settings = Files.write(
                folder.resolve("server.properties"),
                List.of(
                        "process.roles=broker,controller",
                        "node.id=1",
                        "controller.quorum.voters=1@127.0.0.1:" + controllerPort,
                        "listeners=PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort,
                        "controller.listener.names=CONTROLLER",
                        "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
                        "log.dirs=" + folder.resolve("log"),
                        "num.partitions=3",
                        "offsets.topic.num.partitions=1",
                        "offsets.topic.replication.factor=1",
                        "group.initial.rebalance.delay.ms=0"));
        // an id is 16 bytes
        String cluster = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString("reactive-imports".getBytes(StandardCharsets.US_ASCII));
        Path output = folder.resolve("output.txt");
        Process format = java(output, "kafka.tools.StorageTool", "format", "-t", cluster, "-c", settings.toString());
        if (format.waitFor() != 0) {
            throw new IllegalStateException(Files.readString(output));
        }
        KafkaBroker broker = new KafkaBroker(java(output, "kafka.Kafka", settings.toString()), port);
        Flux.interval(Duration.ofMillis(100))
                .takeUntil(i -> broker.answers() || !broker.process.isAlive())
                .blockLast(START);
        if (!broker.process.isAlive()) {
            throw new IllegalStateException(Files.readString(output));
        }
        return broker;
    }

    String address() {
        return "127.0.0.1:" + port;
    }

    @Override
    public void close() {
        kill();
    }

    void kill() {
        process.destroyForcibly();
        try {
            process.waitFor(START.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean answers() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    private static Process java(Path output, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
                .start();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
