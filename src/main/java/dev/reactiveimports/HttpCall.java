package dev.reactiveimports;

import dev.reactiveimports.ImportsListener.Operation;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.nio.ByteBuffer;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One call of the service, ready to be sent: everything that distinguishes it from the others.
 *
 * @param name the operation's name in exception messages
 * @param target the import or URI it is about, as exceptions show it; null for the whole index
 */
record HttpCall<T>(
        Operation operation, String name, @Nullable String target, Request request, Response<T> response) {

    private static final int MAX_PAGE_BYTES = 8 * 1024 * 1024;
    private static final int MAX_IMPORT_BYTES = 256 * 1024;
    private static final int MAX_TYPE_LENGTH = 100;

    record Request(HttpMethod method, String uri, @Nullable ByteBuffer body) {}

    /**
     * What a successful response must look like.
     *
     * @param maxBytes the largest decoded body that is accepted, in bytes
     * @param ignoresBody whether a success status suffices, whatever the body
     */
    record Response<T>(int maxBytes, boolean ignoresBody, HttpResponseBody.Reader<T> decoder) {}

    static HttpCall<ImportPage> list(HttpEndpoint endpoint, int limit, @Nullable String token) {
        return new HttpCall<>(
                Operation.LIST,
                "list",
                null,
                new Request(HttpMethod.GET, endpoint.importsUri(limit, token), null),
                new Response<>(MAX_PAGE_BYTES, false, JsonCodec::decodePage));
    }

    static HttpCall<ImportOperation> describe(HttpEndpoint endpoint, String id) {
        return new HttpCall<>(
                Operation.DESCRIBE,
                "describe",
                SafeText.ofId(id),
                new Request(HttpMethod.GET, endpoint.importUri(id), null),
                new Response<>(MAX_IMPORT_BYTES, false, (bytes, offset, length) -> {
                    ImportOperation operation = JsonCodec.decodeOperation(bytes, offset, length);
                    if (!operation.id().equals(id)) {
                        throw new ImportsProtocolException(
                                "the response describes a different import than the requested one: "
                                        + JsonCodec.excerpt(bytes, offset, length));
                    }
                    return operation;
                }));
    }

    static HttpCall<String> start(HttpEndpoint endpoint, StartImportRequest request) {
        return new HttpCall<>(
                Operation.START,
                "start",
                SafeText.ofUri(request.uri()),
                new Request(HttpMethod.POST, endpoint.importsUri(), ByteBuffer.wrap(JsonCodec.encodeStart(request))),
                new Response<>(MAX_IMPORT_BYTES, false, JsonCodec::decodeStartedId));
    }

    /** Any success status suffices, whatever the body: emits only the body's length. */
    static HttpCall<Integer> cancel(HttpEndpoint endpoint, String id) {
        return new HttpCall<>(
                Operation.CANCEL,
                "cancel",
                SafeText.ofId(id),
                new Request(HttpMethod.DELETE, endpoint.importUri(id), null),
                new Response<>(MAX_IMPORT_BYTES, true, (bytes, offset, length) -> length));
    }

    /**
     * Reads a successful response.
     *
     * @param key is masked where an invalid response is quoted
     */
    HttpResponseBody.Reader<T> reader(HttpHeaders headers, String key) {
        String type = headers.get(HttpHeaderNames.CONTENT_TYPE, "");
        return (bytes, offset, length) -> {
            try {
                if (!response.ignoresBody() && !acceptsContentType(type)) {
                    throw new ImportsProtocolException(
                            "the response is not JSON but " + SafeText.of(HttpKeyMask.mask(key, type), MAX_TYPE_LENGTH)
                                    + ": " + JsonCodec.excerpt(bytes, offset, length));
                }
                return response.decoder().read(bytes, offset, length);
            } catch (ImportsProtocolException invalid) {
                if (HttpKeyMask.mask(key, bytes, offset, length)) {
                    throw invalid.quoting(JsonCodec.excerpt(bytes, offset, length));
                }
                throw invalid;
            }
        };
    }

    /** A response without a content type may still be JSON. */
    private static boolean acceptsContentType(String contentType) {
        int parameters = contentType.indexOf(';');
        String type = (parameters < 0 ? contentType : contentType.substring(0, parameters))
                .strip()
                .toLowerCase(Locale.ROOT);
        return type.isEmpty() || type.endsWith("/json") || type.endsWith("+json");
    }
}
