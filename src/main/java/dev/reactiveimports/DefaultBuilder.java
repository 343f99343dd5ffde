package dev.reactiveimports;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.util.retry.Retry;

/** Collects the settings, and wires a new client for each build. */
final class DefaultBuilder implements ReactiveImportsApi.Builder {

    private static final Pattern API_VERSION = Pattern.compile("[A-Za-z0-9.-]{1,32}");
    private static final int MAX_SOURCE_TAG_LENGTH = 200;

    private final String indexHost;
    private final Mono<String> apiKey;
    private String apiVersion = "2025-10";
    private String sourceTag = "";
    private @Nullable HttpClient base;
    private UnaryOperator<HttpClient> customizer = UnaryOperator.identity();
    private boolean plaintextAllowed;
    private Duration attemptTimeout = Duration.ofSeconds(30);
    private Retry retry = ImportsRetry.ofDefaults();
    private PollSpec pollSpec = PollSpec.adaptive();
    private SchedulerGuard scheduler = SchedulerGuard.ofDefault();
    private ImportsListener listener = ImportsListener.NONE;
    private @Nullable RunPatience patience;

    DefaultBuilder(String indexHost, Mono<String> apiKey) {
        this.indexHost = requireNonNull(indexHost, "indexHost");
        this.apiKey = requireNonNull(apiKey, "apiKey");
    }

    @Override
    public DefaultBuilder apiVersion(String version) {
        if (!API_VERSION.matcher(requireNonNull(version, "version")).matches()) {
            throw new IllegalArgumentException("apiVersion must have between 1 and 32 letters, digits, dots or dashes");
        }
        this.apiVersion = version;
        return this;
    }

    @Override
    public DefaultBuilder sourceTag(String tag) {
        if (requireNonNull(tag, "tag").length() > MAX_SOURCE_TAG_LENGTH) {
            throw new IllegalArgumentException(
                    "sourceTag must have at most " + MAX_SOURCE_TAG_LENGTH + " characters, but has " + tag.length());
        }
        this.sourceTag = tag.toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9_ :]", "")
                .strip()
                .replace(' ', '_');
        return this;
    }

    @Override
    public DefaultBuilder httpClient(HttpClient base) {
        this.base = requireNonNull(base, "base");
        return this;
    }

    @Override
    public DefaultBuilder configureHttpClient(UnaryOperator<HttpClient> customizer) {
        requireNonNull(customizer, "customizer");
        UnaryOperator<HttpClient> before = this.customizer;
        this.customizer = client -> customizer.apply(before.apply(client));
        return this;
    }

    @Override
    public DefaultBuilder allowPlaintext() {
        this.plaintextAllowed = true;
        return this;
    }

    @Override
    public DefaultBuilder attemptTimeout(Duration timeout) {
        this.attemptTimeout = Checks.requirePositive(timeout, "attemptTimeout");
        return this;
    }

    @Override
    public DefaultBuilder retry(Retry retry) {
        this.retry = requireNonNull(retry, "retry");
        return this;
    }

    @Override
    public DefaultBuilder pollSpec(PollSpec spec) {
        this.pollSpec = requireNonNull(spec, "spec");
        return this;
    }

    @Override
    public DefaultBuilder scheduler(Scheduler scheduler) {
        this.scheduler = SchedulerGuard.of(scheduler);
        return this;
    }

    @Override
    public DefaultBuilder listener(ImportsListener listener) {
        this.listener = requireNonNull(listener, "listener");
        return this;
    }

    @Override
    public ReactiveImportsApi build() {
        HttpEndpoint host = HttpEndpoint.parse(indexHost, plaintextAllowed);
        ConnectionProvider ownPool = base == null ? HttpClients.pool(scheduler) : null;
        HttpClient client = base == null ? HttpClients.of(requireNonNull(ownPool), host.isSecure()) : base;
        HttpExchange network = new HttpNettyExchange(
                HttpClients.harden(customizer.apply(client)), apiVersion, HttpUserAgent.of(sourceTag), scheduler);
        return wired(host, network, base == null, ownPool == null ? Mono.empty() : ownPool.disposeLater());
    }

    /** For tests that cannot wait for as long as a service may take. */
    DefaultBuilder patience(RunPatience shorter) {
        this.patience = shorter;
        return this;
    }

    private RunPatience patience() {
        return patience == null ? new RunPatience(attemptTimeout, RunPatience.SETTLE) : patience;
    }

    /** The same client over another exchange, whose connections count as the client's own pool. */
    ReactiveImportsApi build(HttpExchange network) {
        return wired(HttpEndpoint.parse(indexHost, plaintextAllowed), network, true, Mono.empty());
    }

    private ReactiveImportsApi wired(
            HttpEndpoint host, HttpExchange network, boolean ownsPool, Mono<Void> disposeConnections) {
        ImportsListener guarded = ListenerGuard.of(listener);
        ThrottleGate gate = new ThrottleGate(scheduler, CallPolicy.longestWait(retry), guarded);
        CallPermits permits = ownsPool ? CallPermits.ofPool(gate) : CallPermits.unlimited(gate);
        CallAttempt http = new CallAttempt(network, permits, apiKey, attemptTimeout);
        CallPolicy policy = new CallPolicy(retry, new RetryBudget(scheduler), gate, guarded);
        CallLifecycle closing = new CallLifecycle(permits::close);
        CallOperations calls = new CallOperations(host, http, policy, closing, guarded, scheduler);
        CallRecentStarts recentStarts = new CallRecentStarts(scheduler);
        WatchOperations watching = new WatchOperations(calls, recentStarts, closing, pollSpec, scheduler, guarded);
        RunOperations running = new RunOperations(calls, recentStarts, watching, closing, patience(), guarded);
        return new DefaultReactiveImportsApi(calls, running, closing, disposeConnections, watching);
    }

    /** Without settings and key, since it may be logged. */
    @Override
    public String toString() {
        return "ReactiveImportsApi.Builder";
    }
}
