package dev.reactiveimports.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Runs the demo as {@code exec:java} does: with classes of its own, in a group of threads of its own. The classes go away when
 * it returns, so an event loop that ends later may miss one, and the build fails.
 */
class DemoEndTests {

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    @Test
    void noEventLoopOutlivesTheDemo() throws Exception {
        ThreadGroup group = new ThreadGroup("demo");
        try (URLClassLoader classes = new URLClassLoader(classPath(), ClassLoader.getPlatformClassLoader())) {
            Thread demo = new Thread(group, () -> run(classes), "demo-main");
            demo.setContextClassLoader(classes);
            demo.start();
            demo.join();
            assertThat(printed.toString(StandardCharsets.UTF_8)).contains("10 imports read");
            assertThat(daemons(group)).allMatch(DemoEndTests::isIdleTimer);
        }
    }

    private void run(ClassLoader classes) {
        try {
            Method run =
                    classes.loadClass(Demo.class.getName()).getDeclaredMethod("run", PrintStream.class, Duration.class);
            run.setAccessible(true);
            run.invoke(null, new PrintStream(printed, true, StandardCharsets.UTF_8), Duration.ofMillis(300));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The shared ones of Reactor and the JDK wait for work that no longer comes. */
    private static boolean isIdleTimer(String thread) {
        return Stream.of(
                        "parallel-",
                        "boundedElastic-evictor-",
                        "reactor-netty-pool-maintenance-",
                        "CompletableFutureDelayScheduler")
                .anyMatch(thread::startsWith);
    }

    /** {@code exec:java} waits for all others. */
    private static List<String> daemons(ThreadGroup group) {
        Thread[] threads = new Thread[100];
        return Stream.of(Arrays.copyOf(threads, group.enumerate(threads)))
                .filter(Thread::isDaemon)
                .map(Thread::getName)
                .toList();
    }

    private static URL[] classPath() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(DemoEndTests::url)
                .toArray(URL[]::new);
    }

    private static URL url(String entry) {
        try {
            return Path.of(entry).toUri().toURL();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
