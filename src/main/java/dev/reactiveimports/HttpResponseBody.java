package dev.reactiveimports;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * An answer's body, gathered while it arrives and never past its cap, which counts decoded bytes. One that is not read to its
 * end needs no release.
 */
final class HttpResponseBody {

    private static final int FIRST_CAPACITY = 4 * 1024;
    private static final int LARGEST_KEPT = 64 * 1024;
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    /** What reads the gathered bytes. */
    interface Reader<T> {

        T read(byte[] bytes, int offset, int length);
    }

    /**
     * The memory of one answer, kept for the next, since a listing's pages come one after the other. Netty's allocator is no
     * substitute: in a small heap it does not pool arrays of that size.
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
    private final boolean partWillDo;
    private byte[] bytes;
    private int length;
    private boolean cut;

    /**
     * An empty body.
     *
     * @param partWillDo whether what a body has up to the cap will do, or is an error
     */
    HttpResponseBody(Spare spare, int cap, boolean partWillDo) {
        this.spare = spare;
        this.cap = cap;
        this.partWillDo = partWillDo;
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

    /** Some servers write one before JSON; RFC 8259, section 8.1, lets a reader ignore it. */
    private boolean startsWithByteOrderMark() {
        return length >= BYTE_ORDER_MARK.length
                && Arrays.equals(bytes, 0, BYTE_ORDER_MARK.length, BYTE_ORDER_MARK, 0, BYTE_ORDER_MARK.length);
    }

    /** Whether there was more than the cap allows: nothing further is to be read. */
    boolean isCut() {
        return cut;
    }

    int length() {
        return length;
    }

    /**
     * At most once: what is read must not be looked at afterwards.
     *
     * @throws ImportsProtocolException if it was cut and a part will not do
     */
    <T> T readAndRelease(Reader<T> reader) {
        try {
            if (cut && !partWillDo) {
                throw HttpFailures.oversized(cap);
            }
            int mark = startsWithByteOrderMark() ? BYTE_ORDER_MARK.length : 0;
            return reader.read(bytes, mark, length - mark);
        } finally {
            spare.keep(bytes);
        }
    }
}
