package dev.reactiveimports;

import static dev.reactiveimports.WatchedService.running;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What waits for demand, and in which order. */
class WatchOutboxTests {

    private final WatchOutbox outbox = new WatchOutbox();
    private final WatchEntry first = new WatchEntry("a", 0, 0);
    private final WatchEntry second = new WatchEntry("b", 1, 0);
    private final ImportObservation.Failed failed =
            new ImportObservation.Failed("c", new IllegalStateException("gone"));

    @Test
    void aNewerObservationTakesThePlaceOfAnOlder() {
        outbox.put(first, running("a", 1));
        outbox.put(second, running("b", 1));
        outbox.put(first, running("a", 2));
        assertThat(outbox.next()).isEqualTo(new ImportObservation.Seen(running("a", 2)));
        assertThat(outbox.next()).isEqualTo(new ImportObservation.Seen(running("b", 1)));
        assertThat(outbox.next()).isNull();
        assertThat(outbox.isEmpty()).isTrue();
    }

    @Test
    void whatIsBackAtWhatWasEmittedLastIsWithdrawn() {
        withdrawFirst();
        assertThat(outbox.isEmpty()).isTrue();
        withdrawFirst();
        outbox.put(second, running("b", 1));
        assertThat(outbox.next()).isEqualTo(new ImportObservation.Seen(running("b", 1)));
    }

    private void withdrawFirst() {
        first.emitted = running("a", 1);
        outbox.put(first, running("a", 2));
        outbox.put(first, running("a", 1));
    }

    @Test
    void failuresFollow() {
        outbox.put(failed);
        outbox.put(first, running("a", 1));
        assertThat(outbox.next()).isEqualTo(new ImportObservation.Seen(running("a", 1)));
        assertThat(outbox.isEmpty()).isFalse();
        assertThat(outbox.next()).isSameAs(failed);
        assertThat(outbox.isEmpty()).isTrue();
    }

    @Test
    void clearedItHoldsNothing() {
        outbox.put(first, running("a", 1));
        outbox.clear();
        assertThat(outbox.next()).isNull();
        outbox.put(failed);
        outbox.clear();
        assertThat(outbox.isEmpty()).isTrue();
    }
}
