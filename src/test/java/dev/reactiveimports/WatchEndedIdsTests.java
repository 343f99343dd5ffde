package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What is remembered of ids that ended, and for how long. */
class WatchEndedIdsTests {

    private final WatchEndedIds ended = new WatchEndedIds();

    @Test
    void anIdThatIsNotShownIsRememberedForTwoAgesAndThenForgotten() {
        ended.add("a");
        assertThat(ended.contains("a")).isTrue();
        ended.age();
        assertThat(ended.contains("a")).isTrue();
        ended.age();
        assertThat(ended.contains("a")).isTrue();
        assertThat(ended.size()).isEqualTo(1);
        ended.age();
        assertThat(ended.contains("a")).isFalse();
        assertThat(ended.isShown("a")).isFalse();
        assertThat(ended.size()).isZero();
    }

    @Test
    void anIdThatIsShownNowAndThenIsRememberedForGood() {
        ended.add("a");
        for (int i = 0; i < 5; i++) {
            assertThat(ended.isShown("a")).isTrue();
            ended.age();
            ended.age();
            assertThat(ended.isShown("a")).isTrue();
            ended.age();
            assertThat(ended.isShown("a")).isTrue();
            assertThat(ended.isShown("a")).as("once more in this age").isTrue();
            assertThat(ended.size()).isEqualTo(1);
        }
    }

    @Test
    void eachIdCountsOnceWhateverItsAge() {
        ended.add("a");
        ended.age();
        ended.add("b");
        ended.age();
        ended.add("c");
        assertThat(ended.size()).isEqualTo(3);
        assertThat(ended.isShown("d")).isFalse();
        assertThat(ended.size()).as("what is asked for is not kept").isEqualTo(3);
        ended.clear();
        assertThat(ended.size()).isZero();
    }
}
