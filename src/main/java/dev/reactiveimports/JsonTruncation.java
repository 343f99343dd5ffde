package dev.reactiveimports;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Whether JSON that cannot be read may be the beginning of JSON that can: a body that ends with its connection has no other
 * mark of having been cut short. The parser tells by itself when the cut is between tokens or in a string.
 */
final class JsonTruncation {

    private static final List<String> LITERALS = List.of("true", "false", "null");
    private static final int MAX_UTF8_BYTES = 4;

    private JsonTruncation() {}

    /** Whether the cut is inside a character: it is invalid for want of its last bytes alone. */
    static boolean endsInCharacter(byte[] bytes, int offset, int length, int invalidAt) {
        int missing = sequenceLength(bytes[offset + invalidAt]) - (length - invalidAt);
        if (missing <= 0 || missing >= MAX_UTF8_BYTES) {
            return false;
        }
        for (int i = invalidAt + 1; i < length; i++) {
            if ((bytes[offset + i] & 0xC0) != 0x80) {
                return false;
            }
        }
        return true;
    }

    /** Whether the cut is after a comma, inside a literal, or inside a number where it cannot end. */
    static boolean endsEarly(byte[] bytes, int offset, int length, long wrongAt) {
        return (wrongAt >= length && endsInComma(bytes, offset, length)) || endsInToken(bytes, offset, length);
    }

    private static boolean endsInComma(byte[] bytes, int offset, int length) {
        int last = length - 1;
        while (last >= 0 && isSpace(bytes[offset + last])) {
            last--;
        }
        return last >= 0 && bytes[offset + last] == ',';
    }

    private static boolean endsInToken(byte[] bytes, int offset, int length) {
        int start = length;
        while (start > 0 && isOfToken(bytes[offset + start - 1])) {
            start--;
        }
        if (start == length || start == 0) {
            return false;
        }
        String last = new String(bytes, offset + start, Math.min(length - start, 200), StandardCharsets.US_ASCII);
        return LITERALS.stream().anyMatch(whole -> whole.startsWith(last))
                || last.matches("-|-?(?:0|[1-9][0-9]*)(?:\\.|(?:\\.[0-9]+)?[eE][+-]?)");
    }

    private static boolean isOfToken(byte b) {
        return (b >= '0' && b <= '9') || (b >= 'a' && b <= 'z') || b == 'E' || b == '-' || b == '+' || b == '.';
    }

    private static boolean isSpace(byte b) {
        return b == ' ' || b == '\n' || b == '\r' || b == '\t';
    }

    private static int sequenceLength(byte lead) {
        int b = lead & 0xFF;
        return b < 0xC2 || b > 0xF4 ? 1 : b >= 0xF0 ? 4 : b >= 0xE0 ? 3 : 2;
    }
}
