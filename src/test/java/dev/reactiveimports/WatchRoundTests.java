package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A listener receives each round once, when its last look is over. */
class WatchRoundTests {

    private final List<ImportsListener.Poll> polls = new ArrayList<>();
    private final WatchRound round = new WatchRound(7, new ImportsListener() {
        @Override
        public void onPoll(Poll poll) {
            polls.add(poll);
        }
    });

    @Test
    void itIsReportedWithItsRequestsWhenItsLastLookIsOver() {
        round.add();
        round.add();
        round.requested();
        round.remove();
        assertThat(polls).isEmpty();
        round.requested();
        round.remove();
        assertThat(polls).containsExactly(new ImportsListener.Poll(7, 2));
    }

    @Test
    void oneWithoutRequestsIsNotReported() {
        round.add();
        round.remove();
        assertThat(polls).isEmpty();
    }

    @Test
    void nobodyHasToListen() {
        WatchRound unheard = new WatchRound(1, ImportsListener.NONE);
        unheard.add();
        unheard.requested();
        unheard.remove();
        assertThat(polls).isEmpty();
    }
}
