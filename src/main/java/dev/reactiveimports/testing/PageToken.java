package dev.reactiveimports.testing;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.OptionalLong;
import java.util.zip.CRC32;

/**
 * A pagination token: the position of the last import that a page showed, so that it stays good while imports are added on
 * top. Base64 as the service's, and every one has {@code +}, {@code /} and {@code =}: a client that forgets to percent-encode
 * fails at its second page.
 */
final class PageToken {

    /** Base64 begins with {@code +/} for these two bytes. */
    private static final short MARK = (short) 0xFBFF;

    private static final int LENGTH = Short.BYTES + Long.BYTES + Integer.BYTES;

    private PageToken() {}

    static String of(long position) {
        ByteBuffer bytes = ByteBuffer.allocate(LENGTH).putShort(MARK).putLong(position);
        bytes.putInt(checksum(bytes.array()));
        return Base64.getEncoder().encodeToString(bytes.array());
    }

    /** The position, or empty for a text that {@link #of} has not made. */
    static OptionalLong parse(String token) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(token);
        } catch (IllegalArgumentException notBase64) {
            return OptionalLong.empty();
        }
        if (bytes.length != LENGTH) {
            return OptionalLong.empty();
        }
        long position = ByteBuffer.wrap(bytes).getLong(Short.BYTES);
        return of(position).equals(token) ? OptionalLong.of(position) : OptionalLong.empty();
    }

    private static int checksum(byte[] bytes) {
        CRC32 crc = new CRC32();
        crc.update(bytes, 0, LENGTH - Integer.BYTES);
        return (int) crc.getValue();
    }
}
