package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;

/** What must hold of whatever comes out, however odd what went in. */
final class Fuzzed {

    private Fuzzed() {}

    /** Decodes from the middle of an array, as a pooled buffer is; null if it was refused. */
    static <T> T decode(HttpResponseBody.Reader<T> reader, byte[] body) {
        byte[] pooled = new byte[body.length + 5];
        System.arraycopy(body, 0, pooled, 3, body.length);
        try {
            return reader.read(pooled, 3, body.length);
        } catch (ImportsProtocolException refused) {
            assertSafe(refused.getMessage(), 600);
            return null;
        }
    }

    static void assertSound(ImportOperation operation) {
        assertThat(Checks.requireId(operation.id())).isNotEmpty();
        assertThat(operation.percentComplete()).isFinite();
        assertThat(operation.status()).isEqualTo(ImportStatus.of(operation.statusText()));
    }

    /** Fit for a log: short, and without control characters. */
    static void assertSafe(String text, int maxLength) {
        assertThat(text.length()).isLessThanOrEqualTo(maxLength);
        assertThat(text.chars().noneMatch(Character::isISOControl)).as(text).isTrue();
    }
}
