package dev.reactiveimports.shared;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reactiveimports.ImportStatus;
import dev.reactiveimports.shared.Cluster.Replica;
import dev.reactiveimports.shared.Cluster.Seen;
import dev.reactiveimports.shared.DatabaseLink.Fate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Consumers: at least once, in order, one replica at a time. */
class SharedConsumingTests {

    private static final long LEASE = Cluster.LEASE.toSeconds();

    private final Cluster cluster = new Cluster(1);
    private final Replica poller = cluster.replica().join();
    private final Replica first = cluster.replica();
    private final Replica second = cluster.replica();
    private final List<String> effects = new ArrayList<>();

    SharedConsumingTests() {
        cluster.run(1);
    }

    private Seen consume(Replica replica) {
        return consume(replica, change -> Mono.empty());
    }

    private Seen consume(Replica replica, Function<RecordedChange, Publisher<?>> after) {
        return new Seen(replica.shared.consume("mail", change -> {
            effects.add(replica.name + " " + Cluster.text(change));
            return after.apply(change);
        }));
    }

    private void imports(String... ids) {
        for (String id : ids) {
            cluster.service.add(id);
            poller.watch(id);
            cluster.run(4);
        }
    }

    @Test
    void oneReplicaHandlesAndAnotherGoesOnWhereItDied() {
        Seen one = consume(first);
        cluster.run(1);
        Seen two = consume(second);
        imports("a", "b");
        assertThat(effects).containsExactly("r2 a:IN_PROGRESS", "r2 b:IN_PROGRESS");
        assertThat(one.text()).containsExactly("a:IN_PROGRESS", "b:IN_PROGRESS");
        first.process.kill();
        imports("c");
        cluster.run(2 * LEASE);
        assertThat(effects).containsExactly("r2 a:IN_PROGRESS", "r2 b:IN_PROGRESS", "r3 c:IN_PROGRESS");
        assertThat(two.text()).containsExactly("c:IN_PROGRESS");
    }

    @Test
    void aClosedReplicaHandsItsConsumersOver() {
        consume(first);
        cluster.run(1);
        consume(second);
        imports("a");
        first.shared.disposeLater().subscribe();
        imports("b");
        cluster.run(LEASE / 2);
        assertThat(effects).containsExactly("r2 a:IN_PROGRESS", "r3 b:IN_PROGRESS");
    }

    @Test
    void aCancelledConsumerHandsItsLeaseOver() {
        var subscription = first.shared.consume("mail", change -> Mono.empty()).subscribe();
        imports("a");
        subscription.dispose();
        cluster.run(1);
        consume(second);
        imports("b");
        assertThat(effects).containsExactly("r3 b:IN_PROGRESS");
    }

    @Test
    void consumersOfOtherNamesHaveCursorsOfTheirOwn() {
        consume(first);
        imports("a");
        Seen other = new Seen(first.shared.consume("audit", change -> Mono.empty()));
        cluster.run(1);
        assertThat(effects).containsExactly("r2 a:IN_PROGRESS");
        assertThat(other.text()).containsExactly("a:IN_PROGRESS");
    }

    @Test
    void aCrashAfterTheEffectAndBeforeTheCursorRedelivers() {
        consume(first, change -> {
            first.link.fate = () -> Fate.HANGS;
            return Mono.empty();
        });
        imports("a");
        first.process.kill();
        consume(second);
        cluster.run(2 * LEASE);
        assertThat(effects).containsExactly("r2 a:IN_PROGRESS", "r3 a:IN_PROGRESS");
    }

    @Test
    void aPoisonChangeEndsItsConsumerAfterItsRetriesWithTheCursorUnmoved() {
        RuntimeException poison = new IllegalStateException("poison");
        Seen one = consume(first, change -> change.change().id().equals("b") ? Mono.error(poison) : Mono.empty());
        imports("a", "b", "c");
        cluster.run(60);
        assertThat(one.failures).containsExactly(poison);
        assertThat(one.text()).containsExactly("a:IN_PROGRESS");
        assertThat(effects).hasSize(5).last().isEqualTo("r2 b:IN_PROGRESS");
        Seen two = consume(second);
        cluster.run(1);
        assertThat(two.text()).containsExactly("b:IN_PROGRESS", "c:IN_PROGRESS");
    }

    @Test
    void aHandlerThatThrowsIsOneThatFails() {
        Seen one = consume(first, change -> {
            throw new IllegalArgumentException("thrown");
        });
        imports("a");
        cluster.run(60);
        assertThat(one.failures).singleElement().isInstanceOf(IllegalArgumentException.class);
        assertThat(effects).hasSize(4);
    }

    @Test
    void anExplicitSkipMovesTheCursor() {
        Seen one =
                consume(first, change -> Mono.error(new IllegalStateException()).onErrorComplete());
        imports("a", "b");
        assertThat(one.failures).isEmpty();
        assertThat(effects).containsExactly("r2 a:IN_PROGRESS", "r2 b:IN_PROGRESS");
    }

    @Test
    void aPausedConsumerIsFencedAndHandlesNoMore() {
        consume(first, change -> Mono.delay(Duration.ofSeconds(1), first.process));
        imports("a");
        for (String id : List.of("b", "c", "d")) {
            cluster.service.add(id);
            poller.watch(id);
        }
        while (effects.size() < 2) {
            cluster.run(Duration.ofMillis(100));
        }
        first.process.pause();
        consume(second);
        cluster.run(3 * LEASE);
        first.process.resume(cluster.random);
        cluster.run(3 * LEASE);
        assertThat(effects.stream().filter(effect -> effect.startsWith("r2"))).hasSize(2);
        assertThat(effects.stream().filter(effect -> effect.startsWith("r3"))).hasSize(3);
        assertThat(cursor()).isEqualTo(cluster.database.head("imports").block());
    }

    @Test
    void aSlowHandlerKeepsItsLease() {
        consume(first, change -> Mono.delay(Duration.ofSeconds(5 * LEASE), first.process));
        consume(second);
        imports("a", "b");
        cluster.run(11 * LEASE);
        assertThat(effects).containsExactly("r2 a:IN_PROGRESS", "r2 b:IN_PROGRESS");
    }

    @Test
    void aHandlerOfALostLeaseIsCancelled() {
        List<String> cancelled = new ArrayList<>();
        consume(
                first,
                change -> Mono.never()
                        .doOnCancel(() -> cancelled.add(change.change().id())));
        imports("a");
        first.link.down = () -> true;
        cluster.run(LEASE);
        assertThat(cancelled).containsExactly("a");
    }

    @Test
    void aConsumerWaitsForADatabaseThatFails() {
        Seen one = consume(first);
        imports("a");
        long goesAt = cluster.service.millis();
        first.link.down = () -> cluster.service.millis() < goesAt + 600_000;
        imports("b");
        cluster.run(700);
        assertThat(one.failures).isEmpty();
        assertThat(effects).containsExactly("r2 a:IN_PROGRESS", "r2 b:IN_PROGRESS");
    }

    @Test
    void aMoveWhoseResponseWasLostIsNoHarm() {
        Seen one = consume(first);
        first.link.fate = () -> cluster.random.nextInt(4) == 0 ? Fate.FAILS_AFTER : Fate.DONE;
        imports("a", "b", "c", "d");
        cluster.run(20 * LEASE);
        assertThat(one.failures).isEmpty();
        assertThat(effects).contains("r2 a:IN_PROGRESS", "r2 b:IN_PROGRESS", "r2 c:IN_PROGRESS", "r2 d:IN_PROGRESS");
    }

    @Test
    void aConsumerHandlesAtMostOneChangeAheadOfDemand() {
        imports("a", "b", "c");
        Flux<RecordedChange> consumed = first.shared.consume("mail", change -> {
            effects.add(change.change().id());
            return Mono.empty();
        });
        List<RecordedChange> received = new ArrayList<>();
        consumed.subscribe(new reactor.core.publisher.BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(org.reactivestreams.Subscription subscription) {
                subscription.request(1);
            }

            @Override
            protected void hookOnNext(RecordedChange change) {
                received.add(change);
            }
        });
        cluster.run(60);
        assertThat(received).hasSize(1);
        assertThat(effects).hasSizeLessThanOrEqualTo(2);
    }

    @Test
    void manyStatesAreHandledWithFewMoves() {
        for (int i = 0; i < 1_000; i++) {
            cluster.service.add("i" + i);
            poller.watch("i" + i);
        }
        cluster.run(60);
        cluster.database.purge("imports", Duration.ofMillis(1)).block();
        Seen one = consume(first);
        cluster.run(60);
        assertThat(one.changes).hasSize(1_000).allMatch(RecordedChange::snapshot);
        assertThat(cursor().sequence()).isBetween(900L, 1_000L);
    }

    @Test
    void aCrashAfterTheStatesDoesNotBeginWithThemAgain() {
        imports("a", "b");
        cluster.database.purge("imports", Duration.ofMillis(1)).block();
        consume(first, change -> {
            if (!change.snapshot()) {
                first.process.kill();
                return Mono.never();
            }
            return Mono.empty();
        });
        cluster.run(1);
        imports("c");
        cluster.service.end("c", ImportStatus.COMPLETED);
        consume(second);
        cluster.run(2 * LEASE);
        assertThat(effects)
                .containsExactly(
                        "r2 =a:IN_PROGRESS",
                        "r2 =b:IN_PROGRESS",
                        "r2 c:IN_PROGRESS",
                        "r3 c:IN_PROGRESS",
                        "r3 c:COMPLETED");
    }

    @Test
    void anImportThatEndedIsNotRecordedAsRunning() {
        imports("a");
        Seen one = consume(first);
        StoreLease late = cluster.database
                .acquire("imports", "", "x", Duration.ofHours(1))
                .block();
        assertThat(late).isNull();
        cluster.service.end("a", ImportStatus.COMPLETED);
        cluster.run(4);
        cluster.service.revive("a");
        poller.watch("a");
        cluster.run(2 * LEASE);
        assertThat(one.text()).containsExactly("a:IN_PROGRESS", "a:COMPLETED");
    }

    private Cursor cursor() {
        cluster.run(3 * LEASE);
        first.process.kill();
        second.process.kill();
        cluster.run(2 * LEASE);
        return cluster.database
                .acquire("imports", "mail", "test", Duration.ofSeconds(1))
                .block()
                .position();
    }
}
