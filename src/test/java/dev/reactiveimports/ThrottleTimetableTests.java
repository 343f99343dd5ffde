package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Turns by a monotonic clock, which may start anywhere and pass from the largest number to the smallest. */
class ThrottleTimetableTests {

    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000 * MILLI;

    @ParameterizedTest
    @ValueSource(longs = {0, Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE - SECOND, -SECOND})
    void aTurnThatIsALittleLateDelaysNoneAfterIt(long origin) {
        ThrottleTimetable times = new ThrottleTimetable(origin);
        times.close(origin + SECOND);
        times.grant(origin + SECOND);
        long second = times.nextAt();
        ThrottleTimetable late = new ThrottleTimetable(origin);
        late.close(origin + SECOND);
        late.grant(origin + SECOND + 49 * MILLI);
        assertThat(late.nextAt()).isEqualTo(second);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE - SECOND, -SECOND})
    void aTurnThatIsTakenMuchLaterIsFollowedAtThePaceOfThen(long origin) {
        ThrottleTimetable times = new ThrottleTimetable(origin);
        times.close(origin);
        times.grant(origin + 2 * SECOND);
        assertThat(times.nextAt() - origin - 2 * SECOND).isBetween(SECOND / 17, SECOND / 16);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE - SECOND, -SECOND})
    void expectedTurnsBeginAtTheNextOneAndNeverInThePast(long origin) {
        ThrottleTimetable times = new ThrottleTimetable(origin);
        times.close(origin + SECOND);
        assertThat(times.turnOf(0, origin) - origin).isCloseTo(SECOND, within(1L));
        assertThat(times.turnOf(0, origin + 3 * SECOND) - origin).isCloseTo(3 * SECOND, within(1L));
        assertThat(times.turnOf(1, origin + 3 * SECOND) - origin)
                .isBetween(3 * SECOND + SECOND / 17, 3 * SECOND + SECOND / 16);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE - SECOND, -SECOND})
    void turnsAreInTheOrderOfTheirDeadlinesAndThenOfArrival(long origin) {
        ThrottleTurn late = new ThrottleTurn(null, origin + 2 * SECOND, 1);
        ThrottleTurn early = new ThrottleTurn(null, origin, 2);
        ThrottleTurn earlyToo = new ThrottleTurn(null, origin, 3);
        TreeSet<ThrottleTurn> turns = new TreeSet<>();
        turns.add(earlyToo);
        turns.add(late);
        turns.add(early);
        assertThat(turns).containsExactly(early, earlyToo, late);
    }
}
