package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WatchScheduleTests {

    private static final Comparator<WatchEntry> SOONEST =
            Comparator.comparingLong(WatchEntry::dueAt).thenComparingInt(watched -> watched.order);

    @Test
    void anEmptyOneHasNoFirst() {
        assertThat(new WatchSchedule().first()).isNull();
    }

    @Test
    void theFirstIsAlwaysTheSoonestWhateverIsMovedOrRemoved() {
        Samples.check(200, samples -> assertFirstIsTheSoonest(samples.anyLong()));
    }

    private static void assertFirstIsTheSoonest(long seed) {
        WatchSchedule schedule = new WatchSchedule();
        Random random = new Random(seed);
        List<WatchEntry> model = new ArrayList<>();
        for (int step = 0; step < 300; step++) {
            int kind = random.nextInt(4);
            if (kind < 2 || model.isEmpty()) {
                WatchEntry added = new WatchEntry("i" + step, step, random.nextInt(50));
                model.add(added);
                schedule.put(added);
            } else {
                WatchEntry one = model.get(random.nextInt(model.size()));
                if (kind == 2) {
                    one.postpone(random.nextInt(50), 0);
                    schedule.put(one);
                } else {
                    model.remove(one);
                    schedule.remove(one, WatchEntry.GONE);
                    assertThat(one.slot).isEqualTo(WatchEntry.GONE);
                }
            }
            assertThat(schedule.first()).isSameAs(model.stream().min(SOONEST).orElse(null));
        }
    }

    @Test
    void whatIsNotInItIsRemovedWithoutHarm() {
        WatchSchedule schedule = new WatchSchedule();
        WatchEntry in = new WatchEntry("in", 0, 5);
        WatchEntry out = new WatchEntry("out", 1, 1);
        schedule.put(in);
        schedule.remove(out, WatchEntry.QUEUED);
        assertThat(schedule.first()).isSameAs(in);
        assertThat(out.slot).isEqualTo(WatchEntry.QUEUED);
        schedule.clear();
        assertThat(schedule.first()).isNull();
    }
}
