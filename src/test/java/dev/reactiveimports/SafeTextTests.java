package dev.reactiveimports;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafeTextTests {

    @ParameterizedTest
    @CsvSource(
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "plain,plain",
                "'  ends  ','ends'",
                "'a\r\n\r\nb','a b'",
                "'a\u001b[31mb','a [31mb'",
                "'a\u0000b','a b'",
                "'a\u2028b\u2029c','a b c'",
                "'user\u202Etxt','user txt'",
                "'two  spaces','two spaces'",
                "'\t\n ',''",
                "ü😀,ü😀"
            })
    void leavesOnlyWhatIsFitForOneLine(String text, String expected) {
        assertThat(SafeText.of(text, 100)).isEqualTo(expected);
        byte[] bytes = text.getBytes(UTF_8);
        assertThat(SafeText.of(bytes, 0, bytes.length, 100)).isEqualTo(expected);
    }

    @Test
    void replacesHalfASurrogatePair() {
        assertThat(SafeText.of("a\ud83db", 100)).isEqualTo("a b");
    }

    @Test
    void cutsBetweenCodePoints() {
        assertThat(SafeText.of("ab😀", 3)).isEqualTo("ab");
        assertThat(SafeText.of("ab😀", 4)).isEqualTo("ab😀");
    }

    @Test
    void quotesAroundTheByteThatIsWrong() {
        byte[] bytes = ("x".repeat(1_000) + "HERE" + "y".repeat(1_000)).getBytes(UTF_8);
        assertThat(SafeText.excerpt(bytes, 0, bytes.length, 1_000))
                .contains("xHEREy")
                .hasSize(200);
        assertThat(SafeText.excerpt(bytes, 0, bytes.length, 5))
                .startsWith("xxx")
                .hasSize(200);
        assertThat(SafeText.excerpt(bytes, 0, bytes.length, bytes.length))
                .endsWith("yyy")
                .hasSize(200);
        assertThat(SafeText.excerpt(bytes, 0, bytes.length, -1))
                .startsWith("xxx")
                .hasSize(200);
    }

    @Test
    void staysInBoundsWhateverTheBytes() {
        for (int wrongAt : new int[] {-1, 0, 600, 700}) {
            assertStaysInBounds(new byte[0], wrongAt);
            assertStaysInBounds(new byte[600], wrongAt);
        }
        Samples.check(samples -> assertStaysInBounds(samples.bytes(600), samples.between(-1, 700)));
    }

    private static void assertStaysInBounds(byte[] bytes, int wrongAt) {
        String excerpt = SafeText.excerpt(bytes, 0, bytes.length, wrongAt);
        assertThat(excerpt).hasSizeLessThanOrEqualTo(200).isEqualTo(excerpt.trim());
        assertThat(excerpt.codePoints()).noneMatch(Character::isISOControl);
    }
}
