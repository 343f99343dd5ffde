package dev.reactiveimports;

import static java.util.stream.Collectors.joining;

import java.util.Collection;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import reactor.blockhound.BlockHound;
import reactor.blockhound.BlockingOperationError;

/** What blocked a thread that must not be blocked, with the way there. BlockHound is installed when this class is used. */
public final class Blocked {

    private static final Queue<String> CALLS = new ConcurrentLinkedQueue<>();

    /** Whether what blocks fails there and then, as it does where BlockHound has its defaults. */
    private static volatile boolean failing;

    static {
        BlockHound.install(builder -> builder.blockingMethodCallback(method -> {
            CALLS.add(Stream.of(new Throwable().getStackTrace())
                    .map(frame -> "\n  " + frame)
                    .collect(joining("", method.toString(), "\n")));
            if (failing) {
                throw new BlockingOperationError(method);
            }
        }));
    }

    private Blocked() {}

    /** {@return the calls since the last {@link #clear}} */
    public static Collection<String> calls() {
        return CALLS;
    }

    /** Forgets them. */
    public static void forget() {
        CALLS.clear();
    }

    /** Forgets them, and lets those to come go on. */
    public static void clear() {
        failing = false;
        CALLS.clear();
    }

    /** From now on what blocks fails, until {@link #clear}. */
    public static void fails() {
        failing = true;
    }

    /** Blocks, for a test of the test. */
    public static void blockAMoment() {
        try {
            new CountDownLatch(1).await(1, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
