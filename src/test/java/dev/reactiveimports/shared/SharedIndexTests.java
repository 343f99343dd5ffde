package dev.reactiveimports.shared;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reactiveimports.ImportStatus;
import dev.reactiveimports.PollSpec;
import dev.reactiveimports.shared.Cluster.Replica;
import dev.reactiveimports.shared.Cluster.Seen;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A whole index that replicas watch together. */
class SharedIndexTests {

    private final Cluster cluster = new Cluster(1);

    SharedIndexTests() {
        cluster.settings = SharedImports.Builder::wholeIndex;
    }

    @Test
    void everyImportOfTheIndexIsRecorded() {
        cluster.service.add("a");
        cluster.service.add("b", Duration.ZERO, Duration.ZERO, ImportStatus.COMPLETED);
        Seen seen = cluster.replica().changes();
        cluster.run(30);
        cluster.service.add("c");
        cluster.run(30);
        cluster.service.end("a", ImportStatus.FAILED);
        cluster.run(30);
        assertThat(seen.text()).containsExactlyInAnyOrder("a:IN_PROGRESS", "b:COMPLETED", "c:IN_PROGRESS", "a:FAILED");
    }

    @Test
    void aSuccessorRecordsNothingTwice() {
        for (int i = 0; i < 500; i++) {
            cluster.service.add("i" + i, Duration.ZERO, Duration.ZERO, ImportStatus.COMPLETED);
        }
        Replica first = cluster.replica();
        Replica second = cluster.replica();
        first.join();
        cluster.run(60);
        assertThat(cluster.log()).hasSize(500);
        Seen seen = second.changes();
        cluster.run(5);
        first.process.kill();
        cluster.run(60);
        assertThat(second.requests()).isPositive();
        assertThat(cluster.log()).hasSize(500);
        assertThat(seen.changes).hasSize(500);
    }

    @Test
    void anImportThatIsMissingFromTheListingIsDescribedBeforeItCountsAsGone() {
        cluster.service.add("a");
        Replica first = cluster.replica().join();
        Replica second = cluster.replica().join();
        cluster.run(20);
        Replica poller = first.requests() > 0 ? first : second;
        poller.process.kill();
        cluster.service.unlist("a", Duration.ofHours(10));
        cluster.service.end("a", ImportStatus.COMPLETED);
        cluster.run(120);
        assertThat(cluster.log()).containsExactly("a:IN_PROGRESS", "a:COMPLETED");
    }

    @Test
    void anImportThatVanishedForGoodCountsAsGone() {
        cluster.service.add("a");
        cluster.service.add("b");
        Replica first = cluster.replica().join();
        cluster.run(20);
        first.process.kill();
        cluster.service.lose("a", Duration.ofHours(10));
        cluster.replica().join();
        cluster.run(300);
        assertThat(cluster.log()).containsExactlyInAnyOrder("a:IN_PROGRESS", "b:IN_PROGRESS", "a:UNKNOWN");
    }

    /** For tests of hours. */
    private void pollEachMinute() {
        cluster.settings = settings -> settings.wholeIndex()
                .lease(Duration.ofMinutes(1))
                .pollSpec(PollSpec.fixedInterval(Duration.ofMinutes(1)));
    }

    @Test
    void anImportThatVanishesWhileItIsWatchedCountsAsGoneWithinHours() {
        pollEachMinute();
        cluster.service.add("a");
        cluster.service.add("b");
        cluster.replica().join();
        cluster.run(20);
        cluster.service.lose("a", Duration.ofHours(10));
        cluster.run(Duration.ofHours(3));
        assertThat(cluster.log()).containsExactlyInAnyOrder("a:IN_PROGRESS", "b:IN_PROGRESS", "a:UNKNOWN");
    }

    @Test
    void aWatchThatIsBegunAnewRecordsNothingTwice() {
        pollEachMinute();
        cluster.service.add("a");
        cluster.service.add("b", Duration.ZERO, Duration.ZERO, ImportStatus.COMPLETED);
        cluster.replica().join();
        cluster.run(Duration.ofHours(13));
        assertThat(cluster.log()).containsExactlyInAnyOrder("a:IN_PROGRESS", "b:COMPLETED");
    }
}
