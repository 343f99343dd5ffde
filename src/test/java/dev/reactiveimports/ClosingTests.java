package dev.reactiveimports;

import static dev.reactiveimports.RawServer.answer;
import static dev.reactiveimports.RawServer.json;
import static dev.reactiveimports.Transport.SOON;
import static dev.reactiveimports.Transport.endedJson;
import static dev.reactiveimports.Transport.importJson;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.test.publisher.TestPublisher;

/** Closing ends what is in flight, refuses what follows, and leaves alone what is the caller's. */
@SuppressWarnings("try") // closing is what is tested
@ParameterizedClass
@EnumSource(Transport.class)
class ClosingTests {

    private static final StartImportRequest REQUEST = StartImportRequest.of("s3://bucket/dir");

    private final Transport transport;

    ClosingTests(Transport transport) {
        this.transport = transport;
    }

    private static void assertEndsSoon(CompletableFuture<?> call, Class<? extends Throwable> error) {
        assertThatThrownBy(() -> call.get(1, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(error);
    }

    @Test
    void whatIsOnTheWireEndsWithAnErrorAndItsConnectionsAreClosed() {
        try (RawServer server = RawServer.always(RawServer.bytesThenStall(""));
                ReactiveImportsApi client = transport.client(server)) {
            List<CompletableFuture<?>> calls = List.of(
                    client.listImports().collectList().toFuture(),
                    client.describeImport("7").toFuture(),
                    client.cancelImport("7").toFuture(),
                    client.watchImport("7").collectList().toFuture(),
                    client.awaitImport("7").toFuture(),
                    client.warmup().toFuture());
            CompletableFuture<String> start = client.startImport(REQUEST).toFuture();
            assertThat(Await.until(server.requests::size, size -> size == 7)).isEqualTo(7);
            client.disposeLater().block(SOON);
            assertThat(calls).allSatisfy(call -> assertEndsSoon(call, ImportsTransportException.class));
            assertEndsSoon(start, ImportOutcomeUnknownException.class);
            assertThat(server.awaitOpen(0)).isZero();
            assertThat(server.requests).hasSize(7);
        }
    }

    @Test
    void whatWaitsForItsRetryEndsWithAnError() throws InterruptedException {
        CountDownLatch waiting = new CountDownLatch(1);
        ImportsListener listener = new ImportsListener() {
            @Override
            public void onRetry(Retrying retry) {
                waiting.countDown();
            }
        };
        try (RawServer server = RawServer.always(answer("HTTP/1.1 429 Too Many Requests\nRetry-After: 50", ""));
                ReactiveImportsApi client =
                        transport.builder(server).listener(listener).build()) {
            CompletableFuture<?> describe = client.describeImport("7").toFuture();
            assertThat(waiting.await(10, TimeUnit.SECONDS)).isTrue();
            CompletableFuture<?> start = client.startImport(REQUEST).toFuture();
            CompletableFuture<?> queued = client.describeImport("8").toFuture();
            client.disposeLater().block(SOON);
            assertEndsSoon(describe, ImportsTransportException.class);
            // never sent: nobody needs to look for it
            assertEndsSoon(start, ImportsTransportException.class);
            assertEndsSoon(queued, ImportsTransportException.class);
            assertThat(server.requests).hasSize(1);
        }
    }

    @Test
    void aWatchBetweenItsPollsEndsWithAnError() {
        try (RawServer server = RawServer.always(json(importJson("7")));
                ReactiveImportsApi client = transport
                        .builder(server)
                        .pollSpec(PollSpec.fixedInterval(Duration.ofMinutes(5)))
                        .build()) {
            CountDownLatch seen = new CountDownLatch(1);
            CompletableFuture<?> watch = client.watchImport("7")
                    .doOnNext(i -> seen.countDown())
                    .collectList()
                    .toFuture();
            CompletableFuture<?> end = client.awaitImport("7").toFuture();
            assertThat(Await.until(seen::getCount, left -> left == 0)).isZero();
            client.disposeLater().block(SOON);
            assertEndsSoon(watch, ImportsTransportException.class);
            assertEndsSoon(end, ImportsTransportException.class);
        }
    }

    @Test
    void aWatchThatHasToldTheEndCompletesThoughThatMadeItsSubscriberClose() {
        try (RawServer server = RawServer.script(json(importJson("7")), json(endedJson("7", "Completed")));
                ReactiveImportsApi client = transport
                        .builder(server)
                        .pollSpec(PollSpec.fixedInterval(Duration.ofMillis(1)))
                        .build()) {
            List<ImportStatus> seen = client.watchImport("7")
                    .map(ImportOperation::status)
                    .doOnNext(status -> {
                        if (status.isTerminal()) {
                            client.close();
                        }
                    })
                    .collectList()
                    .block(SOON);
            assertThat(seen).containsExactly(ImportStatus.IN_PROGRESS, ImportStatus.COMPLETED);
        }
    }

    @Test
    void closingCancelsWhatItEnds() {
        CallLifecycle closing = new CallLifecycle();
        TestPublisher<Integer> one = TestPublisher.create();
        TestPublisher<Integer> many = TestPublisher.create();
        CompletableFuture<?> call = closing.guard(one.mono()).toFuture();
        CompletableFuture<?> stream = closing.guard(many.flux()).collectList().toFuture();
        many.next(1);
        closing.close();
        one.assertCancelled();
        many.assertCancelled();
        assertEndsSoon(call, ImportsTransportException.class);
        assertEndsSoon(stream, ImportsTransportException.class);
    }

    @Test
    void aCallThatFollowsIsRejectedAndClosingAgainIsNothing() {
        try (RawServer server = RawServer.always(json(importJson("7")))) {
            ReactiveImportsApi client = transport.client(server);
            client.describeImport("7").block(SOON);
            Mono<ImportOperation> assembledBefore = client.describeImport("7");
            client.close();
            client.close();
            client.disposeLater().block(SOON);
            for (Mono<?> call : List.of(
                    assembledBefore,
                    client.startImport(REQUEST),
                    client.cancelImport("7"),
                    client.listImports().next(),
                    client.listImportPages(ListImportsSpec.create()).next(),
                    client.findStarted("s3://bucket/dir", Instant.EPOCH).next(),
                    client.watchImport("7").next(),
                    client.awaitImport("7"),
                    client.warmup())) {
                assertThatThrownBy(() -> call.block(SOON))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("closed");
            }
            assertThat(server.requests).hasSize(1);
            assertThat(server.awaitOpen(0)).isZero();
        }
    }

    @Test
    void aPoolOfTheCallersIsLeftAlone() {
        ConnectionProvider pool = ConnectionProvider.create("callers-own", 2);
        try (RawServer server = RawServer.always(json(importJson("7")))) {
            HttpClient base = HttpClient.create(pool);
            try (ReactiveImportsApi client =
                    transport.builder(server).httpClient(base).build()) {
                client.describeImport("7").block(SOON);
            }
            assertThat(pool.isDisposed()).isFalse();
            try (ReactiveImportsApi client =
                    transport.builder(server).httpClient(base).build()) {
                client.describeImport("7").block(SOON);
            }
            assertThat(server.connections).hasValue(1);
        } finally {
            pool.dispose();
        }
    }

    @Test
    void oneClientsEndIsNotAnothers() {
        try (RawServer server = RawServer.always(json(importJson("7")));
                ReactiveImportsApi other = transport.client(server)) {
            other.describeImport("7").block(SOON);
            transport.client(server).close();
            assertThat(other.describeImport("7").block(SOON).id()).isEqualTo("7");
            assertThat(server.connections).hasValue(1);
        }
    }
}
