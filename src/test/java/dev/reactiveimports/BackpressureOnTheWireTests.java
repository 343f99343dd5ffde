package dev.reactiveimports;

import static dev.reactiveimports.RawServer.answer;
import static dev.reactiveimports.RawServer.json;
import static dev.reactiveimports.Transport.SOON;
import static dev.reactiveimports.Transport.importJson;
import static dev.reactiveimports.Transport.pageJson;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.reactivestreams.Subscription;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionPoolMetrics;
import reactor.netty.resources.ConnectionProvider;

/** What subscribers do, by what the server sees of it. */
@ParameterizedClass
@EnumSource(Transport.class)
class BackpressureOnTheWireTests {

    private final Transport transport;

    BackpressureOnTheWireTests(Transport transport) {
        this.transport = transport;
    }

    /** Ten pages of four. */
    private static RawServer tenPages() {
        return new RawServer(n -> connection -> {
            String line = connection.request.line();
            int at = line.indexOf("paginationToken=");
            int page = at < 0 ? 1 : Integer.parseInt(line.substring(at + 16, line.lastIndexOf(' ')));
            return json(pageJson(page < 10 ? "" + (page + 1) : null, page + "a", page + "b", page + "c", page + "d"))
                    .write(connection);
        });
    }

    private static final class Pulling extends BaseSubscriber<ImportOperation> {

        final List<String> seen = new CopyOnWriteArrayList<>();

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            // nothing yet
        }

        @Override
        protected void hookOnNext(ImportOperation item) {
            seen.add(item.id());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0,0,0", "1,0,1", "4,0,1", "5,0,2", "8,0,2", "9,0,3", "40,0,10", "0,1,0", "1,1,2", "4,1,2", "5,1,3", "8,1,3",
        "40,1,10"
    })
    void requestsFollowDemand(int items, int readAhead, int requests) {
        try (RawServer server = tenPages();
                ReactiveImportsApi client = transport.client(server)) {
            Pulling pulling = new Pulling();
            client.listImports(ListImportsSpec.create().pageSize(4).readAhead(readAhead))
                    .subscribe(pulling);
            if (items > 0) {
                pulling.request(items);
            }
            assertThat(Await.until(pulling.seen::size, size -> size == items)).isEqualTo(items);
            assertThat(Await.until(server.requests::size, size -> size == requests))
                    .isEqualTo(requests);
            // whatever else had been sent would have been sent before this
            client.listImports(ListImportsSpec.create().startAt("10")).blockLast(SOON);
            assertThat(server.requests).hasSize(requests + 1);
            pulling.cancel();
        }
    }

    @Test
    void demandInPiecesCostsNoMoreThanDemandAtOnce() {
        try (RawServer server = tenPages();
                ReactiveImportsApi client = transport.client(server)) {
            Pulling pulling = new Pulling();
            client.listImports().subscribe(pulling);
            for (int i = 1; i <= 9; i++) {
                int wanted = i;
                pulling.request(1);
                assertThat(Await.until(pulling.seen::size, size -> size == wanted))
                        .isEqualTo(i);
                assertThat(server.requests).hasSize((i + 3) / 4);
            }
            pulling.cancel();
        }
    }

    @Test
    void cancelClosesTheExchangeInFlight() {
        try (RawServer server =
                        RawServer.always(RawServer.bytesThenStall("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"));
                ReactiveImportsApi client = transport.client(server)) {
            Disposable describing = client.describeImport("7").subscribe();
            Disposable listing = client.listImports().subscribe();
            Disposable watching = client.watchImport("7").subscribe();
            assertThat(Await.until(server.requests::size, size -> size == 3)).isEqualTo(3);
            describing.dispose();
            listing.dispose();
            watching.dispose();
            assertThat(server.awaitOpen(0)).isZero();
            assertThat(server.clientCloses).hasValue(3);
            assertThat(server.requests).hasSize(3);
        }
    }

    @Test
    void cancelInBackOffOrBetweenPollsLeavesNoTimer() {
        CountingScheduler time = new CountingScheduler();
        AtomicReference<ImportsListener.Retrying> retrying = new AtomicReference<>();
        ImportsListener listener = new ImportsListener() {
            @Override
            public void onRetry(Retrying retry) {
                retrying.set(retry);
            }
        };
        try (RawServer server = RawServer.script(answer("HTTP/1.1 503 Down", ""), json(importJson("7")));
                ReactiveImportsApi client = transport
                        .builder(server)
                        .scheduler(time)
                        .listener(listener)
                        .build()) {
            Disposable inBackOff = client.describeImport("7").subscribe();
            Await.until(retrying::get, retry -> retry != null);
            assertThat(Await.until(time::timers, timers -> timers == 1)).isEqualTo(1);
            inBackOff.dispose();
            assertThat(Await.until(time::timers, timers -> timers == 0)).isZero();

            List<String> seen = new CopyOnWriteArrayList<>();
            Disposable betweenPolls = client.watchImport("7", PollSpec.fixedInterval(Duration.ofSeconds(10)))
                    .subscribe(i -> seen.add(i.id()));
            Await.until(seen::size, size -> size == 1);
            assertThat(Await.until(time::timers, timers -> timers == 1)).isEqualTo(1);
            betweenPolls.dispose();
            assertThat(Await.until(time::timers, timers -> timers == 0)).isZero();
            time.advance(Duration.ofHours(1));
            client.describeImport("7").block(SOON);
            assertThat(server.requests).hasSize(3);
        }
    }

    /** A caller's own pool forgets who cancelled only when it is its turn. Of ours, {@link CrowdedPoolTests} tells. */
    @Test
    void cancelWhileWaitingForAConnectionOfACallersPoolSendsNothingAndHoldsNothing() {
        AtomicReference<ConnectionPoolMetrics> metrics = new AtomicReference<>();
        ConnectionProvider pool = ConnectionProvider.builder("callers-own")
                .maxConnections(1)
                .metrics(true, () -> (name, id, address, measured) -> metrics.set(measured))
                .build();
        try (RawServer server = RawServer.script(RawServer.bytesThenStall(""), json(importJson("7")));
                ReactiveImportsApi client = transport
                        .builder(server)
                        .httpClient(HttpClient.create(pool))
                        .build()) {
            Disposable holding = client.describeImport("1").subscribe();
            Await.until(server.requests::size, size -> size == 1);
            Disposable waiting = client.describeImport("2").subscribe();
            assertThat(Await.until(() -> metrics.get().pendingAcquireSize(), size -> size == 1))
                    .isEqualTo(1);
            waiting.dispose();
            holding.dispose();
            assertThat(client.describeImport("7").block(SOON).id()).isEqualTo("7");
            assertThat(server.requests)
                    .extracting(RawServer.Request::line)
                    .containsExactly("GET /bulk/imports/1 HTTP/1.1", "GET /bulk/imports/7 HTTP/1.1");
            assertThat(Await.until(() -> metrics.get().acquiredSize(), size -> size == 0))
                    .isZero();
            assertThat(metrics.get().pendingAcquireSize()).isZero();
        } finally {
            pool.dispose();
        }
    }

    @Test
    void aSubscriberThatThrowsEndsItsListing() {
        try (RawServer server = tenPages();
                ReactiveImportsApi client = transport.client(server)) {
            List<Throwable> errors = new CopyOnWriteArrayList<>();
            client.listImports()
                    .subscribe(
                            item -> {
                                throw new IllegalStateException("mine");
                            },
                            errors::add);
            assertThat(Await.until(errors::size, size -> size == 1)).isEqualTo(1);
            assertThat(errors.get(0)).hasMessage("mine");
            client.listImports(ListImportsSpec.create().startAt("10")).blockLast(SOON);
            assertThat(server.requests).hasSize(2);
        }
    }

    @Test
    void twoSubscribersAreTwoCalls() {
        try (RawServer server = tenPages();
                ReactiveImportsApi client = transport.client(server)) {
            Flux<ImportOperation> listing = client.listImports();
            assertThat(server.connections).hasValue(0);
            assertThat(listing.take(4).count().block(SOON)).isEqualTo(4);
            assertThat(listing.count().block(SOON)).isEqualTo(40);
            assertThat(server.requests).hasSize(11);
        }
    }
}
