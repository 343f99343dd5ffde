package dev.reactiveimports;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpKeyMaskTests {

    @ParameterizedTest
    @CsvSource({
        "key-123, no key-123 here, no *** here, no ******* here",
        "k3y!, k3y!k3y! and k3y!, ****** and ***, ******** and ****",
        "key-123, no such key, no such key, no such key",
        "key, no such key, no such key, no such key"
    })
    void everyKeyFromFourCharactersOnIsMasked(String key, String text, String masked, String overwritten) {
        assertThat(HttpKeyMask.mask(key, text)).isEqualTo(masked);
        byte[] bytes = text.getBytes(US_ASCII);
        assertThat(HttpKeyMask.mask(key, bytes, 0, bytes.length)).isEqualTo(!overwritten.equals(text));
        assertThat(new String(bytes, US_ASCII)).isEqualTo(overwritten);
    }
}
