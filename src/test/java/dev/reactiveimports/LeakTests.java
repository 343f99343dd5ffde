package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reactiveimports.testing.Fault;
import dev.reactiveimports.testing.ImportsSimulator;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ResourceLeakDetector;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionPoolMetrics;
import reactor.netty.resources.ConnectionProvider;

/** Calls that are cancelled at any moment, over connections that break at any moment, leave nothing behind. */
@Tag("leaks")
class LeakTests {

    private static final LeakLog LEAKS = LeakLog.install();
    private static final int CALLS = Repetitions.of(10_000);
    private static final int AT_ONCE = 64;
    private static final int CONNECTIONS = 20;
    private static final int PAST_IMPORTS = 1000;
    private static final Duration LATENCY = Duration.ofMillis(2);

    private final ScheduledThreadPoolExecutor timers = new ScheduledThreadPoolExecutor(1);
    private final Scheduler scheduler = Schedulers.fromExecutorService(timers);
    private final ImportsSimulator simulator =
            ImportsSimulator.builder().imports(PAST_IMPORTS).latency(LATENCY).build();
    private final AtomicInteger cancelled = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();

    LeakTests() {
        timers.setRemoveOnCancelPolicy(true);
    }

    @AfterEach
    void stop() {
        simulator.close();
        timers.shutdownNow();
    }

    @Test
    void leavesNoBufferNoConnectionAndNoTimer() {
        Queue<ConnectionPoolMetrics> pools = new ConcurrentLinkedQueue<>();
        ConnectionProvider pool = ConnectionProvider.builder("leaks")
                .maxConnections(CONNECTIONS)
                .pendingAcquireMaxCount(-1)
                .metrics(true, () -> (name, id, address, metrics) -> pools.add(metrics))
                .build();
        long seed = System.nanoTime();
        try (ReactiveImportsApi imports =
                client().httpClient(HttpClient.create(pool)).build()) {
            mixedCalls(imports, CALLS, new Random(seed));
            assertThat(zero(pools, ConnectionPoolMetrics::acquiredSize)).isZero();
            assertThat(zero(pools, ConnectionPoolMetrics::pendingAcquireSize)).isZero();
            assertThat(Await.until(this::timersLeft, Predicate.isEqual(0))).isZero();
        }
        pool.disposeLater().block();
        assertThat(pools).as("pools that were measured").isNotEmpty();
        assertThat(ResourceLeakDetector.getLevel()).isEqualTo(ResourceLeakDetector.Level.PARANOID);
        assertThat(LEAKS.drain()).as("leaks, seed " + seed).isEmpty();
        assertThat(Await.until(simulator::activeConnections, Predicate.isEqual(0)))
                .isZero();
        assertThat(cancelled).as("cancelled in flight").hasValueGreaterThan(CALLS / 2);
        System.out.printf(
                "leaks: %d calls, %d cancelled in flight, %d failed: no buffer, connection or timer left%n",
                CALLS, cancelled.get(), failed.get());
    }

    @Test
    void aClientWithItsOwnPoolLeavesNoConnectionAndNoThread() {
        try (ReactiveImportsApi first = client().build()) {
            mixedCalls(first, CALLS / 10, new Random(1));
        }
        Set<Thread> shared = Thread.getAllStackTraces().keySet();
        try (ReactiveImportsApi second = client().build()) {
            mixedCalls(second, CALLS / 10, new Random(2));
            assertThat(simulator.activeConnections()).isPositive();
        }
        assertThat(Await.until(simulator::activeConnections, Predicate.isEqual(0)))
                .isZero();
        assertThat(Await.until(() -> threadsBesides(shared), Set::isEmpty)).isEmpty();
        assertThat(Await.until(this::timersLeft, Predicate.isEqual(0))).isZero();
        assertThat(LEAKS.drain()).isEmpty();
    }

    @Test
    void aLeakThatIsPlantedIsFound() {
        AtomicBoolean planted = new AtomicBoolean();
        // long, so that no pause of a busy machine ends the attempt
        try (ReactiveImportsApi imports = client().attemptTimeout(Duration.ofMinutes(1))
                .configureHttpClient(client -> client.doOnChannelInit(
                        (observer, channel, address) -> channel.pipeline().addFirst(new Keeper(planted))))
                .build()) {
            imports.describeImport("1").block();
        }
        List<String> found = Await.until(LEAKS::drain, leaks -> !leaks.isEmpty());
        assertThat(planted).isTrue();
        assertThat(found).hasSize(1).first().asString().contains("ByteBuf");
    }

    private ReactiveImportsApi.Builder client() {
        return ReactiveImportsApi.builder(simulator.indexHost(), simulator.apiKey())
                .scheduler(scheduler)
                .attemptTimeout(Duration.ofSeconds(1))
                .retry(ImportsRetry.ofDefaults()
                        .minBackoff(Duration.ofMillis(1))
                        .maxBackoff(Duration.ofMillis(8)));
    }

    private void mixedCalls(ReactiveImportsApi imports, int calls, Random random) {
        Flux.range(0, calls)
                .flatMap(n -> call(imports, random).onErrorComplete(failure -> failed.incrementAndGet() > 0), AT_ONCE)
                .blockLast(Duration.ofSeconds(55));
    }

    /** Seven of ten are to be cancelled: at once, or within the time such a call takes. */
    private Flux<?> call(ReactiveImportsApi imports, Random random) {
        if (random.nextInt(100) == 0) {
            simulator.enqueue(fault(random));
        }
        Flux<?> call = anyCall(imports, random).doOnCancel(cancelled::incrementAndGet);
        if (random.nextInt(10) >= 7) {
            return call;
        }
        long moment = random.nextInt(8) == 0 ? 0 : random.nextLong(AT_ONCE / CONNECTIONS * LATENCY.toNanos());
        return moment == 0
                ? call.takeUntilOther(Mono.empty())
                : call.takeUntilOther(Mono.delay(Duration.ofNanos(moment), scheduler));
    }

    private static Flux<?> anyCall(ReactiveImportsApi imports, Random random) {
        String id = Integer.toString(1 + random.nextInt(PAST_IMPORTS));
        ListImportsSpec spec =
                ListImportsSpec.create().pageSize(1 + random.nextInt(20)).readAhead(random.nextInt(2));
        return switch (random.nextInt(4)) {
            case 0 -> imports.listImports(spec).take(1 + random.nextInt(60));
            case 1 -> imports.describeImport(id).flux();
            case 2 ->
                imports.startImport(StartImportRequest.of("s3://bucket/" + id)).flux();
            default -> imports.cancelImport(id).flux();
        };
    }

    private static Fault fault(Random random) {
        return switch (random.nextInt(7)) {
            case 0 -> Fault.reset();
            case 1 -> Fault.resetMidBody();
            case 2 -> Fault.truncatedBody();
            case 3 -> Fault.status(503);
            case 4 -> Fault.slowBody(Duration.ofMillis(1));
            case 5 -> Fault.earlyHints();
            default -> Fault.noResponse();
        };
    }

    private int timersLeft() {
        return timers.getQueue().size() + timers.getActiveCount();
    }

    private static int zero(Queue<ConnectionPoolMetrics> pools, ToIntFunction<ConnectionPoolMetrics> size) {
        return Await.until(() -> pools.stream().mapToInt(size).sum(), Predicate.isEqual(0));
    }

    private static Set<Thread> threadsBesides(Set<Thread> shared) {
        Set<Thread> threads = new HashSet<>(Thread.getAllStackTraces().keySet());
        threads.removeAll(shared);
        // all pools of a JVM share them
        threads.removeIf(thread -> thread.getName().startsWith("reactor-netty-pool-maintenance-"));
        return threads;
    }

    /** Keeps one buffer for ever, as a handler does that forgets to release. */
    private static final class Keeper extends ChannelInboundHandlerAdapter {

        private final AtomicBoolean planted;

        Keeper(AtomicBoolean planted) {
            this.planted = planted;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof ByteBuf buffer && planted.compareAndSet(false, true)) {
                buffer.retain();
            }
            context.fireChannelRead(message);
        }
    }
}
