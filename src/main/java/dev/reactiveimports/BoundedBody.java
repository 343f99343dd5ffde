package dev.reactiveimports;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * An answer's body, gathered while it arrives and never past its cap, which counts decoded bytes. Pooled memory: whoever holds
 * one must {@link #release} it.
 */
final class BoundedBody {

    private static final int FIRST_CAPACITY = 32 * 1024;

    /** What reads the gathered bytes. */
    interface Reader<T> {

        T read(byte[] bytes, int offset, int length);
    }

    private final int cap;
    private final ByteBuf bytes;

    BoundedBody(ByteBufAllocator allocator, int cap) {
        this.cap = cap;
        this.bytes = allocator.heapBuffer(Math.min(cap, FIRST_CAPACITY));
    }

    void append(ByteBuf chunk) {
        if (chunk.readableBytes() > cap - bytes.readableBytes()) {
            throw FailureMapping.oversized(cap);
        }
        bytes.writeBytes(chunk);
    }

    int length() {
        return bytes.readableBytes();
    }

    <T> T readAndRelease(Reader<T> reader) {
        try {
            return reader.read(bytes.array(), bytes.arrayOffset() + bytes.readerIndex(), bytes.readableBytes());
        } finally {
            release();
        }
    }

    void release() {
        bytes.release();
    }
}
