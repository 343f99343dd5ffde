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
record HttpCall<T>(
        HttpMethod method, String uri, @Nullable ByteBuffer body, int maxBytes, HttpResponseBody.Reader<T> decoder) {

    private static final int MAX_PAGE_BYTES = 8 * 1024 * 1024;
    private static final int MAX_IMPORT_BYTES = 256 * 1024;
    private static final int MAX_TYPE_LENGTH = 100;

    static HttpCall<ImportPage> list(HttpEndpoint host, int limit, @Nullable String token) {
        return new HttpCall<>(
                HttpMethod.GET, host.importsUri(limit, token), null, MAX_PAGE_BYTES, JsonCodec::decodePage);
    }

    static HttpCall<ImportOperation> describe(HttpEndpoint host, String id) {
        return new HttpCall<>(HttpMethod.GET, host.importUri(id), null, MAX_IMPORT_BYTES, (bytes, offset, length) -> {
            ImportOperation operation = JsonCodec.decodeOperation(bytes, offset, length);
            if (!operation.id().equals(id)) {
                throw new ImportsProtocolException(
                        "asked for one import and was told of another: " + JsonCodec.excerpt(bytes, offset, length));
            }
            return operation;
        });
    }

    static HttpCall<String> start(HttpEndpoint host, StartImportRequest request) {
        return new HttpCall<>(
                HttpMethod.POST,
                host.importsUri(),
                ByteBuffer.wrap(JsonCodec.encodeStart(request)),
                MAX_IMPORT_BYTES,
                JsonCodec::decodeStartedId);
    }

    /** Any success will do, whatever its body: tells only the body's length. */
    static HttpCall<Integer> cancel(HttpEndpoint host, String id) {
        return new HttpCall<>(
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
    HttpResponseBody.Reader<T> reader(HttpHeaders headers, String key) {
        String type = headers.get(HttpHeaderNames.CONTENT_TYPE, "");
        return (bytes, offset, length) -> {
            try {
                if (!maySay(type)) {
                    throw new ImportsProtocolException(
                            "the answer is no JSON but " + SafeText.of(HttpKeyMask.mask(key, type), MAX_TYPE_LENGTH)
                                    + ": " + JsonCodec.excerpt(bytes, offset, length));
                }
                return decoder.read(bytes, offset, length);
            } catch (ImportsProtocolException unbelievable) {
                if (HttpKeyMask.mask(key, bytes, offset, length)) {
                    throw unbelievable.quoting(JsonCodec.excerpt(bytes, offset, length));
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
