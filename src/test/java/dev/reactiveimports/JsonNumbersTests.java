package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonNumbersTests {

    @ParameterizedTest
    @ValueSource(strings = {"0", "-0", "1", "007", "1000000", "9223372036854775807", "-9223372036854775808"})
    void readsEveryInt64(String text) {
        assertThat(integer(text)).isEqualTo(Long.parseLong(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-",
                "+1",
                "1.0",
                "1e3",
                " 1",
                "1 ",
                "0x1",
                "NaN",
                "٣",
                "--1",
                "9223372036854775808",
                "-9223372036854775809",
                "18446744073709551616",
                "99999999999999999999",
                "000000000000000000001"
            })
    void rejectsWhatIsNoInt64(String text) {
        assertThatThrownBy(() -> integer(text)).isInstanceOf(NumberFormatException.class);
    }

    @Test
    void roundTripsEveryLong() {
        Samples.check(samples -> {
            long value = samples.anyLong();
            assertThat(integer(Long.toString(value))).isEqualTo(value);
        });
    }

    @Test
    void rejectsExactlyWhatOverflows() {
        // few enough to try them all
        for (int beyond = -20; beyond <= 20; beyond++) {
            assertOnlyOverflowIsRejected(Long.MAX_VALUE, beyond);
            assertOnlyOverflowIsRejected(Long.MIN_VALUE, beyond);
        }
    }

    private static void assertOnlyOverflowIsRejected(long bound, int beyond) {
        BigInteger wide = BigInteger.valueOf(bound).add(BigInteger.valueOf(beyond));
        if (wide.bitLength() <= 63) {
            assertThat(integer(wide.toString())).isEqualTo(wide.longValueExact());
        } else {
            assertThatThrownBy(() -> integer(wide.toString())).isInstanceOf(NumberFormatException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-0",
                "100",
                "100.0",
                "42.2",
                "0.1",
                "99.99999999999999",
                "33.333333333333336",
                "000.5",
                "123456789012345.678",
                "99999999999999999999999999",
                "0.00000000000000000000000001"
            })
    void readsDecimalsAsJavaDoes(String text) {
        assertThat(decimal(text)).isEqualTo(Double.parseDouble(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "-", ".", ".5", "5.", "1.2.3", "1e2", "+1", "NaN", "Infinity", "0x1p3", "1d", "1f", " 1", "٣"
            })
    void hasNoDecimalInWhatIsNotPlain(String text) {
        assertThat(decimal(text)).isNaN();
    }

    @Test
    void roundsAsJavaDoes() {
        for (int scale : new int[] {0, 22}) {
            assertRoundsAsJavaDoes(0, scale);
            assertRoundsAsJavaDoes(Long.MAX_VALUE, scale);
            assertRoundsAsJavaDoes(Long.MIN_VALUE, scale);
        }
        Samples.check(2_000, samples -> assertRoundsAsJavaDoes(samples.anyLong(), samples.between(0, 22)));
    }

    @Test
    void roundsShortDecimalsAsJavaDoes() {
        for (int scale : new int[] {0, 14}) {
            assertRoundsAsJavaDoes(Integer.MAX_VALUE, scale);
            assertRoundsAsJavaDoes(Integer.MIN_VALUE, scale);
        }
        Samples.check(2_000, samples -> assertRoundsAsJavaDoes(samples.anyInt(), samples.between(0, 14)));
    }

    private static void assertRoundsAsJavaDoes(long digits, int scale) {
        String text = BigDecimal.valueOf(digits, scale).toPlainString();
        assertThat(decimal(text)).isEqualTo(Double.parseDouble(text));
    }

    private static long integer(String text) {
        return JsonNumbers.integer(("9" + text + "9").toCharArray(), 1, text.length());
    }

    private static double decimal(String text) {
        return JsonNumbers.decimal(("9" + text + "9").toCharArray(), 1, text.length());
    }
}
