package dev.reactiveimports.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reactiveimports.ImportOperation;
import dev.reactiveimports.ImportStatus;
import dev.reactiveimports.ImportStatusChange;
import dev.reactiveimports.shared.Cluster.Replica;
import dev.reactiveimports.shared.Cluster.Seen;
import dev.reactiveimports.shared.DatabaseLink.Fate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What readers of the log receive, whatever happens to the log and to the database. */
class SharedReadingTests {

    private final Cluster cluster = new Cluster(1);
    private final Replica replica = cluster.replica();

    private void imports(String... ids) {
        replica.join();
        for (String id : ids) {
            cluster.service.add(id);
            replica.watch(id);
            cluster.run(4);
        }
    }

    @Test
    void aLateReaderBeginsWithTheStatesFlagged() {
        imports("a", "b");
        cluster.service.end("a", ImportStatus.COMPLETED);
        cluster.run(4);
        Seen seen = replica.changes();
        cluster.run(1);
        assertThat(seen.text()).containsExactly("=b:IN_PROGRESS", "=a:COMPLETED");
        cluster.service.end("b", ImportStatus.FAILED);
        cluster.run(4);
        assertThat(seen.text()).containsExactly("=b:IN_PROGRESS", "=a:COMPLETED", "b:FAILED");
        assertThat(seen.changes.get(2).change().from()).isEqualTo(ImportStatus.IN_PROGRESS);
    }

    @Test
    void aReaderGoesOnStrictlyAfterItsCursor() {
        imports("a", "b", "c");
        Seen all = new Seen(replica.shared.changes(Cursor.START));
        cluster.run(1);
        assertThat(all.text()).containsExactly("a:IN_PROGRESS", "b:IN_PROGRESS", "c:IN_PROGRESS");
        Seen rest = new Seen(replica.shared.changes(all.changes.get(1).cursor()));
        cluster.run(1);
        assertThat(rest.text()).containsExactly("c:IN_PROGRESS");
    }

    @Test
    void theCursorOfAStateIsAPlaceToGoOnFrom() {
        imports("a", "b", "c");
        cluster.service.end("a", ImportStatus.COMPLETED);
        cluster.run(4);
        Seen states = replica.changes();
        cluster.run(1);
        Seen rest = new Seen(replica.shared.changes(states.changes.get(0).cursor()));
        cluster.run(1);
        assertThat(rest.text()).containsExactly("c:IN_PROGRESS", "a:COMPLETED");
    }

    @Test
    void aReaderBehindTheRetentionGetsTheStatesThenChanges() {
        imports("a", "b");
        Cursor first = new Cursor(cluster.database.head("imports").block().epoch(), 1);
        cluster.run(60);
        assertThat(cluster.database.purge("imports", Duration.ofSeconds(30)).block())
                .isEqualTo(1);
        Seen seen = new Seen(replica.shared.changes(first));
        cluster.run(1);
        cluster.service.end("a", ImportStatus.COMPLETED);
        cluster.run(4);
        assertThat(seen.text()).containsExactly("=a:IN_PROGRESS", "=b:IN_PROGRESS", "a:COMPLETED");
    }

    @Test
    void changesAreRemovedByTheRetention() {
        cluster.settings = settings -> settings.retention(Duration.ofMinutes(30));
        Replica other = cluster.replica().join();
        cluster.service.add("a", Duration.ofSeconds(60), Duration.ofSeconds(120), ImportStatus.COMPLETED);
        other.watch("a");
        cluster.run(180);
        assertThat(cluster.log()).hasSize(3);
        cluster.run(3_600);
        assertThat(cluster.database.read("imports", Cursor.START, 10).block()).isEqualTo(LogPage.UNKNOWN);
        assertThat(cluster.database.states("imports", 0, 10).block()).hasSize(1);
    }

    @Test
    void aDatabaseThatLostCommitsIsNoticedByAReaderThatWaits() {
        imports("a", "b");
        Runnable failOver = cluster.database.checkpoint();
        Seen seen = replica.changes();
        cluster.run(1);
        cluster.service.end("a", ImportStatus.COMPLETED);
        cluster.run(4);
        assertThat(seen.text()).containsExactly("=a:IN_PROGRESS", "=b:IN_PROGRESS", "a:COMPLETED");
        failOver.run();
        cluster.run(60);
        assertThat(cluster.log()).containsExactly("a:IN_PROGRESS", "b:IN_PROGRESS", "a:COMPLETED");
        assertThat(seen.text().subList(3, seen.changes.size()))
                .contains("=b:IN_PROGRESS")
                .endsWith("a:COMPLETED");
        assertThat(cluster.database
                        .read("imports", seen.changes.get(2).cursor(), 10)
                        .block())
                .isEqualTo(LogPage.UNKNOWN);
    }

    @Test
    void aPollerNoticesThatCommitsWereLostThoughItsLeaseIsThere() {
        imports("a");
        Runnable failOver = cluster.database.checkpoint();
        StoreLease lease = cluster.database
                .acquire("imports", "x", "y", Duration.ofSeconds(1))
                .block();
        assertThat(lease).isNotNull();
        cluster.service.end("a", ImportStatus.COMPLETED);
        cluster.run(4);
        long epoch = cluster.database.head("imports").block().epoch();
        failOver.run();
        cluster.run(60);
        assertThat(cluster.log()).containsExactly("a:IN_PROGRESS", "a:COMPLETED");
        assertThat(cluster.database.head("imports").block().epoch()).isGreaterThan(epoch);
    }

    @Test
    void aCursorOfAnotherWatchIsAnIllegalArgument() {
        imports("a");
        Cursor foreign = cluster.database.head("imports").block();
        cluster.settings = settings -> settings.name("other");
        Seen seen = new Seen(cluster.replica().shared.changes(foreign));
        cluster.run(1);
        assertThat(seen.failures).singleElement().isInstanceOf(IllegalArgumentException.class);
        assertThat(seen.failures.get(0)).hasMessageContaining("other");
    }

    @Test
    void twoNamesDoNotMeet() {
        imports("a");
        cluster.settings = settings -> settings.name("other");
        Replica other = cluster.replica();
        Seen seen = other.changes();
        cluster.run(30);
        assertThat(seen.changes).isEmpty();
        assertThat(other.requests()).isZero();
    }

    @Test
    void aSlowReaderCostsAPageAndDelaysNobody() {
        Replica reader = cluster.replica();
        List<RecordedChange> slow = new ArrayList<>();
        BaseSubscriber<RecordedChange> subscriber = new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {
                subscription.request(1);
            }

            @Override
            protected void hookOnNext(RecordedChange change) {
                slow.add(change);
            }
        };
        appendDirectly(5_000);
        reader.shared.changes(Cursor.START).subscribe(subscriber);
        Seen fast = new Seen(reader.shared.changes(Cursor.START));
        cluster.run(60);
        assertThat(slow).hasSize(1);
        assertThat(fast.changes).hasSize(5_000);
        long operations = reader.link.rowsRead;
        assertThat(operations).isLessThanOrEqualTo(5_000 + 2L * SharedSettings.PAGE);
        subscriber.requestUnbounded();
        cluster.run(60);
        assertThat(slow).hasSize(5_000);
    }

    private void appendDirectly(int changes) {
        StoreLease lease = cluster.database
                .acquire("imports", ImportsStore.POLLER, "x", Duration.ofHours(1))
                .block();
        for (int i = 0; i < changes; i++) {
            ImportOperation operation = ImportOperation.of("i" + i, ImportStatus.COMPLETED);
            NewChange change =
                    new NewChange(0, new ImportStatusChange(operation.id(), null, operation.status(), operation));
            cluster.database.append(lease, Duration.ofHours(1), List.of(change)).block();
        }
    }

    @Test
    void idleReadersAskForTheHeadTogether() {
        imports("a");
        Replica reader = cluster.replica();
        List<Seen> readers = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            readers.add(reader.changes());
        }
        cluster.run(10);
        long before = reader.link.operations;
        cluster.run(60);
        assertThat(reader.link.operations - before).isLessThan(100);
        assertThat(readers).allSatisfy(one -> assertThat(one.changes).hasSize(1));
    }

    @Test
    void aReaderThatIsAheadOfTheLastLookAtTheHeadWaits() {
        StoreLease lease = cluster.database
                .acquire("imports", ImportsStore.POLLER, "x", Duration.ofHours(1))
                .block();
        Replica reader = cluster.replica();
        reader.link.notifies = false;
        Seen seen = reader.changes();
        for (int i = 0; i < 200; i++) {
            ImportOperation operation = ImportOperation.of("i" + i, ImportStatus.COMPLETED);
            NewChange change =
                    new NewChange(0, new ImportStatusChange(operation.id(), null, operation.status(), operation));
            cluster.service.after(
                    Duration.ofMillis(97L * i),
                    () -> cluster.database
                            .append(lease, Duration.ofHours(1), List.of(change))
                            .subscribe());
            int at = i;
            cluster.service.after(Duration.ofMillis(1_000L * i / 4), () -> {
                if (at % 8 == 0) {
                    reader.link.latency = () -> Duration.ofMillis(at % 16 == 0 ? 1 : 150);
                }
            });
        }
        cluster.run(60);
        assertThat(seen.changes).hasSize(200);
        assertThat(reader.link.operations).isLessThan(400);
    }

    @Test
    void withoutNotificationsAReaderIsLateByASecondOrSo() {
        replica.link.notifies = false;
        imports("a");
        Seen seen = replica.changes();
        cluster.run(4);
        cluster.service.end("a", ImportStatus.COMPLETED);
        cluster.run(Cluster.POLL.plusMillis(1_300));
        assertThat(seen.text()).containsExactly("=a:IN_PROGRESS", "a:COMPLETED");
    }

    @Test
    void notificationsThatFailAreListenedForAgainAndNothingIsMissed() {
        imports("a");
        Replica reader = cluster.replica();
        reader.link.listeningFails = true;
        Seen seen = reader.changes();
        cluster.run(10);
        cluster.service.end("a", ImportStatus.COMPLETED);
        cluster.run(4);
        assertThat(seen.text()).containsExactly("=a:IN_PROGRESS", "a:COMPLETED");
        assertThat(reader.link.listened).isGreaterThan(1);
        assertThat(seen.failures).isEmpty();
    }

    @Test
    void aReaderWaitsForADatabaseThatFails() {
        imports("a");
        Replica reader = cluster.replica();
        reader.link.fate = () -> cluster.random.nextInt(3) == 0 ? Fate.DONE : Fate.FAILS_BEFORE;
        Seen seen = reader.changes();
        cluster.run(60);
        cluster.service.end("a", ImportStatus.COMPLETED);
        cluster.run(60);
        assertThat(seen.text()).containsExactly("=a:IN_PROGRESS", "a:COMPLETED");
        assertThat(seen.failures).isEmpty();
    }

    @Test
    void aStoreThatCannotBeUsedFailsReaders() {
        replica.link.unusable = new IllegalStateException("run createSchema()");
        Seen seen = replica.changes();
        cluster.run(60);
        assertThat(seen.failures).containsExactly(replica.link.unusable);
    }

    @Test
    void currentStatesCostNoRequest() {
        imports("a", "b");
        Replica other = cluster.replica();
        List<String> current = new ArrayList<>();
        other.shared.current().subscribe(operation -> current.add(operation.id() + ":" + operation.status()));
        cluster.run(1);
        assertThat(current).containsExactly("a:IN_PROGRESS", "b:IN_PROGRESS");
        cluster.run(60);
        assertThat(other.requests()).isZero();
        assertThat(other.link.renewals).isZero();
    }

    @Test
    void currentAndWatchFailWithTheDatabase() {
        replica.link.down = () -> true;
        List<Throwable> failures = new ArrayList<>();
        replica.shared.current().subscribe(operation -> {}, failures::add);
        replica.shared.watch("a").subscribe(nothing -> {}, failures::add);
        cluster.run(60);
        assertThat(failures).hasSize(2);
    }

    @Test
    void anInvalidIdIsRejectedAtTheCall() {
        assertThatThrownBy(() -> replica.shared.watch("..")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> replica.shared.consume("run/mail", change -> Mono.empty()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("run/");
        assertThatThrownBy(() -> replica.shared.consume("", change -> Mono.empty()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(replica.link.operations).isZero();
    }

    @Test
    void nothingHappensBeforeASubscription() {
        replica.shared.changes();
        replica.shared.watch("a");
        replica.shared.consume("mail", change -> Flux.empty());
        cluster.run(60);
        assertThat(replica.link.operations).isZero();
    }

    @Test
    void aClosedReplicaFailsItsReadersAndLaterOnes() {
        imports("a");
        Seen seen = replica.changes();
        cluster.run(4);
        replica.shared.disposeLater().subscribe();
        cluster.run(1);
        Seen later = replica.changes();
        assertThat(seen.failures).singleElement().isInstanceOf(IllegalStateException.class);
        assertThat(later.failures).singleElement().isInstanceOf(IllegalStateException.class);
        long operations = replica.link.operations;
        cluster.run(60);
        assertThat(replica.link.operations).isEqualTo(operations);
    }

    @Test
    void aCursorIsTextAndBack() {
        Cursor cursor = new Cursor(Long.MAX_VALUE, 7);
        assertThat(Cursor.decode(cursor.encode())).isEqualTo(cursor);
        assertThat(Cursor.decode(Cursor.START.encode())).isEqualTo(Cursor.START);
        for (String bad :
                List.of("", "7", "-1-1", "1-", "1-2-3", "9999999999999999999-1", "0-1", "1-0", "a-b", "1-2\n")) {
            assertThatThrownBy(() -> Cursor.decode(bad)).as(bad).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
