package dev.reactiveimports.testing;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.LoopResources;

/** The builder: what was chosen, and how the parts are put together. */
final class SimulatorSettings implements ImportsSimulator.Builder {

    private static final int MAX_LINE = 64 * 1024;
    private static final int THREADS = 2;

    private String apiKey = "simulator-key";
    private int imports;
    private Duration importDuration = Duration.ofSeconds(15);
    private Duration latency = Duration.ZERO;
    private @Nullable Scheduler clock;
    private int requestsPerSecond;
    private int port;
    private boolean nativeTransport = true;

    @Override
    public SimulatorSettings apiKey(String k) {
        if (k.isBlank()) {
            throw new IllegalArgumentException("k must not be blank");
        }
        this.apiKey = k;
        return this;
    }

    @Override
    public SimulatorSettings imports(int howMany) {
        this.imports = Checks.range(howMany, "howMany", 0, Integer.MAX_VALUE);
        return this;
    }

    @Override
    public SimulatorSettings importDuration(Duration d) {
        this.importDuration = Checks.duration(d, "d");
        return this;
    }

    @Override
    public SimulatorSettings latency(Duration d) {
        this.latency = Checks.duration(d, "d");
        return this;
    }

    @Override
    public SimulatorSettings clock(Scheduler scheduler) {
        this.clock = requireNonNull(scheduler, "scheduler");
        return this;
    }

    @Override
    public SimulatorSettings throttleAfter(int perSecond) {
        this.requestsPerSecond = Checks.range(perSecond, "requestsPerSecond", 1, Integer.MAX_VALUE);
        return this;
    }

    @Override
    public SimulatorSettings port(int number) {
        this.port = Checks.range(number, "port", 0, 65_535);
        return this;
    }

    /** For tests: NIO even where epoll is at hand. */
    SimulatorSettings nativeTransport(boolean preferred) {
        this.nativeTransport = preferred;
        return this;
    }

    @Override
    public ImportsSimulator build() {
        Scheduler time = clock == null ? Schedulers.parallel() : clock;
        SimulatedIndex index = new SimulatedIndex(Instant.ofEpochMilli(time.now(TimeUnit.MILLISECONDS)));
        index.addPast(imports);
        FaultQueue faults = new FaultQueue();
        RequestLog log = new RequestLog(ImportsSimulator.KEPT_REQUESTS);
        RateWindow rate = requestsPerSecond == 0 ? null : new RateWindow(requestsPerSecond);
        SimulatorRoutes routes = new SimulatorRoutes(apiKey, importDuration, index, rate);
        LoopResources threads = LoopResources.create("imports-simulator", THREADS, true);
        // ids and tokens may be long, and each of their characters nine bytes once percent-encoded
        HttpServer http = HttpServer.create()
                .host("127.0.0.1")
                .port(port)
                .runOn(threads, nativeTransport)
                .httpRequestDecoder(line -> line.maxInitialLineLength(MAX_LINE).maxHeaderSize(MAX_LINE))
                .handle(new SimulatorHandler(routes, faults, log, time, latency));
        return new ImportsSimulator(apiKey, index, faults, log, SimulatorServer.bind(http, threads));
    }
}
