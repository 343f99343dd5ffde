package dev.reactiveimports;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A response body, collected while it arrives, up to a limit in decoded bytes. A body that is abandoned needs no release.
 */
final class HttpResponseBody {

    private static final int FIRST_CAPACITY = 4 * 1024;
    private static final int LARGEST_KEPT = 64 * 1024;
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    /** Reads the collected bytes. */
    interface Reader<T> {

        T read(byte[] bytes, int offset, int length);
    }

    /**
     * The buffer of one response, kept for the next, since the pages of a listing come one after the other. Netty's
     * allocator does not pool arrays of that size in a small heap.
     */
    static final class Spare {

        private final AtomicReference<byte @Nullable []> bytes = new AtomicReference<>();

        private byte[] take() {
            byte[] spare = bytes.getAndSet(null);
            return spare == null ? new byte[FIRST_CAPACITY] : spare;
        }

        private void keep(byte[] used) {
            if (used.length <= LARGEST_KEPT) {
                bytes.set(used);
            }
        }
    }

    private final Spare spare;
    private final int cap;
    private final boolean allowsPart;
    private byte[] bytes;
    private int length;
    private boolean cut;

    /**
     * An empty body.
     *
     * @param allowsPart whether a body that exceeds the cap is read up to it instead of being an error
     */
    HttpResponseBody(Spare spare, int cap, boolean allowsPart) {
        this.spare = spare;
        this.cap = cap;
        this.allowsPart = allowsPart;
        this.bytes = spare.take();
    }

    void append(ByteBuf chunk) {
        int more = Math.min(chunk.readableBytes(), cap - length);
        cut = more < chunk.readableBytes();
        if (more > bytes.length - length) {
            bytes = Arrays.copyOf(bytes, Math.max(length + more, Math.min(cap, 2 * bytes.length)));
        }
        chunk.readBytes(bytes, length, more);
        length += more;
    }

    /** Some servers send a byte order mark before JSON; RFC 8259, section 8.1, allows a reader to ignore it. */
    private boolean startsWithByteOrderMark() {
        return length >= BYTE_ORDER_MARK.length
                && Arrays.equals(bytes, 0, BYTE_ORDER_MARK.length, BYTE_ORDER_MARK, 0, BYTE_ORDER_MARK.length);
    }

    /** Whether the body exceeded the cap, so that nothing more needs to be read. */
    boolean isCut() {
        return cut;
    }

    int length() {
        return length;
    }

    /**
     * Reads the body and releases its buffer: to be called once, and the bytes must not be kept.
     *
     * @throws ImportsProtocolException if it exceeded the cap and a part does not suffice
     */
    <T> T readAndRelease(Reader<T> reader) {
        try {
            if (cut && !allowsPart) {
                throw HttpFailures.oversized(cap);
            }
            int mark = startsWithByteOrderMark() ? BYTE_ORDER_MARK.length : 0;
            return reader.read(bytes, mark, length - mark);
        } finally {
            spare.keep(bytes);
        }
    }
}
