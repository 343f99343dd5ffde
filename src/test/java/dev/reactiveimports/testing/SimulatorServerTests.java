package dev.reactiveimports.testing;

import static dev.reactiveimports.testing.SimulatorProbe.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.net.SocketException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

class SimulatorServerTests {

    private final List<ImportsSimulator> opened = new ArrayList<>();

    @AfterEach
    void close() {
        opened.forEach(ImportsSimulator::close);
    }

    private ImportsSimulator open(ImportsSimulator.Builder builder) {
        ImportsSimulator simulator = builder.build();
        opened.add(simulator);
        return simulator;
    }

    @Test
    void closeEndsConnectionsPortAndThreads() throws IOException {
        Set<Thread> before = threads();
        ImportsSimulator simulator = open(ImportsSimulator.builder().imports(1));
        try (RawConnection raw = new RawConnection(simulator)) {
            raw.get("/bulk/imports/1").readResponse();
            assertThat(before.containsAll(threads())).isFalse();
            simulator.close();
            assertThat(raw.readToEnd()).isEqualTo(raw.received());
        }
        assertThat(simulator.activeConnections()).isZero();
        await("the threads' end", () -> before.containsAll(threads()));
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> new RawConnection(simulator));
        simulator.close();
        assertThat(simulator.requests()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void closeEndsConnectionsThatWereJustAccepted(boolean epoll) throws IOException {
        for (int i = 0; i < 30; i++) {
            ImportsSimulator simulator = open(new SimulatorSettings().nativeTransport(epoll));
            try (RawConnection one = new RawConnection(simulator);
                    RawConnection two = new RawConnection(simulator)) {
                simulator.close();
                assertEnds(one.timeout(1_000));
                assertEnds(two.timeout(1_000));
            }
        }
    }

    private static void assertEnds(RawConnection raw) throws IOException {
        try {
            assertThat(raw.readToEnd()).isEmpty();
        } catch (SocketException reset) {
            // an end as good as any, for one that was never accepted
        }
    }

    @Test
    void closeReturnsAtOnceOnAThreadThatMustNotBlock() {
        Set<Thread> before = threads();
        ImportsSimulator simulator = open(ImportsSimulator.builder());
        Mono.fromRunnable(simulator::close).subscribeOn(Schedulers.parallel()).block(Duration.ofSeconds(5));
        await("the threads' end", () -> before.containsAll(threads()));
    }

    @Test
    void closeDoesNotHangOnItsOwnEventLoop() throws IOException {
        Set<Thread> before = threads();
        AtomicReference<ImportsSimulator> simulator = new AtomicReference<>();
        AtomicReference<Thread> closer = new AtomicReference<>();
        // the simulator asks its clock on the event loop that read the request
        Scheduler closing = new ClockThatActs(() -> {
            ImportsSimulator running = simulator.get();
            if (running != null) {
                closer.set(Thread.currentThread());
                running.close();
            }
        });
        simulator.set(open(ImportsSimulator.builder().clock(closing)));
        try (RawConnection raw = new RawConnection(simulator.get())) {
            raw.get("/bulk/imports");
            assertTimeoutPreemptively(Duration.ofSeconds(5), () -> {
                try {
                    raw.readToEnd();
                } catch (IOException reset) {
                    // an end as good as any
                }
            });
        }
        assertThat(closer.get().getName()).startsWith("imports-simulator");
        await("the threads' end", () -> before.containsAll(threads()));
    }

    @Test
    void aTakenPortLeavesNoThreadBehind() {
        ImportsSimulator first = open(ImportsSimulator.builder());
        Set<Thread> before = threads();
        ImportsSimulator.Builder second =
                ImportsSimulator.builder().port(URI.create(first.indexHost()).getPort());
        assertThatExceptionOfType(RuntimeException.class).isThrownBy(second::build);
        await("the threads' end", () -> before.containsAll(threads()));
    }

    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("imports-simulator"))
                .collect(Collectors.toSet());
    }

    /** A real clock that does something whenever it is looked at. */
    private record ClockThatActs(Runnable action) implements Scheduler {

        @Override
        public long now(TimeUnit unit) {
            action.run();
            return unit.convert(System.currentTimeMillis(), TimeUnit.MILLISECONDS);
        }

        @Override
        public Disposable schedule(Runnable task) {
            return Schedulers.parallel().schedule(task);
        }

        @Override
        public Worker createWorker() {
            return Schedulers.parallel().createWorker();
        }
    }
}
