package dev.reactiveimports;

import io.netty.channel.ChannelOption;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import reactor.core.scheduler.Scheduler;
import reactor.netty.http.Http11SslContextSpec;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.tcp.SslProvider;

/** What this library asks of a reactor-netty client, its own or a caller's. */
final class HttpClients {

    /** A service behind many proxies sends more than the 8 KiB that reactor-netty allows. */
    private static final int MAX_HEADER_BYTES = 64 * 1024;

    static final int MAX_CONNECTIONS = 50;
    private static final Duration IDLE = Duration.ofSeconds(30);
    private static final Duration LIFE = Duration.ofMinutes(5);
    static final Duration ACQUIRE = Duration.ofSeconds(10);
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration HANDSHAKE = Duration.ofSeconds(5);

    private HttpClients() {}

    /** Callers that wait for a connection are not counted: the time they wait is bounded. */
    static ConnectionProvider pool(Scheduler scheduler) {
        return pool(scheduler, IDLE);
    }

    /**
     * The same, for tests that cannot wait for so long.
     *
     * @param idle for how long a connection stays open without a request; looked at in the background too, since an acquisition
     *     only looks at the connection that was used last
     */
    static ConnectionProvider pool(Scheduler scheduler, Duration idle) {
        return ConnectionProvider.builder("reactive-imports")
                .maxConnections(MAX_CONNECTIONS)
                .pendingAcquireMaxCount(-1)
                .pendingAcquireTimeout(ACQUIRE)
                .pendingAcquireTimer(
                        (expired, wait) -> scheduler.schedule(expired, wait.toMillis(), TimeUnit.MILLISECONDS))
                .maxIdleTime(idle)
                // not by the clock that callers inject: sockets do not live in virtual time
                .evictInBackground(idle.dividedBy(3))
                .maxLifeTime(LIFE)
                .lifo()
                .build();
    }

    /**
     * A client over a pool.
     *
     * @param secure whether there will be TLS: to read the trust store is a tenth of what a cold start costs
     */
    static HttpClient of(ConnectionProvider pool, boolean secure) {
        HttpClient plain = HttpClient.create(pool)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.toIntExact(CONNECT.toMillis()));
        if (!secure) {
            return plain;
        }
        return plain.secure(
                tls -> tls.sslContext((SslProvider.GenericSslContextSpec<?>) Http11SslContextSpec.forClient())
                        .handshakeTimeout(HANDSHAKE));
    }

    /**
     * No redirects, which would carry the key to another host; no hidden retry, which would start an import twice; no 1xx
     * answer, which would shift the answers of a connection.
     */
    static HttpClient harden(HttpClient client) {
        return withLargeHeaders(overHttp11(client))
                .followRedirect(false)
                .disableRetry(true)
                .doOnChannelInit((observer, channel, address) -> HttpInterimResponses.dropFrom(channel));
    }

    /** Unless the caller set anything of the kind: a setting cannot be added, only all of them made anew. */
    private static HttpClient withLargeHeaders(HttpClient client) {
        boolean untouched = client.configuration()
                .decoder()
                .equals(HttpClient.newConnection().configuration().decoder());
        return untouched ? client.httpResponseDecoder(spec -> spec.maxHeaderSize(MAX_HEADER_BYTES)) : client;
    }

    /** To set what is set already would load all of TLS for a plain host too, which doubles the time of a first call. */
    private static HttpClient overHttp11(HttpClient client) {
        HttpProtocol[] spoken = client.configuration().protocols();
        return spoken.length == 1 && spoken[0] == HttpProtocol.HTTP11 ? client : client.protocol(HttpProtocol.HTTP11);
    }
}
