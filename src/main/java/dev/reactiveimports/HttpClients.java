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

/** Configures a reactor-netty client, the library's own or one from the caller. */
final class HttpClients {

    /** A service behind several proxies sends more than the 8 KiB that reactor-netty allows by default. */
    private static final int MAX_HEADER_BYTES = 64 * 1024;

    static final int MAX_CONNECTIONS = 50;
    private static final Duration IDLE = Duration.ofSeconds(30);
    private static final Duration LIFE = Duration.ofMinutes(5);
    static final Duration ACQUIRE = Duration.ofSeconds(10);
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration HANDSHAKE = Duration.ofSeconds(5);

    private HttpClients() {}

    /** The number of pending acquisitions is unlimited, since the time that each may wait is bounded. */
    static ConnectionProvider pool(Scheduler scheduler) {
        return pool(scheduler, IDLE);
    }

    /**
     * The same with another idle time, for tests.
     *
     * @param idle how long a connection stays open without a request; also checked in the background, since an
     *     acquisition only checks the connection that was used last
     */
    static ConnectionProvider pool(Scheduler scheduler, Duration idle) {
        return ConnectionProvider.builder("reactive-imports")
                .maxConnections(MAX_CONNECTIONS)
                .pendingAcquireMaxCount(-1)
                .pendingAcquireTimeout(ACQUIRE)
                .pendingAcquireTimer(
                        (expired, wait) -> scheduler.schedule(expired, wait.toMillis(), TimeUnit.MILLISECONDS))
                .maxIdleTime(idle)
                // not timed by the injected scheduler: sockets do not live in virtual time
                .evictInBackground(idle.dividedBy(3))
                .maxLifeTime(LIFE)
                .lifo()
                .build();
    }

    /**
     * A client over a pool.
     *
     * @param secure whether TLS is needed: reading the trust store takes a tenth of a cold start
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
     * Disables redirects, which would carry the key to another host, and reactor-netty's own retry, which could start an
     * import twice; drops 1xx responses, which would desynchronise requests and responses of a connection.
     */
    static HttpClient harden(HttpClient client) {
        return withLargeHeaders(overHttp11(client))
                .followRedirect(false)
                .disableRetry(true)
                .doOnChannelInit((observer, channel, address) -> HttpInterimResponses.dropFrom(channel));
    }

    /** Unless the caller configured the decoder: reactor-netty can only replace its whole configuration, not add to it. */
    private static HttpClient withLargeHeaders(HttpClient client) {
        boolean untouched = client.configuration()
                .decoder()
                .equals(HttpClient.newConnection().configuration().decoder());
        return untouched ? client.httpResponseDecoder(spec -> spec.maxHeaderSize(MAX_HEADER_BYTES)) : client;
    }

    /** Setting the protocol again would load all of TLS even for a plain host, which doubles the time of a first call. */
    private static HttpClient overHttp11(HttpClient client) {
        HttpProtocol[] protocols = client.configuration().protocols();
        return protocols.length == 1 && protocols[0] == HttpProtocol.HTTP11
                ? client
                : client.protocol(HttpProtocol.HTTP11);
    }
}
