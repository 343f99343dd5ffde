package dev.reactiveimports;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.nio.ByteBuffer;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One of the service's calls, ready for the wire.
 *
 * @param maxBytes how large a successful answer may be, decoded
 * @param decoder reads a successful answer
 */
record WireCall<T>(
        HttpMethod method, String uri, @Nullable ByteBuffer body, int maxBytes, BoundedBody.Reader<T> decoder) {

    private static final int MAX_PAGE_BYTES = 8 * 1024 * 1024;
    private static final int MAX_IMPORT_BYTES = 256 * 1024;
    private static final int MAX_TYPE_LENGTH = 100;

    static WireCall<ImportPage> list(IndexHost host, int limit, @Nullable String token) {
        return new WireCall<>(
                HttpMethod.GET, host.importsUri(limit, token), null, MAX_PAGE_BYTES, ImportsCodec::decodePage);
    }

    static WireCall<ImportOperation> describe(IndexHost host, String id) {
        return new WireCall<>(HttpMethod.GET, host.importUri(id), null, MAX_IMPORT_BYTES, (bytes, offset, length) -> {
            ImportOperation operation = ImportsCodec.decodeOperation(bytes, offset, length);
            if (!operation.id().equals(id)) {
                throw new ImportsProtocolException(
                        "asked for one import and was told of another: " + ImportsCodec.excerpt(bytes, offset, length));
            }
            return operation;
        });
    }

    static WireCall<String> start(IndexHost host, StartImportRequest request) {
        return new WireCall<>(
                HttpMethod.POST,
                host.importsUri(),
                ByteBuffer.wrap(ImportsCodec.encodeStart(request)),
                MAX_IMPORT_BYTES,
                ImportsCodec::decodeStartedId);
    }

    /** Any success will do, whatever its body: tells only the body's length. */
    static WireCall<Integer> cancel(IndexHost host, String id) {
        return new WireCall<>(
                HttpMethod.DELETE, host.importUri(id), null, MAX_IMPORT_BYTES, (bytes, offset, length) -> length);
    }

    /** Whether a success needs no body to be one. */
    boolean isStatusEnough() {
        return method.equals(HttpMethod.DELETE);
    }

    /**
     * Reads a successful answer.
     *
     * @param key masked where a refused answer is quoted
     */
    BoundedBody.Reader<T> reader(HttpHeaders headers, String key) {
        String type = headers.get(HttpHeaderNames.CONTENT_TYPE, "");
        return (bytes, offset, length) -> {
            try {
                if (!maySay(type)) {
                    throw new ImportsProtocolException(
                            "the answer is no JSON but " + SafeText.of(KeyMask.mask(key, type), MAX_TYPE_LENGTH) + ": "
                                    + ImportsCodec.excerpt(bytes, offset, length));
                }
                return decoder.read(bytes, offset, length);
            } catch (ImportsProtocolException unbelievable) {
                if (KeyMask.mask(key, bytes, offset, length)) {
                    throw unbelievable.quoting(ImportsCodec.excerpt(bytes, offset, length));
                }
                throw unbelievable;
            }
        };
    }

    /** An answer that does not tell its type may be JSON; to a cancel, any will do. */
    private boolean maySay(String contentType) {
        int parameters = contentType.indexOf(';');
        String type = (parameters < 0 ? contentType : contentType.substring(0, parameters))
                .strip()
                .toLowerCase(Locale.ROOT);
        return isStatusEnough() || type.isEmpty() || type.endsWith("/json") || type.endsWith("+json");
    }
}
