package dev.reactiveimports;

import static dev.reactiveimports.RawServer.json;
import static dev.reactiveimports.Transport.SOON;
import static dev.reactiveimports.Transport.importJson;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/** Connections that a burst opened are closed when idle, though a few calls go on. */
class IdleConnectionTests {

    private static final Duration IDLE = Duration.ofMillis(300);

    @Test
    void lightTrafficDoesNotKeepTheConnectionsOfABurst() {
        ConnectionProvider pool = HttpClients.pool(Schedulers.parallel(), IDLE);
        CountDownLatch burst = new CountDownLatch(11);
        try (RawServer server = RawServer.always(connection -> {
                    burst.countDown();
                    burst.await(10, TimeUnit.SECONDS);
                    return json(importJson("7")).write(connection);
                });
                ReactiveImportsApi client = Transport.NIO
                        .builder(server)
                        .httpClient(HttpClient.create(pool))
                        .build()) {
            Flux.range(0, 50).flatMap(i -> client.describeImport("7"), 50).blockLast(SOON);
            assertThat(server.openConnections()).isGreaterThan(10);
            Mono<ImportOperation> now = client.describeImport("7");
            Flux.interval(Duration.ofMillis(20))
                    .onBackpressureDrop()
                    .concatMap(tick -> now)
                    .takeUntil(seen -> server.openConnections() <= 2)
                    .blockLast(SOON);
            assertThat(server.openConnections()).isLessThanOrEqualTo(2);
        } finally {
            pool.dispose();
        }
    }

    @Test
    void nothingWaitsAnyMoreWhenTheClientIsClosed() {
        CountingScheduler timers = new CountingScheduler();
        try (RawServer server = RawServer.always(json(importJson("7")))) {
            try (ReactiveImportsApi client =
                    Transport.NIO.builder(server).scheduler(timers).build()) {
                assertThat(client.describeImport("7").block(SOON)).isNotNull();
                assertThat(timers.timers()).isZero();
            }
            assertThat(Await.until(timers::timers, pending -> pending == 0)).isZero();
        }
    }
}
