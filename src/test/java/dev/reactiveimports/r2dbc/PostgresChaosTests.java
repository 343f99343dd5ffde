package dev.reactiveimports.r2dbc;

import static dev.reactiveimports.r2dbc.R2dbcFaultTests.WATCH;
import static dev.reactiveimports.r2dbc.R2dbcFaultTests.first;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reactiveimports.shared.Appended;
import dev.reactiveimports.shared.Cursor;
import dev.reactiveimports.shared.ImportsStore;
import dev.reactiveimports.shared.LogPage;
import io.r2dbc.pool.ConnectionPool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.util.retry.Retry;

/** A minute of writers that pause and race for short leases, on a server that is restarted all the time. */
@Tag("shared")
@Timeout(300)
class PostgresChaosTests {

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration LEASE = Duration.ofMillis(40);

    private final ConnectionPool pool = PostgresServer.pooled(TestDatabase.POSTGRESQL.created());
    private final ImportsStore store = R2dbcImportsStore.create(pool);
    private final AtomicLong appended = new AtomicLong();
    private final AtomicInteger fenced = new AtomicInteger();

    @Test
    void nothingIsLostOrDoubledAndTheLogHasNoGaps() {
        Flux<Long> restarts = Flux.interval(Duration.ofSeconds(10), Schedulers.boundedElastic())
                .doOnNext(tick -> PostgresServer.running().restart());
        Flux.range(0, 3)
                .flatMap(this::writer, 3)
                .takeUntilOther(Mono.delay(MINUTE))
                .mergeWith(restarts.take(5).ignoreElements().cast(Integer.class))
                .blockLast(MINUTE.multipliedBy(3));
        List<String> log = readAll();
        assertThat(log).doesNotHaveDuplicates().hasSizeGreaterThanOrEqualTo((int) appended.get());
        assertThat(fenced.get()).isPositive();
        System.out.println("appended " + appended + ", in the log " + log.size() + ", fenced " + fenced);
        pool.dispose();
    }

    private Flux<Integer> writer(int number) {
        return Flux.range(0, Integer.MAX_VALUE)
                .concatMap(i ->
                        Mono.defer(() -> append(number + "-" + i)).retryWhen(Retry.fixedDelay(Long.MAX_VALUE, LEASE)));
    }

    private Mono<Integer> append(String id) {
        return store.acquire(WATCH, ImportsStore.POLLER, "writer-" + id, LEASE)
                .delayUntil(lease ->
                        Mono.delay(Duration.ofMillis(ThreadLocalRandom.current().nextInt(60))))
                .flatMap(lease -> store.append(lease, LEASE, List.of(first(id)))
                        .map(Appended::changes)
                        .doOnNext(appended::addAndGet)
                        .switchIfEmpty(Mono.fromCallable(fenced::incrementAndGet)))
                .timeout(Duration.ofSeconds(10));
    }

    private List<String> readAll() {
        List<String> ids = new ArrayList<>();
        Cursor at = Cursor.START;
        while (true) {
            LogPage page = store.read(WATCH, at, 1_000).block(MINUTE);
            assertThat(page.known()).isTrue();
            if (page.changes().isEmpty()) {
                return ids;
            }
            for (var change : page.changes()) {
                assertThat(change.cursor().sequence()).isEqualTo(at.sequence() + 1);
                at = change.cursor();
                ids.add(change.change().id());
            }
        }
    }
}
