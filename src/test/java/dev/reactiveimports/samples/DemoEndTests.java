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

    private static final int SECONDS_TO_END = 20;

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
            List<Thread> others = daemons(group)
                    .filter(thread -> !isIdleTimer(thread.getName()))
                    .toList();
            assertThat(others).noneMatch(DemoEndTests::isLooping);
            for (Thread ended : others) {
                ended.join(SECONDS_TO_END * 1_000);
            }
            assertThat(others).noneMatch(Thread::isAlive);
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
    private static Stream<Thread> daemons(ThreadGroup group) {
        Thread[] threads = new Thread[100];
        return Stream.of(Arrays.copyOf(threads, group.enumerate(threads))).filter(Thread::isDaemon);
    }

    /** Not one whose loop has ended, and whose thread takes a moment to end, too: on a busy machine that moment may be long. */
    private static boolean isLooping(Thread thread) {
        return Stream.of(thread.getStackTrace())
                .anyMatch(frame -> frame.getClassName().endsWith("EventLoop")
                        && frame.getMethodName().equals("run"));
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
