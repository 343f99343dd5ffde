package dev.reactiveimports;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Threads for tests that race. Daemons: they end with the tests. */
final class Racing {

    static final ExecutorService THREADS = Executors.newFixedThreadPool(2, task -> {
        Thread thread = new Thread(task, "racing");
        thread.setDaemon(true);
        return thread;
    });

    private Racing() {}
}
