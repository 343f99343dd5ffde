package dev.reactiveimports.samples;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Three replicas of a service, each a process, run the same imports and share one watch on a PostgreSQL, while every few seconds one of them is killed and
 * started again. Prints who polls and what each of them sees, and at the end whether a change was lost, or an import started
 * twice. Starts a PostgreSQL for itself, or uses the one of {@code R2DBC_URL}, in a schema of its own.
 */
public final class SharedDemo implements AutoCloseable {

    private static final Duration TICK = Duration.ofMillis(100);
    private static final Duration FEW = Duration.ofSeconds(20);
    private static final Duration LONG = Duration.ofSeconds(90);
    private static final int IMPORTS_A_SECOND = 3;
    private static final int MOST_IMPORTS = 300;
    private static final String UNSENT =
            ", the others UNKNOWN, since their senders were killed before they sent the requests";
    private static final String NOBODY = "nobody";
    private static final int TICKS_BETWEEN_SUMMARIES = 20;

    private final PrintStream out;
    private final long begun = System.nanoTime();
    private final SharedDemoLedger ledger = new SharedDemoLedger();
    private final SharedDemoIndex index;
    private final List<String> uris;
    private final Duration howLong;
    private final List<SharedDemoProcess> replicas = new ArrayList<>();
    private final Random random = new Random();
    private @Nullable SharedDemoDatabase database;
    private boolean closed;
    private String poller = NOBODY;
    private int kills;
    private int killsOfPoller;

    /** As many imports, of such a duration, that they last as long as the kills. */
    SharedDemo(PrintStream out, Duration howLong) {
        this.out = out;
        this.howLong = howLong;
        int imports = (int) Math.max(1, Math.min(MOST_IMPORTS, IMPORTS_A_SECOND * howLong.toSeconds()));
        this.uris = SharedDemoIndex.uris(imports);
        Duration slot = howLong.multipliedBy(SharedDemoReplica.IN_PROGRESS).dividedBy(imports);
        this.index = new SharedDemoIndex(slot.multipliedBy(2).dividedBy(3)); // it is free for a while after each kill
    }

    /**
     * Runs it for the seconds of the system property {@code demo.seconds}, 20 by default, and exits with 0 if nothing was lost and
     * nothing started twice.
     *
     * @param arguments none
     */
    public static void main(String[] arguments) {
        Duration howLong = Duration.ofSeconds(Integer.getInteger("demo.seconds", 20));
        SharedDemo demo = new SharedDemo(System.out, howLong);
        Runtime.getRuntime().addShutdownHook(new Thread(demo::close));
        int status = 1;
        try {
            status = demo.run(System.getenv("R2DBC_URL")) ? 0 : 1;
        } catch (RuntimeException e) {
            demo.say("FAILED: " + e);
        }
        System.exit(status); // which closes the demo
    }

    /** Returns whether nothing was lost and nothing started twice. */
    boolean run(@Nullable String url) {
        open(url);
        watchAndKill();
        say("no more kills: waiting for the imports that run");
        if (!until(FEW, this::isSettled)) {
            say(
                    "still waiting: for a request whose sender was killed before the response, the listing is searched after 40 s");
            untilNothingChanges();
        }
        return verdict(truth());
    }

    /** A signal to this process waits until what was begun here can be ended. */
    private synchronized void open(@Nullable String url) {
        if (closed) {
            throw new IllegalStateException("closed");
        }
        say("opening " + (url == null ? "an embedded PostgreSQL" : "the PostgreSQL of R2DBC_URL"));
        SharedDemoDatabase opened = SharedDemoDatabase.open(url);
        database = opened;
        opened.create();
        Map<String, String> environment = new HashMap<>(index.environment());
        environment.put("R2DBC_URL", opened.url());
        environment.put("DEMO_SCHEMA", opened.schema());
        environment.put("CLASSPATH", SharedDemoProcess.classPath());
        for (String name : List.of("a", "b", "c")) {
            replicas.add(new SharedDemoProcess(name, uris.size(), environment, ledger));
        }
        say("tables created; replicas a, b and c are started, and each is given all %d imports to run"
                .formatted(uris.size()));
        replicas.forEach(SharedDemoProcess::start);
    }

    private void watchAndKill() {
        until(LONG, () -> !poller.equals(NOBODY));
        long end = System.nanoTime() + howLong.toNanos();
        while (System.nanoTime() < end) {
            Duration untilNext = Duration.ofMillis(2500 + random.nextInt(3000));
            until(untilNext, () -> false);
            SharedDemoProcess victim = replicas.get(random.nextInt(replicas.size()));
            kills++;
            killsOfPoller += victim.name().equals(poller) ? 1 : 0;
            say("KILL " + victim.name() + (victim.name().equals(poller) ? ", which polled" : ""));
            victim.kill();
            until(Duration.ofMillis(500), () -> false);
            victim.start();
        }
    }

    private SharedDemoTruth truth() {
        return new SharedDemoTruth(uris, index.imports(), index.posts());
    }

    private boolean isSettled() {
        SharedDemoTruth truth = truth();
        return truth.allHaveEnded() && ledger.faults(truth).isEmpty();
    }

    private void untilNothingChanges() {
        int missing = Integer.MAX_VALUE;
        while (!until(LONG, this::isSettled)) {
            int now = ledger.faults(truth()).size();
            if (now >= missing) {
                return;
            }
            missing = now;
        }
    }

    /** Watches who polls meanwhile. Returns whether the condition came true. */
    private boolean until(Duration longest, BooleanSupplier condition) {
        return Flux.interval(TICK, Schedulers.boundedElastic())
                .onBackpressureDrop()
                .doOnNext(this::show)
                .filter(tick -> condition.getAsBoolean())
                .takeUntilOther(Mono.delay(longest))
                .next()
                .hasElement()
                .blockOptional()
                .orElse(false);
    }

    private void show(long tick) {
        String now = index.poller();
        if (now != null && !now.equals(poller)) {
            say(now + " polls");
            poller = now;
        }
        if (tick % TICKS_BETWEEN_SUMMARIES == TICKS_BETWEEN_SUMMARIES - 1) {
            say(ledger.summary());
        }
    }

    private boolean verdict(SharedDemoTruth truth) {
        List<String> faults = ledger.faults(truth);
        int posts = truth.posts().values().stream().mapToInt(Integer::intValue).sum();
        say(ledger.summary());
        say("%d kills, %d of them of the replica that polled".formatted(kills, killsOfPoller));
        if (faults.isEmpty()) {
            say("NOTHING LOST: the ends of all %d imports reached the consumer and every replica; %s"
                    .formatted(truth.imports().size(), ledger.consumption()));
            say("NOTHING STARTED TWICE: %d URIs, %d POSTs%s"
                    .formatted(truth.uris().size(), posts, posts == truth.uris().size() ? "" : UNSENT));
        } else {
            faults.forEach(fault -> say("FAULT " + fault));
        }
        return faults.isEmpty();
    }

    private void say(String what) {
        out.printf(Locale.ROOT, "%5.1f s  %s%n", (System.nanoTime() - begun) / 1e9, what);
    }

    /** Ends the processes and removes what is in the database. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        replicas.forEach(SharedDemoProcess::close);
        index.close();
        if (database != null) {
            database.close();
        }
    }
}
