package dev.reactiveimports;

import static dev.reactiveimports.RawServer.answer;
import static dev.reactiveimports.RawServer.json;
import static dev.reactiveimports.Transport.SOON;
import static dev.reactiveimports.Transport.importJson;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/** More calls than the client's own pool has connections, and what becomes of those that wait. */
@ParameterizedClass
@EnumSource(Transport.class)
class CrowdedPoolTests {

    private static final int CONNECTIONS = 50;
    private static final StartImportRequest REQUEST = StartImportRequest.of("s3://bucket/dir");

    private final Transport transport;
    private final CountingScheduler time = new CountingScheduler();
    private final CountDownLatch mayAnswer = new CountDownLatch(1);
    private final RawServer server = RawServer.always(connection -> {
        mayAnswer.await();
        String line = connection.request.line();
        String id = line.substring("GET /bulk/imports/".length(), line.lastIndexOf(' '));
        return json(importJson(id)).write(connection);
    });

    CrowdedPoolTests(Transport transport) {
        this.transport = transport;
    }

    @AfterEach
    void stop() {
        mayAnswer.countDown();
        server.close();
    }

    private ReactiveImportsApi client() {
        return transport.builder(server).scheduler(time).build();
    }

    /** So many calls, all of them at the server. */
    private List<CompletableFuture<ImportOperation>> fill(ReactiveImportsApi client, int howMany) {
        List<CompletableFuture<ImportOperation>> calls = calls(client, 0, howMany);
        assertThat(Await.until(server.requests::size, size -> size == howMany)).isEqualTo(howMany);
        return calls;
    }

    private static List<CompletableFuture<ImportOperation>> calls(ReactiveImportsApi client, int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(id -> client.describeImport("" + id).toFuture())
                .toList();
    }

    @Test
    void cancelWhileWaitingForAConnectionLeavesNothingBehind() {
        try (ReactiveImportsApi client = client()) {
            List<CompletableFuture<ImportOperation>> holding = fill(client, CONNECTIONS);
            int timersOfTheFifty = time.timers();
            List<CompletableFuture<?>> waiting = new ArrayList<>(calls(client, 50, 60));
            for (int i = 0; i < 10; i++) {
                waiting.add(client.startImport(REQUEST).toFuture());
            }
            assertThat(time.timers()).isEqualTo(timersOfTheFifty + 2 * 20);
            waiting.forEach(call -> call.cancel(true));
            assertThat(time.timers()).isEqualTo(timersOfTheFifty);
            mayAnswer.countDown();
            assertThat(holding)
                    .allSatisfy(
                            call -> assertThat(call.get(20, TimeUnit.SECONDS)).isNotNull());
            assertThat(Await.until(time::timers, timers -> timers == 0)).isZero();
            // whatever the cancelled had taken would have been closed before this came back
            List<CompletableFuture<ImportOperation>> after = calls(client, 100, 150);
            assertThat(after)
                    .allSatisfy(
                            call -> assertThat(call.get(20, TimeUnit.SECONDS)).isNotNull());
            assertThat(server.requests).hasSize(100);
            assertThat(server.connections).hasValue(CONNECTIONS);
            assertThat(server.clientCloses).hasValue(0);
            assertThat(time.timers()).isZero();
        }
    }

    @Test
    void whoWaitsIsHeldBackWhenThoseBeforeAreRejected() {
        List<Long> arrivals = Collections.synchronizedList(new ArrayList<>());
        AtomicInteger exchanges = new AtomicInteger();
        AtomicInteger retries = new AtomicInteger();
        ImportsListener counting = new ImportsListener() {
            @Override
            public void onExchange(Exchange exchange) {
                exchanges.incrementAndGet();
            }

            @Override
            public void onRetry(Retrying retry) {
                retries.incrementAndGet();
            }
        };
        try (RawServer refusing = RawServer.always(connection -> {
                    arrivals.add(time.millis());
                    String line = connection.request.line();
                    int id = Integer.parseInt(line.substring("GET /bulk/imports/".length(), line.lastIndexOf(' ')));
                    if (time.millis() == 0 && id < CONNECTIONS) {
                        mayAnswer.await();
                        return answer("HTTP/1.1 429 Too Many Requests\nRetry-After: 3", "{}")
                                .write(connection);
                    }
                    return json(importJson("" + id)).write(connection);
                });
                ReactiveImportsApi client = transport
                        .builder(refusing)
                        .scheduler(time)
                        .attemptTimeout(Duration.ofDays(1)) // real time passes while the clock runs ahead
                        .listener(counting)
                        .build()) {
            List<CompletableFuture<ImportOperation>> calls = calls(client, 0, 200);
            assertThat(Await.until(arrivals::size, size -> size == CONNECTIONS)).isEqualTo(CONNECTIONS);
            mayAnswer.countDown();
            assertThat(Await.until(retries::get, count -> count == CONNECTIONS)).isEqualTo(CONNECTIONS);
            assertThat(Await.until(
                            () -> {
                                // not while requests are under way: the ten seconds of the queue would pass meanwhile
                                if (exchanges.get() == arrivals.size()) {
                                    time.advance(Duration.ofMillis(10));
                                }
                                return calls.stream()
                                        .filter(CompletableFuture::isDone)
                                        .count();
                            },
                            done -> done == 200))
                    .isEqualTo(200);
            assertThat(calls).allSatisfy(call -> assertThat(call).isCompleted());
            // a permit is free a moment before its refusal is known: the one or two that get it are under way by then
            assertThat(arrivals.stream().filter(at -> at < 3_000)).hasSizeBetween(CONNECTIONS, CONNECTIONS + 10);
            assertThat(exchanges).as("who was held back made no exchange").hasValue(arrivals.size());
        }
    }

    @Test
    void whoWaitsIsServedInTurn() throws Exception {
        try (ReactiveImportsApi client = client()) {
            List<CompletableFuture<ImportOperation>> calls = new ArrayList<>(fill(client, CONNECTIONS));
            calls.addAll(calls(client, 50, 500));
            mayAnswer.countDown();
            for (int i = 0; i < calls.size(); i++) {
                assertThat(calls.get(i).get(20, TimeUnit.SECONDS).id()).isEqualTo("" + i);
            }
            assertThat(server.connections).hasValue(CONNECTIONS);
            assertThat(server.clientCloses).hasValue(0);
            assertThat(time.timers()).isZero();
        }
    }

    @Test
    void whoWaitsTooLongFailsOnceAndSentNothing() {
        try (ReactiveImportsApi client = client()) {
            fill(client, CONNECTIONS);
            for (Mono<?> call : List.of(client.describeImport("50"), client.startImport(REQUEST))) {
                CompletableFuture<?> waiting = call.toFuture();
                time.advance(Duration.ofMillis(9_999));
                assertThat(waiting).isNotDone();
                time.advance(Duration.ofMillis(1));
                assertThat(waiting)
                        .failsWithin(SOON)
                        .withThrowableOfType(ExecutionException.class)
                        .satisfies(failure -> {
                            assertThat(failure.getCause())
                                    .isInstanceOf(ImportsTransportException.class)
                                    .hasMessageEndingWith(
                                            " failed: no connection of the client's pool became available in time");
                            assertThat(((ImportsException) failure.getCause()).attempts())
                                    .isEqualTo(1);
                        });
            }
            assertThat(server.requests).hasSize(CONNECTIONS);
        }
    }

    /** The wait counts into the attempt's time, and its end is no mystery: nothing was sent. */
    @Test
    void aStartThatTimedOutInTheQueueSurelyWasNotSent() {
        AtomicReference<Duration> keyTakes = new AtomicReference<>(Duration.ofSeconds(7));
        Mono<String> key = Mono.defer(() -> Mono.delay(keyTakes.get(), time)).thenReturn(Transport.KEY);
        try (ReactiveImportsApi client = ReactiveImportsApi.builder(server.host(), key)
                .configureHttpClient(transport::on)
                .scheduler(time)
                .attemptTimeout(Duration.ofSeconds(8))
                .retry(ImportsRetry.none())
                .build()) {
            CompletableFuture<?> start = client.startImport(REQUEST).toFuture();
            time.advance(Duration.ofSeconds(1));
            keyTakes.set(Duration.ZERO);
            List<CompletableFuture<ImportOperation>> holding = calls(client, 0, CONNECTIONS);
            time.advance(Duration.ofMillis(6_999));
            assertThat(Await.until(server.requests::size, size -> size == CONNECTIONS))
                    .isEqualTo(CONNECTIONS);
            assertThat(start).isNotDone();
            time.advance(Duration.ofMillis(1));
            assertThat(start)
                    .failsWithin(SOON)
                    .withThrowableOfType(ExecutionException.class)
                    .withCauseExactlyInstanceOf(ImportsTransportException.class)
                    .withMessageContaining("no complete response within PT8S");
            assertThat(holding).noneMatch(CompletableFuture::isDone);
            mayAnswer.countDown();
            assertThat(holding)
                    .allSatisfy(
                            call -> assertThat(call.get(20, TimeUnit.SECONDS)).isNotNull());
            assertThat(server.requests).hasSize(CONNECTIONS);
        }
    }

    @Test
    void closingSendsNothingOfThoseWhoWait() {
        ReactiveImportsApi client = client();
        fill(client, CONNECTIONS);
        List<CompletableFuture<String>> starts = IntStream.range(0, 100)
                .mapToObj(i -> client.startImport(REQUEST).toFuture())
                .toList();
        client.close();
        assertThat(starts)
                .allSatisfy(start -> assertThatThrownBy(() -> start.get(1, TimeUnit.SECONDS))
                        .cause()
                        .isInstanceOf(ImportsTransportException.class)
                        .hasMessageEndingWith(" failed: the client was closed"));
        mayAnswer.countDown();
        assertThat(server.awaitOpen(0)).isZero();
        assertThat(server.requests).hasSize(CONNECTIONS);
        assertThat(server.connections).hasValue(CONNECTIONS);
        assertThat(time.timers()).isZero();
    }

    @Test
    void aCallersOwnClientHasItsOwnLimit() {
        ConnectionProvider pool = ConnectionProvider.create("callers-own", CONNECTIONS + 10);
        try (ReactiveImportsApi client = transport
                .builder(server)
                .httpClient(HttpClient.create(pool))
                .scheduler(time)
                .build()) {
            fill(client, CONNECTIONS + 10);
        } finally {
            pool.dispose();
        }
    }
}
