package dev.reactiveimports.shared;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reactiveimports.ImportStatus;
import dev.reactiveimports.shared.Cluster.Replica;
import dev.reactiveimports.shared.Cluster.Seen;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SharedImportsTests {

    private final Cluster cluster = new Cluster(1);

    @Test
    void everyReplicaSeesWhatOneOfThemPolls() {
        Replica first = cluster.replica();
        Replica second = cluster.replica();
        Seen one = first.changes();
        Seen two = second.changes();
        cluster.service.add("a", Duration.ofSeconds(5), Duration.ofSeconds(60), ImportStatus.COMPLETED);
        second.watch("a");
        cluster.run(120);
        assertThat(one.text()).containsExactly("a:PENDING", "a:IN_PROGRESS", "a:COMPLETED");
        assertThat(two.text()).isEqualTo(one.text());
        assertThat(first.requests()).isPositive();
        assertThat(second.requests()).isZero();
    }
}
