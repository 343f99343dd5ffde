package dev.reactiveimports.shared;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reactiveimports.ImportStatus;
import dev.reactiveimports.shared.Cluster.Replica;
import dev.reactiveimports.shared.Cluster.Seen;
import dev.reactiveimports.shared.DatabaseLink.Fate;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Who polls, what is appended, and what happens when processes, clocks and the database fail. */
class SharedPollingTests {

    private static final long LEASE = Cluster.LEASE.toSeconds();
    private static final long POLL = Cluster.POLL.toSeconds();

    private final Cluster cluster = new Cluster(1);
    private final Replica poller = cluster.replica().join();
    private final Replica follower;
    private final Seen seen;

    SharedPollingTests() {
        cluster.run(1);
        follower = cluster.replica();
        seen = follower.changes();
        cluster.run(1);
    }

    private void importRuns(String id) {
        cluster.service.add(id);
        follower.watch(id);
        cluster.run(5);
        assertThat(seen.text()).contains(id + ":IN_PROGRESS");
        assertThat(poller.requests()).isPositive();
        assertThat(follower.requests()).isZero();
    }

    @Test
    void aPollerThatDiesIsSucceededWithinTwoLeases() {
        importRuns("a");
        poller.process.kill();
        cluster.service.end("a", ImportStatus.COMPLETED);
        cluster.run(2 * LEASE);
        assertThat(seen.text()).containsExactly("a:IN_PROGRESS", "a:COMPLETED");
        assertThat(poller.requestsSince(cluster.service.millis() - 2 * LEASE * 1000))
                .isZero();
    }

    @Test
    void aClosedPollerHandsItsLeaseOverAtOnce() {
        importRuns("a");
        poller.shared.disposeLater().subscribe();
        cluster.service.end("a", ImportStatus.COMPLETED);
        cluster.run(LEASE / 2);
        assertThat(seen.text()).containsExactly("a:IN_PROGRESS", "a:COMPLETED");
    }

    @Test
    void aPollerThatWasStoppedPastItsLeasePollsNoMore() {
        importRuns("a");
        poller.process.pause();
        cluster.run(3 * LEASE);
        cluster.service.end("a", ImportStatus.COMPLETED);
        long resumedAt = cluster.service.millis();
        poller.process.resume(cluster.random);
        cluster.run(3 * LEASE);
        assertThat(poller.requestsSince(resumedAt)).isZero();
        assertThat(cluster.log()).containsExactly("a:IN_PROGRESS", "a:COMPLETED");
        assertThat(seen.text()).isEqualTo(cluster.log());
    }

    @Test
    void whatAStoppedPollerHasOnItsWayIsRejected() {
        importRuns("a");
        poller.link.latency = () -> Duration.ofSeconds(4 * LEASE);
        cluster.service.status("a", "Paused");
        cluster.run(POLL + 1);
        cluster.service.end("a", ImportStatus.COMPLETED);
        cluster.run(10 * LEASE);
        assertThat(cluster.log()).containsExactly("a:IN_PROGRESS", "a:COMPLETED");
        assertThat(poller.link.appends).isGreaterThanOrEqualTo(2);
    }

    @Test
    void whatAKilledPollerHasCommittedIsRecordedOnce() {
        importRuns("a");
        cluster.service.end("a", ImportStatus.COMPLETED);
        long appends = poller.link.appends;
        while (poller.link.appends == appends) {
            cluster.run(Duration.ofMillis(1));
        }
        poller.process.kill();
        cluster.run(2 * LEASE);
        assertThat(cluster.log()).containsExactly("a:IN_PROGRESS", "a:COMPLETED");
        assertThat(seen.text()).isEqualTo(cluster.log());
    }

    @Test
    void aPollerKilledBeforeItsCommitLosesNothing() {
        importRuns("a");
        cluster.service.end("a", ImportStatus.COMPLETED);
        poller.link.fate = () -> Fate.HANGS;
        cluster.run(POLL + 1);
        poller.process.kill();
        assertThat(cluster.log()).containsExactly("a:IN_PROGRESS");
        cluster.run(2 * LEASE);
        assertThat(cluster.log()).containsExactly("a:IN_PROGRESS", "a:COMPLETED");
    }

    @Test
    void aCommitWhoseResponseWasLostIsNotDoubled() {
        importRuns("a");
        cluster.service.end("a", ImportStatus.COMPLETED);
        poller.link.fate = () -> Fate.FAILS_AFTER;
        cluster.run(POLL + 1);
        assertThat(cluster.log()).containsExactly("a:IN_PROGRESS", "a:COMPLETED");
        poller.link.fate = () -> Fate.DONE;
        cluster.run(2 * LEASE);
        assertThat(cluster.log()).containsExactly("a:IN_PROGRESS", "a:COMPLETED");
        assertThat(seen.text()).isEqualTo(cluster.log());
    }

    @Test
    void aLeaseThatWasForcedToExpireCostsARoundAtMost() {
        importRuns("a");
        cluster.run(LEASE);
        cluster.expireLease();
        cluster.service.end("a", ImportStatus.COMPLETED);
        long before = poller.requests() + follower.requests();
        cluster.run(2 * LEASE);
        assertThat(poller.requests() + follower.requests() - before).isLessThanOrEqualTo(3);
        assertThat(cluster.log()).containsExactly("a:IN_PROGRESS", "a:COMPLETED");
    }

    @Test
    void aStepOfADatabaseClockDelaysOrFencesOnly() {
        importRuns("a");
        cluster.databaseClockShift = Duration.ofMinutes(10).toMillis();
        cluster.run(3 * LEASE);
        cluster.databaseClockShift = -Duration.ofMinutes(10).toMillis();
        cluster.run(3 * LEASE);
        cluster.service.end("a", ImportStatus.COMPLETED);
        cluster.run(3 * LEASE);
        assertThat(seen.text()).containsExactly("a:IN_PROGRESS", "a:COMPLETED");
    }

    @Test
    void aDatabaseClockThatWentBackDelaysASuccessorByAsMuch() {
        importRuns("a");
        poller.process.kill();
        cluster.databaseClockShift = -Duration.ofMinutes(10).toMillis();
        cluster.service.end("a", ImportStatus.COMPLETED);
        cluster.run(Duration.ofMinutes(10).plus(Cluster.LEASE.multipliedBy(2)));
        assertThat(seen.text()).containsExactly("a:IN_PROGRESS", "a:COMPLETED");
    }

    @Test
    void theClocksOfProcessesDoNotMatter() {
        importRuns("a");
        cluster.service.setWallClockBy(Duration.ofHours(1));
        cluster.run(3 * LEASE);
        cluster.service.setWallClockBy(Duration.ofHours(-2));
        cluster.run(3 * LEASE);
        cluster.service.end("a", ImportStatus.COMPLETED);
        cluster.run(POLL + 1);
        assertThat(seen.text()).containsExactly("a:IN_PROGRESS", "a:COMPLETED");
        assertThat(follower.requests()).isZero();
    }

    @Test
    void withoutTheDatabaseNobodyPollsAndNobodyFails() {
        importRuns("a");
        long goesAt = cluster.service.millis();
        poller.link.down = () -> cluster.service.millis() < goesAt + 600_000;
        follower.link.down = poller.link.down;
        cluster.run(LEASE);
        cluster.service.end("a", ImportStatus.COMPLETED);
        long quietFrom = cluster.service.millis();
        cluster.run(600 - LEASE - 1);
        assertThat(poller.requestsSince(quietFrom) + follower.requestsSince(quietFrom))
                .isZero();
        assertThat(poller.requestsSince(goesAt)).isLessThanOrEqualTo(3);
        cluster.run(2 * LEASE);
        assertThat(seen.failures).isEmpty();
        assertThat(seen.text()).containsExactly("a:IN_PROGRESS", "a:COMPLETED");
    }

    @Test
    void aDatabaseThatHangsEndsThePollingWithTheLease() {
        importRuns("a");
        poller.link.fate = () -> Fate.HANGS;
        cluster.run(LEASE);
        long from = cluster.service.millis();
        cluster.run(3 * LEASE);
        assertThat(poller.requestsSince(from)).isZero();
        assertThat(follower.requestsSince(from)).isPositive();
    }

    @Test
    void aRetryAfterOfMinutesDoesNotCostTheLease() {
        importRuns("a");
        cluster.service.fail(Duration.ofSeconds(290), 300);
        cluster.run(280);
        cluster.service.end("a", ImportStatus.COMPLETED);
        long renewals = poller.link.renewals;
        cluster.run(400);
        assertThat(follower.requests()).isZero();
        assertThat(poller.link.renewals - renewals).isGreaterThan(100);
        assertThat(seen.text()).containsExactly("a:IN_PROGRESS", "a:COMPLETED");
    }

    @Test
    void aServiceThatFailsForAnHourIsWaitedFor() {
        importRuns("a");
        cluster.service.fail(Duration.ofHours(1), null);
        cluster.run(3_500);
        cluster.service.end("a", ImportStatus.COMPLETED);
        cluster.run(200);
        assertThat(seen.text()).containsExactly("a:IN_PROGRESS", "a:COMPLETED");
        assertThat(seen.failures).isEmpty();
    }

    @Test
    void anUnknownStatusIsKeptAsText() {
        importRuns("a");
        cluster.service.status("a", "Paused");
        cluster.run(POLL + 1);
        cluster.service.status("a", "Resuming");
        cluster.run(POLL + 1);
        assertThat(seen.text()).containsExactly("a:IN_PROGRESS", "a:UNKNOWN", "a:UNKNOWN");
        assertThat(seen.changes.get(1).change().operation().statusText()).isEqualTo("Paused");
        assertThat(seen.changes.get(2).change().operation().statusText()).isEqualTo("Resuming");
    }

    @Test
    void theLongestIdOfFourByteCharactersIsWatched() {
        String id = "\uD83D\uDE80".repeat(1_000);
        importRuns(id);
        cluster.service.end(id, ImportStatus.COMPLETED);
        cluster.run(POLL + 1);
        assertThat(seen.text()).containsExactly(id + ":IN_PROGRESS", id + ":COMPLETED");
    }

    @Test
    void twentyReplicasThatRegisterAnImportMakeOneRow() {
        cluster.service.add("a");
        IntStream.range(0, 20).forEach(i -> cluster.replica().watch("a"));
        cluster.run(60);
        assertThat(cluster.database.find("imports", java.util.List.of("a")).block())
                .hasSize(1);
        assertThat(cluster.log()).containsExactly("a:IN_PROGRESS");
    }

    @Test
    void anImportThatIsNotFoundForAMinuteCountsAsGoneUntilItIsFound() {
        importRuns("a");
        cluster.service.lose("a", Duration.ofMinutes(30));
        cluster.run(50);
        assertThat(seen.text()).containsExactly("a:IN_PROGRESS");
        cluster.run(120);
        assertThat(seen.text()).containsExactly("a:IN_PROGRESS", "a:UNKNOWN");
        assertThat(seen.changes.get(1).change().operation().statusText()).isEqualTo(SharedImports.NOT_FOUND);
        assertThat(seen.changes.get(1).change().operation().uri()).isEqualTo("s3://bucket/a");
        cluster.service.end("a", ImportStatus.COMPLETED);
        cluster.run(3_600);
        assertThat(seen.text()).containsExactly("a:IN_PROGRESS", "a:UNKNOWN", "a:COMPLETED");
    }

    @Test
    void anImportThatIsNotFoundYetIsWaitedFor() {
        cluster.service.add("a");
        cluster.service.lose("a", Duration.ofSeconds(8));
        follower.watch("a");
        cluster.run(20);
        assertThat(seen.text()).containsExactly("a:IN_PROGRESS");
    }

    @Test
    void whatWasRegisteredWhileNobodyPolledIsPolled() {
        poller.process.kill();
        cluster.service.add("a");
        follower.watch("a");
        cluster.run(2 * LEASE);
        assertThat(seen.text()).containsExactly("a:IN_PROGRESS");
    }

    @Test
    void manyImportsAreAppendedTogether() {
        for (int i = 0; i < 600; i++) {
            cluster.service.add("i" + i);
            follower.watch("i" + i);
        }
        cluster.run(20);
        assertThat(seen.changes).hasSize(600);
        assertThat(poller.link.appends).isLessThan(60);
    }
}
