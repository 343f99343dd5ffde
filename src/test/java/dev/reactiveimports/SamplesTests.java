package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SamplesTests {

    @Test
    void aFailureNamesTheSeedAndTheSample() {
        assertThatThrownBy(() -> Samples.check(7, 20, samples -> {
                    samples.bytes(0);
                    samples.list(0, Samples::anyInt);
                    samples.oneOf("\ud83d\n\\a");
                    assertThat(samples.between(5, 5)).isEqualTo(6);
                }))
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith("-Dsamples.seed=7, sample 1: [0x, [], \"\\ud83d\\u000a\\u005ca\", 5]")
                .hasMessageContaining("6")
                .hasCauseInstanceOf(AssertionError.class);
    }

    @Test
    void whatIsThrownFailsToo() {
        assertThatThrownBy(() -> Samples.check(samples -> {
                    throw new IllegalStateException("thrown");
                }))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("thrown");
    }

    @Test
    void aSeedGivesTheSameSamplesAgain() {
        assertThat(drawn(3)).isEqualTo(drawn(3)).isNotEqualTo(drawn(4)).doesNotHaveDuplicates();
    }

    @Test
    void numbersReachTheirBoundsAndNotBeyond() {
        Set<Integer> seen = new TreeSet<>();
        Set<Long> longs = new TreeSet<>();
        Samples.check(samples -> {
            seen.add(samples.between(-3, 4));
            longs.add(samples.anyLong());
            assertThat(samples.between(1L, Long.MAX_VALUE)).isPositive();
            assertThat(samples.between(Long.MIN_VALUE, -1L)).isNegative();
            assertThat(samples.below(3)).isBetween(0, 2);
        });
        assertThat(seen).containsExactly(-3, -2, -1, 0, 1, 2, 3, 4);
        assertThat(longs).contains(Long.MIN_VALUE, -1L, 0L, 1L, Long.MAX_VALUE);
    }

    @Test
    void smallNumbersAreAsLikelyAsLargeOnes() {
        Set<Integer> magnitudes = new TreeSet<>();
        int[] small = new int[1];
        Samples.check(samples -> {
            int drawn = samples.between(100, 1_000_100) - 100;
            magnitudes.add(Integer.SIZE - Integer.numberOfLeadingZeros(drawn));
            small[0] += drawn < 1_000 ? 1 : 0;
        });
        assertThat(magnitudes).hasSize(21);
        assertThat(small[0]).isBetween(200, 500);
    }

    @Test
    void textsAreOfEveryKindAndLength() {
        Set<Integer> lengths = new TreeSet<>();
        Set<String> kinds = new TreeSet<>();
        Samples.check(samples -> {
            String text = samples.text(1, 20);
            lengths.add(text.length());
            kinds.add(text.chars().allMatch(c -> c >= ' ' && c <= '~') ? "ASCII" : "other");
            text.codePoints().forEach(c -> kinds.add(kind(c)));
            assertThat(samples.bytes(40)).hasSizeLessThanOrEqualTo(40);
        });
        assertThat(lengths).hasSize(20).contains(1, 20);
        assertThat(kinds).containsExactly("ASCII", "BMP", "control", "half", "other", "supplementary");
    }

    private static String kind(int c) {
        if (Character.isISOControl(c)) {
            return "control";
        }
        if (c > 0xFFFF) {
            return "supplementary";
        }
        return Character.isSurrogate((char) c) ? "half" : "BMP";
    }

    private static List<String> drawn(long seed) {
        List<String> all = new ArrayList<>();
        Samples.check(seed, 20, samples -> {
            samples.anyInt();
            samples.anyLong();
            samples.text();
            samples.bytes(30);
            samples.list(5, Samples::anyInt);
            all.add(samples.toString());
        });
        return all;
    }
}
