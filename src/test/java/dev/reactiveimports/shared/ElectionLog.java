package dev.reactiveimports.shared;

import dev.reactiveimports.shared.Cluster.Replica;
import dev.reactiveimports.shared.DatabaseLink.Fate;
import java.time.Duration;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import reactor.core.publisher.Mono;

/** A program of its own, since loggers are bound once: goes through every decision of an election, and prints what is logged. */
final class ElectionLog {

    private static final long LEASE = Cluster.LEASE.toSeconds();

    private ElectionLog() {}

    public static void main(String[] args) {
        Logger root = Logger.getLogger("");
        for (Handler handler : root.getHandlers()) {
            root.removeHandler(handler);
        }
        Handler console = new ConsoleHandler();
        console.setLevel(Level.ALL);
        console.setFormatter(new Formatter() {
            @Override
            public String format(LogRecord line) {
                String failure =
                        line.getThrown() == null ? "" : " | " + line.getThrown().toString();
                return line.getLevel() + " " + formatMessage(line) + failure + "\n";
            }
        });
        Logger logger = Logger.getLogger("dev.reactiveimports.shared");
        logger.addHandler(console);
        logger.setLevel(Level.ALL);
        everyDecision();
    }

    private static void title(String title) {
        System.err.println("=== " + title);
    }

    private static void everyDecision() {
        Cluster cluster = new Cluster(1);
        title("joined");
        Replica first = cluster.replica().join();
        cluster.run(1);
        title("follows");
        Replica second = cluster.replica().join();
        cluster.run(1);
        title("renews");
        cluster.run(LEASE / 2);
        title("stopped");
        first.process.pause();
        cluster.run(2 * LEASE);
        title("wakes up");
        first.process.resume(cluster.random);
        cluster.run(1);
        title("database");
        second.link.fate = () -> Fate.FAILS_BEFORE;
        cluster.run(LEASE);
        title("forced");
        second.link.fate = () -> Fate.DONE;
        cluster.run(2 * LEASE);
        cluster.expireLease();
        cluster.database
                .acquire("imports", ImportsStore.POLLER, "an operator", Cluster.LEASE)
                .block();
        cluster.run(LEASE);
        title("again");
        cluster.run(2 * LEASE);
        title("consumer");
        first.shared
                .consume(
                        "mail",
                        change -> Mono.delay(Duration.ofSeconds(5), first.process)
                                .then(Mono.error(new IllegalArgumentException("poison"))))
                .subscribe(change -> {}, failure -> {});
        cluster.service.add("a");
        first.watch("a");
        cluster.run(2);
        title("consumer waits");
        second.shared.consume("mail", change -> Mono.never()).subscribe(change -> {}, failure -> {});
        cluster.run(1);
        title("consumer fails");
        cluster.run(60);
        title("closed");
        first.shared.disposeLater().subscribe();
        second.shared.disposeLater().subscribe();
        cluster.run(1);
        title("end");
        first.imports.close();
        second.imports.close();
    }
}
