package dev.reactiveimports;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonUtf8Tests {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a",
                "12345678",
                "123456789abcdef0",
                "ü",
                "1234567ü",
                "日本語",
                "😀",
                "\u07ff\u0800\uffff",
                "a😀12345678"
            })
    void acceptsWhatJavaEncodes(String text) {
        byte[] bytes = text.getBytes(UTF_8);
        assertThat(JsonUtf8.invalidAt(bytes, 0, bytes.length)).isEqualTo(-1);
    }

    @ParameterizedTest
    @CsvSource({
        "C0AF, 0", // overlong slash, two bytes
        "E080AF, 0",
        "F08080AF, 0",
        "C1BF, 0",
        "EDA080, 0", // half a surrogate pair
        "EDBFBF, 0",
        "F4908080, 0", // U+110000
        "F5808080, 0",
        "FF, 0",
        "FE, 0",
        "80, 0",
        "61BF, 1",
        "C3, 0",
        "E282, 0",
        "F09F98, 0",
        "C328, 0",
        "E28228, 0",
        "F0288CBC, 0",
        "F0908028, 0",
        "F8A1A1A1A1, 0", // five and six bytes
        "FCA1A1A1A1A1, 0",
        "3132333435363738C0AF, 8",
        "313233343536373839C3A9C0AF, 11"
    })
    void findsTheFirstByteThatIsWrong(String hex, int at) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        assertThat(JsonUtf8.invalidAt(bytes, 0, bytes.length)).isEqualTo(at);
    }

    @Test
    void looksOnlyAtTheRangeGiven() {
        byte[] bytes = HexFormat.of().parseHex("FF6162C3A9FF");
        assertThat(JsonUtf8.invalidAt(bytes, 1, 4)).isEqualTo(-1);
        assertThat(JsonUtf8.invalidAt(bytes, 1, 3)).isEqualTo(2);
        assertThat(JsonUtf8.invalidAt(bytes, 1, 5)).isEqualTo(4);
    }

    @Test
    void agreesWithTheDecoderOnAnyBytes() {
        assertAgreesWithTheDecoder(new byte[0]);
        Samples.check(samples -> assertAgreesWithTheDecoder(samples.bytes(40)));
    }

    @Test
    void agreesWithTheDecoderOnTextWithOneByteChanged() {
        Samples.check(2_000, samples -> {
            byte[] bytes = samples.text().getBytes(UTF_8);
            if (bytes.length > 0) {
                bytes[samples.below(bytes.length)] = (byte) samples.between(Byte.MIN_VALUE, Byte.MAX_VALUE);
            }
            assertAgreesWithTheDecoder(bytes);
        });
    }

    private static void assertAgreesWithTheDecoder(byte[] bytes) {
        assertThat(JsonUtf8.invalidAt(bytes, 0, bytes.length) < 0).isEqualTo(isUtf8(bytes));
    }

    @Test
    void agreesWithTheDecoderOnEverySequenceOfThreeBytesAtItsBounds() {
        int[] edges = {0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xFF};
        for (int lead = 0; lead < 256; lead++) {
            for (int second : edges) {
                for (int third : edges) {
                    byte[] three = {(byte) lead, (byte) second, (byte) third};
                    byte[] four = {(byte) lead, (byte) second, (byte) third, (byte) 0x80};
                    assertThat(JsonUtf8.invalidAt(three, 0, 3) < 0).isEqualTo(isUtf8(three));
                    assertThat(JsonUtf8.invalidAt(four, 0, 4) < 0).isEqualTo(isUtf8(four));
                }
            }
        }
    }

    private static boolean isUtf8(byte[] bytes) {
        try {
            UTF_8.newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
