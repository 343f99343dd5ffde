package dev.reactiveimports.testing;

import dev.reactiveimports.ImportOperation;
import dev.reactiveimports.ImportStatus;
import java.time.Duration;
import java.util.List;
import reactor.core.scheduler.Scheduler;

/**
 * Pinecone's bulk imports on loopback: a real HTTP server that behaves like the service, for tests of any client, ours or
 * not. Pinecone Local does not support imports.
 *
 * <pre>{@code
 * try (ImportsSimulator simulator = ImportsSimulator.start()) {
 *     simulator.enqueue(Fault.throttled(Duration.ofSeconds(3)));
 *     // point a client at simulator.indexHost() with simulator.apiKey()
 * }
 * }</pre>
 *
 * <p><b>Routes.</b> {@code GET} and {@code POST /bulk/imports}, {@code GET} and {@code DELETE /bulk/imports/{id}}. Anything
 * else is 401 with {@code x-pinecone-auth-rejected-reason}, as at the service's gateway. A wrong or missing {@code Api-Key}
 * is 401 in plain text; an unknown {@code X-Pinecone-Api-Version} is 400, a missing one means the oldest. Invalid parameters
 * are 400 and an unknown id is 404, with the service's body {@code {"code":3,"message":"..","details":[]}}. Rate and key are
 * checked before anything else of a request. Every response has an {@code x-pinecone-request-id}.
 *
 * <p><b>An import's life</b> is read off the clock: pending for the first tenth of {@link Builder#importDuration}, then in
 * progress with rising numbers, at 100 percent but still in progress for the last tenth, then completed. One whose URI has
 * {@code fail} in its path, as {@code s3://bucket/fail/a}, fails at half-time. Cancelling ends one that has not ended and
 * changes nothing for one that has. URIs are checked for their length only; nothing is read from them.
 *
 * <p><b>Listing</b> is newest first. The service does not document an order: rely on none. Tokens always need
 * percent-encoding, and stay good while imports are added; those are not shown to a walk that has begun.
 *
 * <p>All methods may be called from any thread, and none but {@link Builder#build} and {@link #close} waits.
 *
 * @since 0.1.0
 */
public final class ImportsSimulator implements AutoCloseable {

    static final int KEPT_REQUESTS = 10_000;

    private final String apiKey;
    private final SimulatedIndex index;
    private final FaultQueue faults;
    private final RequestLog log;
    private final SimulatorServer server;

    ImportsSimulator(String apiKey, SimulatedIndex index, FaultQueue faults, RequestLog log, SimulatorServer server) {
        this.apiKey = apiKey;
        this.index = index;
        this.faults = faults;
        this.log = log;
        this.server = server;
    }

    /**
     * A simulator with the defaults, on a free port and with no imports.
     *
     * @return a running simulator, to be closed
     */
    public static ImportsSimulator start() {
        return builder().build();
    }

    /**
     * A simulator to be configured.
     *
     * @return a builder, which can build several
     */
    public static Builder builder() {
        return new SimulatorSettings();
    }

    /**
     * Where a client finds it.
     *
     * @return {@code http://127.0.0.1:PORT}
     */
    public String indexHost() {
        return "http://127.0.0.1:" + server.port();
    }

    /**
     * The key it accepts.
     *
     * @return what {@link Builder#apiKey} was given, or its default
     */
    public String apiKey() {
        return apiKey;
    }

    /**
     * Adds an import that stays as given: no clock moves it, only a cancel or another {@code add} of its id, which replaces
     * it where it stands in the listing. So a test can lead an import from status to status.
     *
     * @param operation the import, sent as it is; {@link ImportOperation#of} makes a short one. A number as id lets
     *     later ids count on from it
     * @return its id
     */
    public String add(ImportOperation operation) {
        return index.add(operation);
    }

    /**
     * Adds imports that {@link ImportStatus#COMPLETED} in the past, on top of the listing. They are computed when they
     * are asked for: millions cost no memory.
     *
     * @param howMany at least 0
     * @return this simulator
     * @throws IllegalArgumentException if negative
     */
    public ImportsSimulator add(int howMany) {
        index.addPast(Checks.range(howMany, "howMany", 0, Integer.MAX_VALUE));
        return this;
    }

    /**
     * Lets something go wrong with a request to come. Each request meets the first fault in the queue that it matches, and
     * no other; a fault leaves the queue when used up.
     *
     * @param fault what, how often and on which requests
     */
    public void enqueue(Fault fault) {
        faults.add((PlannedFault) fault);
    }

    /**
     * The newest requests, at most 10,000, in the order in which their last byte was read. A request is recorded before the
     * response, whatever its outcome: rejected requests and those with faults too.
     *
     * @return an unmodifiable snapshot, the oldest first
     */
    public List<RecordedRequest> requests() {
        return log.newest();
    }

    /**
     * How many requests were ever recorded, those too that {@link #requests} has forgotten.
     *
     * @return the number, cheap to ask for
     */
    public long requestCount() {
        return log.count();
    }

    /**
     * How many connections are open. A connection that a client has just closed may be counted for a moment more.
     *
     * @return the number
     */
    public int activeConnections() {
        return server.connections();
    }

    /**
     * Ends the server, its connections and its threads. Waits for that, 5 seconds at most, unless called on a thread that
     * must not block, such as an event loop: there it returns at once. Closing twice does no harm.
     */
    @Override
    public void close() {
        server.close();
    }

    @Override
    public String toString() {
        return "ImportsSimulator[" + indexHost() + "]";
    }

    /** Configures a simulator. Not thread-safe. */
    public interface Builder {

        /**
         * The key to accept. Defaults to {@code simulator-key}.
         *
         * @param k not blank
         * @return this builder
         * @throws IllegalArgumentException if blank
         */
        Builder apiKey(String k);

        /**
         * How many completed past imports there are, as {@link ImportsSimulator#add(int)} adds them. Defaults to 0.
         *
         * @param howMany at least 0
         * @return this builder
         * @throws IllegalArgumentException if negative
         */
        Builder imports(int howMany);

        /**
         * How long a started import takes. Defaults to 15 s, as tiny ones do at the service.
         *
         * @param d 0 to 365 days; with 0 an import is completed, or failed, at once
         * @return this builder
         * @throws IllegalArgumentException if out of range
         */
        Builder importDuration(Duration d);

        /**
         * The delay of every response, by the clock. The request is processed before the delay. Defaults to 0.
         *
         * @param d 0 to 365 days
         * @return this builder
         * @throws IllegalArgumentException if out of range
         */
        Builder latency(Duration d);

        /**
         * The scheduler of every wait, and the clock, such as a {@code VirtualTimeScheduler}. Not disposed with the
         * simulator. Defaults to {@code Schedulers.parallel()}.
         *
         * @param scheduler the clock
         * @return this builder
         */
        Builder clock(Scheduler scheduler);

        /**
         * Answers 429 with {@code Retry-After: 1} to every request beyond so many in a second, which begins with the first
         * request after the last one ended. Requests with an invalid key count; those that a fault responds to do not.
         * Defaults to no limit.
         *
         * @param requestsPerSecond at least 1
         * @return this builder
         * @throws IllegalArgumentException if less than 1
         */
        Builder throttleAfter(int requestsPerSecond);

        /**
         * The port on 127.0.0.1. Defaults to 0, a free one.
         *
         * @param port 0 to 65535
         * @return this builder
         * @throws IllegalArgumentException if out of range
         */
        Builder port(int port);

        /**
         * Starts a simulator. Waits until its port is bound, 10 seconds at most, since a test needs the address; so it must
         * not be called on an event loop.
         *
         * @return a running simulator, to be closed
         * @throws RuntimeException if the port is taken
         */
        ImportsSimulator build();
    }
}
