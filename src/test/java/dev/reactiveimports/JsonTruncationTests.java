package dev.reactiveimports;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.reactiveimports.ImportsProtocolException.Cure;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTruncationTests {

    private static final String EVERY_KIND_OF_TOKEN =
            " {\"data\": [{\"id\":\"1\",\"uri\":\"s3://\u00fc/\u20ac/\ud83d\ude00\\u00e4\\n\","
                    + "\"percentComplete\":-1.5e+1,\"recordsImported\":-120,\"x\":[true,false,null,{}],\"error\":null,"
                    + "\"a\":1E5,\"b\":0.25,\"c\":-0}],\"pagination\":{\"next\":\"t\"}}";

    private static ImportsProtocolException refusalOf(byte[] bytes) {
        // with something around it, since bodies are slices
        byte[] padded = new byte[bytes.length + 6];
        Arrays.fill(padded, (byte) 'n');
        System.arraycopy(bytes, 0, padded, 3, bytes.length);
        return catchThrowableOfType(
                ImportsProtocolException.class, () -> JsonCodec.decodePage(padded, 3, bytes.length));
    }

    @Test
    void aPageCutAnywhereIsAsGoodAsABrokenConnection() {
        byte[] whole = EVERY_KIND_OF_TOKEN.getBytes(UTF_8);
        assertThat(JsonCodec.decodePage(whole, 0, whole.length).items()).hasSize(1);
        int retried = 0;
        for (int cut = 2; cut < whole.length; cut++) {
            ImportsProtocolException refusal = refusalOf(Arrays.copyOf(whole, cut));
            assertThat(refusal.cure()).as("cut at %s", cut).isIn(Cure.RETRY, Cure.ONE_RETRY);
            if (refusal.cure() == Cure.RETRY) {
                assertThat(refusal).hasMessageContaining("is cut short at byte " + cut);
                retried++;
            }
        }
        // not in a character, a literal or a number, nor after a comma
        assertThat(retried).isGreaterThan(3 * whole.length / 4);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "n",
                "null",
                "tru",
                "<html>",
                "[",
                "12",
                "{\"data\":nux",
                "{\"data\":[1.5.]}",
                "{\"data\":}",
                "{]",
                "{\"data\":[],}",
                "{\"data\":[]} x",
                "{\"data\":[]}{",
                "{\"data\":--",
                "{\"data\":01e",
                "{\"\u00c3",
                "{\"\u00fc\"",
                "{\"\u0080",
                "{\"\u00e2\u0082x",
                "{\"\u00ff\u0080"
            })
    void whatNoEndWouldMendIsNotTruncated(String text) {
        ImportsProtocolException refusal = refusalOf(text.getBytes(ISO_8859_1));
        assertThat(refusal.cure()).isEqualTo(Cure.ONE_RETRY);
    }
}
