package dev.reactiveimports.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reactiveimports.Samples;
import org.junit.jupiter.api.Test;

class PageTokenTests {

    @Test
    void readsBackWhatItWroteAndAlwaysNeedsEncoding() {
        assertIsReadBack(1);
        assertIsReadBack(Long.MAX_VALUE);
        Samples.check(300, samples -> assertIsReadBack(samples.between(1L, Long.MAX_VALUE)));
    }

    private static void assertIsReadBack(long position) {
        String token = PageToken.of(position);
        assertThat(PageToken.parse(token)).hasValue(position);
        assertThat(token).contains("+").contains("/").endsWith("=");
    }

    @Test
    void rejectsATokenThatWasTamperedWith() {
        for (int at = 0; at <= 17; at++) {
            assertTamperingIsRejected(1, at);
            assertTamperingIsRejected(Long.MAX_VALUE, at);
        }
        Samples.check(
                300, samples -> assertTamperingIsRejected(samples.between(1L, Long.MAX_VALUE), samples.between(0, 17)));
    }

    private static void assertTamperingIsRejected(long position, int at) {
        StringBuilder token = new StringBuilder(PageToken.of(position));
        token.setCharAt(at, token.charAt(at) == 'A' ? 'B' : 'A');
        assertThat(PageToken.parse(token.toString())).isEmpty();
    }

    @Test
    void rejectsForeignTexts() {
        assertThat(PageToken.parse("")).isEmpty();
        Samples.check(
                300, samples -> assertThat(PageToken.parse(samples.text())).isEmpty());
    }
}
