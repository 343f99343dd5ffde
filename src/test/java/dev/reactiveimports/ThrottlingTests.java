package dev.reactiveimports;

import static dev.reactiveimports.RawServer.answer;
import static dev.reactiveimports.RawServer.json;
import static dev.reactiveimports.Transport.SOON;
import static dev.reactiveimports.Transport.importJson;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.test.scheduler.VirtualTimeScheduler;

/** How long the client leaves a service alone, by the times at which the server read its requests. */
@ParameterizedClass
@EnumSource(Transport.class)
class ThrottlingTests {

    private static final String DATES =
            "Date: Sun, 06 Nov 1994 08:49:37 GMT\nRetry-After: Sun, 06 Nov 1994 08:49:38 GMT";

    private final Transport transport;

    ThrottlingTests(Transport transport) {
        this.transport = transport;
    }

    private static long nanosBetween(RawServer server, int one, int other) {
        return server.requests.get(other).nanos() - server.requests.get(one).nanos();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "429 Too Many Requests\nRetry-After: 1",
                "429 Too Many Requests\n" + DATES,
                "503 Service Unavailable\nRetry-After: 1",
                // nonsense: the client's own pause for all, which is as long
                "429 Too Many Requests\nRetry-After: nan"
            })
    void aCallWaitsAsLongAsItWasAskedTo(String refusal) {
        try (RawServer server =
                        new RawServer(n -> n == 1 ? answer("HTTP/1.1 " + refusal, "{}") : ThrottlingTests::echo);
                ReactiveImportsApi client = transport.builder(server).build()) {
            assertThat(client.describeImport("0").block(SOON).id()).isEqualTo("0");
            assertThat(server.requests).hasSize(2);
            assertThat(nanosBetween(server, 0, 1)).isGreaterThanOrEqualTo(TimeUnit.SECONDS.toNanos(1));
        }
    }

    private static boolean echo(RawServer.Connection connection) throws IOException, InterruptedException {
        String line = connection.request.line();
        return json(importJson(line.substring("GET /bulk/imports/".length(), line.lastIndexOf(' '))))
                .write(connection);
    }

    @Test
    void callsOfOthersAreHeldBackAndThenSpreadOut() {
        List<Duration> told = new CopyOnWriteArrayList<>();
        ImportsListener listener = new ImportsListener() {
            @Override
            public void onThrottle(Duration wait) {
                told.add(wait);
            }
        };
        try (RawServer server = new RawServer(n ->
                        n == 1 ? answer("HTTP/1.1 429 Too Many Requests\nRetry-After: 1", "") : ThrottlingTests::echo);
                ReactiveImportsApi client =
                        transport.builder(server).listener(listener).build()) {
            var refused = client.describeImport("0").toFuture();
            Await.until(told::size, size -> size == 1);
            List<String> found = Flux.range(1, 4)
                    .flatMap(i -> client.describeImport("" + i))
                    .map(ImportOperation::id)
                    .collectList()
                    .block(SOON);
            assertThat(found).containsExactlyInAnyOrder("1", "2", "3", "4");
            assertThat(refused.join().id()).isEqualTo("0");
            assertThat(server.requests).hasSize(6);
            for (int i = 1; i < 6; i++) {
                assertThat(nanosBetween(server, 0, i)).isGreaterThanOrEqualTo(TimeUnit.SECONDS.toNanos(1));
            }
            assertThat(nanosBetween(server, 1, 5)).as("spread").isGreaterThan(TimeUnit.MILLISECONDS.toNanos(300));
            assertThat(told).containsExactly(Duration.ofSeconds(1));
        }
    }

    private ReactiveImportsApi.Builder builder(RawServer server, AtomicReference<Mono<String>> key) {
        return ReactiveImportsApi.builder(server.host(), Mono.defer(key::get)).configureHttpClient(transport::on);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whoStillWaitsForItsKeyIsHeldBackToo(boolean ownPool) throws Exception {
        Sinks.One<String> vault = Sinks.one();
        AtomicReference<Mono<String>> key = new AtomicReference<>(vault.asMono());
        CountDownLatch told = new CountDownLatch(1);
        ConnectionProvider pool = ConnectionProvider.create("callers-own", 10);
        try (RawServer server = new RawServer(n ->
                        n == 1 ? answer("HTTP/1.1 429 Too Many Requests\nRetry-After: 1", "") : ThrottlingTests::echo);
                ReactiveImportsApi client = (ownPool
                                ? builder(server, key).httpClient(HttpClient.create(pool))
                                : builder(server, key))
                        .listener(new ImportsListener() {
                            @Override
                            public void onThrottle(Duration wait) {
                                told.countDown();
                            }
                        })
                        .build()) {
            var late = client.describeImport("1").toFuture();
            key.set(Mono.just(Transport.KEY));
            var refused = client.describeImport("0").toFuture();
            assertThat(told.await(20, TimeUnit.SECONDS)).isTrue();
            vault.tryEmitValue(Transport.KEY).orThrow();
            assertThat(late.get(20, TimeUnit.SECONDS).id()).isEqualTo("1");
            assertThat(refused.get(20, TimeUnit.SECONDS).id()).isEqualTo("0");
            assertThat(server.requests).hasSize(3);
            assertThat(nanosBetween(server, 0, 1)).isGreaterThanOrEqualTo(TimeUnit.SECONDS.toNanos(1));
        } finally {
            pool.dispose();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"soon", "-1", "1.5", "nan", "", "Sun, 06 Nov 1994 08:49:37 GMT", "0x10", "1, 2", "1e3"})
    void aWaitThatMakesNoSenseIsTheClientsOwnBackOff(String wait) {
        List<Duration> delays = new CopyOnWriteArrayList<>();
        ImportsListener listener = new ImportsListener() {
            @Override
            public void onRetry(Retrying retry) {
                delays.add(retry.delay());
            }
        };
        try (RawServer server = RawServer.script(
                        answer("HTTP/1.1 503 Service Unavailable\nRetry-After: " + wait, ""), json(importJson("7")));
                ReactiveImportsApi client =
                        transport.builder(server).listener(listener).build()) {
            assertThat(client.describeImport("7").block(SOON).id()).isEqualTo("7");
            assertThat(server.requests).hasSize(2);
            assertThat(delays)
                    .singleElement()
                    .satisfies(delay -> assertThat(delay).isBetween(Duration.ofNanos(100_000), Duration.ofMillis(1)));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 503})
    void aWaitThatIsTooLongEndsTheCallAndIsReported(int status) {
        try (RawServer server = RawServer.always(answer("HTTP/1.1 " + status + " Later\nRetry-After: 61", ""));
                ReactiveImportsApi client = transport.client(server)) {
            ImportsApiException refusal = catchThrowableOfType(
                    ImportsApiException.class, () -> client.describeImport("7").block(SOON));
            assertThat(refusal.retryAfter()).isEqualTo(Duration.ofSeconds(61));
            assertThat(refusal.attempts()).isEqualTo(1);
            assertThat(server.requests).hasSize(1);
        }
    }

    @Test
    void theDefaultsWaitInTheInjectedTimeAlone() {
        VirtualTimeScheduler time = VirtualTimeScheduler.create();
        List<Duration> delays = new CopyOnWriteArrayList<>();
        List<Long> seenAt = new CopyOnWriteArrayList<>();
        ImportsListener listener = new ImportsListener() {
            @Override
            public void onRetry(Retrying retry) {
                delays.add(retry.delay());
            }
        };
        try (RawServer server = new RawServer(n -> {
                    seenAt.add(time.now(TimeUnit.MILLISECONDS));
                    return n == 1
                            ? answer("HTTP/1.1 429 Too Many Requests\nRetry-After: 59", "")
                            : answer("HTTP/1.1 500 Oops", "");
                });
                ReactiveImportsApi client = transport
                        .builder(server)
                        .retry(ImportsRetry.ofDefaults())
                        .attemptTimeout(Duration.ofDays(365))
                        .scheduler(time)
                        .listener(listener)
                        .build()) {
            var call = client.describeImport("7").toFuture();
            Await.until(call::isDone, done -> {
                time.advanceTimeBy(Duration.ofMillis(5));
                return done;
            });
            assertThat(call).isCompletedExceptionally();
            assertThat(server.requests).hasSize(4);
            assertThat(seenAt.get(1) - seenAt.get(0)).isGreaterThanOrEqualTo(59_000);
            assertThat(delays.get(0)).isBetween(Duration.ofSeconds(59), Duration.ofSeconds(65));
            assertThat(delays.get(1)).isBetween(Duration.ofMillis(20), Duration.ofMillis(400));
            assertThat(delays.get(2)).isBetween(Duration.ofMillis(20), Duration.ofMillis(800));
        }
    }
}
