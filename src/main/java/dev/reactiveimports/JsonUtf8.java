package dev.reactiveimports;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The strict check of RFC 3629. The JSON parser accepts overlong forms ({@code C0 AF} for a slash), encoded surrogates and
 * code points past U+10FFFF, so that two readers of the same bytes may see different text; whoever passes this check may
 * hand the bytes to any decoder.
 */
final class JsonUtf8 {

    private static final VarHandle EIGHT_BYTES =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final long HIGH_BITS = 0x8080808080808080L;

    private JsonUtf8() {}

    /** The offset, counted from {@code offset}, of the first sequence that is no UTF-8; -1 if there is none. */
    static int invalidAt(byte[] bytes, int offset, int length) {
        int end = offset + length;
        int i = offset;
        while (i < end) {
            if (end - i >= 8 && ((long) EIGHT_BYTES.get(bytes, i) & HIGH_BITS) == 0) {
                i += 8;
            } else if (bytes[i] >= 0) {
                i++;
            } else {
                int size = sequenceAt(bytes, i, end);
                if (size == 0) {
                    return i - offset;
                }
                i += size;
            }
        }
        return -1;
    }

    /** The size of the well-formed sequence of two to four bytes that begins here; 0 if it is ill-formed or cut. */
    private static int sequenceAt(byte[] bytes, int i, int end) {
        int lead = bytes[i] & 0xFF;
        if (lead < 0xC2 || lead > 0xF4) {
            return 0;
        }
        int size = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
        if (end - i < size) {
            return 0;
        }
        // the second byte alone reveals overlong forms, surrogates, and what lies beyond the last code point
        int low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
        int high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
        int second = bytes[i + 1] & 0xFF;
        if (second < low || second > high) {
            return 0;
        }
        for (int k = 2; k < size; k++) {
            if ((bytes[i + k] & 0xC0) != 0x80) {
                return 0;
            }
        }
        return size;
    }
}
