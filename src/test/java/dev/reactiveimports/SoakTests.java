package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reactiveimports.testing.Fault;
import dev.reactiveimports.testing.ImportsSimulator;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** A minute of everything at once, over a service that fails all the time. Prints one line of figures. */
@Tag("soak")
class SoakTests {

    private static final Duration LENGTH = Duration.ofSeconds(Integer.getInteger("soak.seconds", 60));
    private static final Duration BETWEEN_CALLS =
            Duration.ofNanos(Duration.ofSeconds(1).toNanos() / 155);
    private static final long SEED = Long.getLong("soak.seed", 20_261_123L);
    private static final int PAST_IMPORTS = 1000;
    private static final int KEPT_REQUESTS = 10_000;
    private static final int AT_ONCE = 500;
    private static final int MB = 1 << 20;

    private final ImportsSimulator simulator = ImportsSimulator.builder()
            .imports(PAST_IMPORTS)
            .importDuration(Duration.ofSeconds(3))
            .latency(Duration.ofMillis(5))
            .build();
    private final ReactiveImportsApi imports = ReactiveImportsApi.builder(simulator.indexHost(), simulator.apiKey())
            .attemptTimeout(Duration.ofSeconds(5))
            .retry(ImportsRetry.ofDefaults().minBackoff(Duration.ofMillis(50)).maxBackoff(Duration.ofSeconds(1)))
            .pollSpec(PollSpec.fixedInterval(Duration.ofSeconds(1)).jitter(0.2).maxConsecutiveFailures(20))
            .build();

    private final Random random = new Random(SEED);
    private final List<String> started = new CopyOnWriteArrayList<>();
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger failedCalls = new AtomicInteger();
    private final AtomicInteger faults = new AtomicInteger();
    private final AtomicInteger mostConnections = new AtomicInteger();

    @AfterEach
    void stop() {
        imports.close();
        simulator.close();
    }

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void everyEndIsSeenOnceByEveryWatcherAndNothingGrows() {
        warmUp();
        long heapBefore = heapInUse();
        List<String> threadsBefore = threads();
        long requestsBefore = simulator.requestCount();
        long begin = System.nanoTime();

        SoakWatchers watchers = new SoakWatchers(imports);
        load(watchers);
        double seconds = (System.nanoTime() - begin) / 1e9;
        long requests = simulator.requestCount() - requestsBefore;
        watchers.noMore();
        int all = PAST_IMPORTS + started.size();
        boolean over = Flux.interval(Duration.ofMillis(50))
                .map(tick -> watchers.isOver(all))
                .filter(Predicate.isEqual(true))
                .next()
                .block(Duration.ofMinutes(1));

        assertThat(over).isTrue();
        assertThat(watchers.failures()).as("watches that failed, seed " + SEED).isEmpty();
        assertThat(started)
                .hasSizeGreaterThan((int) LENGTH.toSeconds())
                .doesNotHaveDuplicates()
                .allSatisfy(id -> assertThat(watchers.ends(id)).as(id).isEqualTo("1 1 1 1"));
        assertThat(watchers.endedTwiceInTheIndex().collectList().block()).isEmpty();
        assertThat(imports.listImports().count().block())
                .as("imports in the index: none started twice, none lost")
                .isEqualTo(all);
        watchers.stop();
        long heapAfter = heapInUse();
        List<String> threadsAfter = threads();
        System.out.printf(
                "soak: %.0f s, %d requests (%.0f a second), %d faults, %d of %d calls failed in the end; %d imports seen to end"
                        + " once by each of %d watchers; heap %.1f -> %.1f MB, connections at most %d, threads %d -> %d%n",
                seconds,
                requests,
                requests / seconds,
                faults.get(),
                failedCalls.get(),
                calls.get(),
                started.size(),
                SoakWatchers.WAYS,
                (double) heapBefore / MB,
                (double) heapAfter / MB,
                mostConnections.get(),
                threadsBefore.size(),
                threadsAfter.size());
        assertThat(heapAfter - heapBefore).as("bytes the heap grew by").isLessThan(8 * MB);
        assertThat(threadsAfter).as("threads").hasSizeLessThanOrEqualTo(threadsBefore.size());
        assertThat(mostConnections).as("connections").hasValueBetween(1, 50);
        imports.close();
        assertThat(Await.until(simulator::activeConnections, Predicate.isEqual(0)))
                .isZero();
    }

    /** Until all code is hot, all threads are there, and the simulator keeps as many requests as it ever will. */
    private void warmUp() {
        Flux.range(0, KEPT_REQUESTS)
                .flatMap(n -> imports.describeImport(Integer.toString(1 + n % PAST_IMPORTS)), 8)
                .blockLast(Duration.ofMinutes(1));
        imports.listImports().blockLast();
        Flux.range(0, Schedulers.DEFAULT_POOL_SIZE)
                .flatMap(worker -> Mono.delay(Duration.ofMillis(1)))
                .blockLast(Duration.ofMinutes(1));
    }

    private void load(SoakWatchers watchers) {
        Flux.interval(BETWEEN_CALLS)
                .onBackpressureDrop()
                .take(LENGTH)
                .flatMap(n -> call(n, watchers), AT_ONCE)
                .blockLast(LENGTH.plusMinutes(1));
    }

    private Mono<Object> call(long n, SoakWatchers watchers) {
        calls.incrementAndGet();
        mostConnections.accumulateAndGet(simulator.activeConnections(), Math::max);
        // a share of the calls, not so many a second: the fewer get through, the fewer are broken
        if (random.nextInt(20) == 0) {
            simulator.enqueue(fault());
            faults.incrementAndGet();
        }
        int dice = random.nextInt(100);
        String any = Integer.toString(1 + random.nextInt(PAST_IMPORTS));
        Mono<?> call;
        if (dice < 3) {
            call = start("s3://soak/" + n).doOnNext(id -> {
                started.add(id);
                watchers.watch(id);
            });
        } else if (dice < 4) {
            call = started.isEmpty() ? Mono.empty() : imports.cancelImport(started.get(random.nextInt(started.size())));
        } else if (dice < 40) {
            call = imports.listImports().take(1 + random.nextInt(100)).then();
        } else {
            call = imports.describeImport(any);
        }
        return call.onErrorComplete(failure -> failedCalls.incrementAndGet() > 0)
                .cast(Object.class);
    }

    /** As a service does that must not load twice: what may have been started is looked for. */
    private Mono<String> start(String uri) {
        return imports.startImport(StartImportRequest.of(uri))
                .onErrorResume(
                        ImportOutcomeUnknownException.class,
                        unknown -> imports.findStarted(uri, unknown.sentAt().minusSeconds(5))
                                .next()
                                .map(ImportOperation::id));
    }

    private Fault fault() {
        int dice = random.nextInt(200);
        if (dice == 0) {
            return Fault.throttled(Duration.ofSeconds(1));
        }
        if (dice < 10) {
            return dice < 5 ? Fault.noResponse() : Fault.slowBody(Duration.ofMillis(1));
        }
        return switch (random.nextInt(7)) {
            case 0 -> Fault.status(500);
            case 1 -> Fault.status(503);
            case 2 -> Fault.reset();
            case 3 -> Fault.resetMidBody();
            case 4 -> Fault.truncatedBody();
            case 5 -> Fault.delay(Duration.ofMillis(200));
            default -> Fault.earlyHints();
        };
    }

    private static long heapInUse() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).toList();
    }
}
