package dev.reactiveimports.shared;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reactiveimports.ImportStatus;
import dev.reactiveimports.shared.Cluster.Replica;
import dev.reactiveimports.shared.SharedImportsListener.LeaseEnd;
import dev.reactiveimports.shared.SharedImportsListener.Progress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/** What a replica reports of its leases, its appends and its consumers. */
class SharedImportsListenerTests {

    private static final long LEASE = Cluster.LEASE.toSeconds();

    private final Cluster cluster = new Cluster(1);

    private Replica replica(SharedImportsListener... listeners) {
        cluster.settings = builder -> builder.listener(SharedImportsListener.all(List.of(listeners)));
        return cluster.replica();
    }

    private void imports(Replica by, String... ids) {
        for (String id : ids) {
            cluster.service.add(id);
            by.watch(id);
            cluster.run(4);
        }
    }

    @Test
    void leasesAreReportedByTheReplicaThatHasThem() {
        Heard one = new Heard();
        Heard two = new Heard();
        Replica poller = replica(one).join();
        cluster.run(1);
        Replica follower = replica(two).join();
        cluster.run(1);
        assertThat(one.events).containsExactly("acquired poller");
        assertThat(two.events).containsExactly("not acquired poller");
        poller.shared.disposeLater().subscribe();
        cluster.run(LEASE / 2);
        assertThat(one.events).containsExactly("acquired poller", "RELEASED poller");
        assertThat(two.events).contains("acquired poller");
        assertThat(one.leases.get(0).epoch()).isLessThan(two.leases.get(0).epoch());
        follower.shared.disposeLater().subscribe();
        cluster.run(1);
        assertThat(two.events).last().isEqualTo("RELEASED poller");
    }

    @Test
    void aReplicaThatWasStoppedReportsThatItsLeaseIsLost() {
        Heard heard = new Heard();
        Replica poller = replica(heard).join();
        cluster.run(1);
        replica().join();
        poller.process.pause();
        cluster.run(3 * LEASE);
        poller.process.resume(cluster.random);
        cluster.run(1);
        assertThat(heard.events).startsWith("acquired poller", "LOST poller");
    }

    @Test
    void aDatabaseThatFailsEndsTheLeaseAndItIsAcquiredAnew() {
        Heard heard = new Heard();
        Replica poller = replica(heard).join();
        cluster.run(1);
        long goesAt = cluster.service.millis();
        poller.link.down = () -> cluster.service.millis() < goesAt + 60_000;
        cluster.run(120);
        assertThat(heard.events).containsExactly("acquired poller", "STORE_FAILED poller", "acquired poller");
    }

    @Test
    void appendedChangesAreCountedByThePoller() {
        Heard one = new Heard();
        Heard two = new Heard();
        Replica poller = replica(one).join();
        cluster.run(1);
        imports(replica(two).join(), "a", "b");
        cluster.service.end("a", ImportStatus.COMPLETED);
        cluster.run(4);
        assertThat(one.appended).isEqualTo(3);
        assertThat(two.appended).isZero();
        assertThat(poller.requests()).isPositive();
    }

    @Test
    void aConsumerReportsEachChangeAndThatItIsAtTheHead() {
        Heard heard = new Heard();
        Replica replica = replica(heard);
        replica.shared.consume("mail", change -> Mono.empty()).subscribe();
        imports(replica, "a", "b");
        assertThat(heard.events)
                .contains("acquired mail", "consumed mail a:IN_PROGRESS", "consumed mail b:IN_PROGRESS");
        assertThat(heard.progress.get(heard.progress.size() - 1))
                .isEqualTo(new Progress("imports", "mail", head(), head()));
    }

    @Test
    void aHandlerThatHangsFallsBehindForAllToSee() {
        Heard heard = new Heard();
        Replica replica = replica(heard);
        replica.shared
                .consume("mail", change -> change.change().id().equals("b") ? Mono.never() : Mono.empty())
                .subscribe();
        imports(replica, "a", "b");
        assertThat(heard.lag()).isEqualTo(1);
        imports(replica, "c", "d", "e");
        assertThat(heard.lag()).isEqualTo(4);
    }

    @Test
    void aConsumerThatBeginsFarBehindReportsHowFar() {
        Heard heard = new Heard();
        Replica replica = replica(heard).join();
        imports(replica, "a", "b", "c");
        replica.shared
                .consume("mail", change -> Mono.delay(Duration.ofSeconds(5), replica.process))
                .subscribe();
        cluster.run(1);
        assertThat(heard.lag()).isEqualTo(3);
        cluster.run(5);
        assertThat(heard.lag()).isEqualTo(2);
        cluster.run(20);
        assertThat(heard.lag()).isZero();
    }

    @Test
    void theEndOfAConsumersLeaseHasItsReason() {
        Heard heard = new Heard();
        Replica replica = replica(heard);
        Disposable cancelled =
                replica.shared.consume("first", change -> Mono.empty()).subscribe();
        replica.shared
                .consume("second", change -> Mono.error(new IllegalStateException("poison")))
                .subscribe(change -> {}, failure -> {});
        imports(replica, "a");
        cluster.run(60);
        cancelled.dispose();
        cluster.run(1);
        assertThat(heard.events)
                .contains("HANDLER_FAILED second", "RELEASED first")
                .doesNotContain("consumed second a:IN_PROGRESS");
    }

    @Test
    void whatAListenerThrowsHasNoEffect() {
        Heard after = new Heard();
        Replica replica = replica(new Throwing(), after);
        List<RecordedChange> consumed = new ArrayList<>();
        replica.shared.consume("mail", change -> Mono.empty()).subscribe(consumed::add);
        imports(replica, "a");
        assertThat(consumed).hasSize(1);
        assertThat(after.events).contains("acquired poller", "acquired mail", "consumed mail a:IN_PROGRESS");
        assertThat(after.appended).isEqualTo(1);
        assertThat(after.progress).isNotEmpty();
        replica.shared.disposeLater().subscribe();
        cluster.run(1);
        assertThat(after.events).contains("RELEASED poller", "RELEASED mail");
    }

    @Test
    void noListenersAreNone() {
        assertThat(SharedImportsListener.all(List.of())).isSameAs(SharedImportsListener.NONE);
        assertThat(SharedImportsListener.all(List.of(SharedImportsListener.NONE)))
                .isSameAs(SharedImportsListener.NONE);
        SharedImportsListener all = SharedImportsListener.all(List.of(new Heard()));
        assertThat(SharedImportsListener.all(List.of(all))).isSameAs(all);
    }

    @Test
    void aHeadThatWasReadBeforeTheChangeIsNoNegativeLag() {
        assertThat(new Progress("imports", "mail", new Cursor(1, 7), new Cursor(1, 5)).lag())
                .isZero();
    }

    private Cursor head() {
        Cursor head = cluster.database.head("imports").block();
        assertThat(head).isNotNull();
        return head;
    }

    /** Keeps what it receives. */
    private static final class Heard implements SharedImportsListener {

        final List<String> events = new ArrayList<>();
        final List<StoreLease> leases = new ArrayList<>();
        final List<Progress> progress = new ArrayList<>();
        int appended;

        long lag() {
            return progress.get(progress.size() - 1).lag();
        }

        private static String name(String lease) {
            return lease.equals(ImportsStore.POLLER) ? "poller" : lease;
        }

        @Override
        public void onLeaseAcquired(StoreLease lease) {
            leases.add(lease);
            events.add("acquired " + name(lease.name()));
        }

        @Override
        public void onLeaseNotAcquired(String watch, String name) {
            events.add("not acquired " + name(name));
        }

        @Override
        public void onLeaseEnded(StoreLease lease, LeaseEnd end) {
            events.add(end + " " + name(lease.name()));
        }

        @Override
        public void onAppended(Appended changes) {
            appended += changes.changes();
        }

        @Override
        public void onConsumed(String watch, String consumer, RecordedChange change) {
            events.add("consumed " + consumer + " " + Cluster.text(change));
        }

        @Override
        public void onProgress(Progress now) {
            progress.add(now);
        }
    }

    /** As one that is linked against another version of the library. */
    private static final class Throwing implements SharedImportsListener {

        @Override
        public void onLeaseAcquired(StoreLease lease) {
            throw new NoSuchMethodError("thrown");
        }

        @Override
        public void onLeaseNotAcquired(String watch, String name) {
            throw new IllegalStateException("thrown");
        }

        @Override
        public void onLeaseEnded(StoreLease lease, LeaseEnd end) {
            throw new IllegalStateException("thrown");
        }

        @Override
        public void onAppended(Appended appended) {
            throw new IllegalStateException("thrown");
        }

        @Override
        public void onConsumed(String watch, String consumer, RecordedChange change) {
            throw new IllegalStateException("thrown");
        }

        @Override
        public void onProgress(Progress progress) {
            throw new IllegalStateException("thrown");
        }
    }
}
