package dev.reactiveimports.testing;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One request as the {@link ImportsSimulator} read it, body included. The value of the header {@code Api-Key} is never kept:
 * it reads {@code ***}, so that a record can be printed.
 *
 * @param method such as {@code GET}
 * @param path as it was sent, still percent-encoded, without the query
 * @param query the parameters by name, decoded, in the order sent; unmodifiable
 * @param headers the values by name, several values joined by {@code ", "}; unmodifiable, and looked up in any case
 * @param body the body as UTF-8 text, empty if there was none
 * @param at when the whole request had been read, by the simulator's clock
 * @since 0.1.0
 */
public record RecordedRequest(
        String method,
        String path,
        Map<String, List<String>> query,
        Map<String, String> headers,
        String body,
        Instant at) {

    static final String API_KEY = "Api-Key";

    /**
     * Copies query and headers and masks the key.
     *
     * @param method such as {@code GET}
     * @param path as it was sent
     * @param query the parameters, decoded
     * @param headers the values by name, in any case
     * @param body the body, empty if there was none
     * @param at when the whole request had been read
     */
    public RecordedRequest {
        requireNonNull(method, "method");
        requireNonNull(path, "path");
        requireNonNull(body, "body");
        requireNonNull(at, "at");
        Map<String, List<String>> parameters = new LinkedHashMap<>();
        query.forEach((name, values) -> parameters.put(name, List.copyOf(values)));
        query = Collections.unmodifiableMap(parameters);
        Map<String, String> masked = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        masked.putAll(headers);
        masked.computeIfPresent(API_KEY, (name, key) -> "***");
        headers = Collections.unmodifiableMap(masked);
    }

    /**
     * The request line, for reports.
     *
     * @return such as {@code GET /bulk/imports?limit=10}, the parameters decoded
     */
    String line() {
        List<String> parameters = new ArrayList<>();
        query.forEach((name, values) -> values.forEach(value -> parameters.add(name + "=" + value)));
        return method + " " + path + (parameters.isEmpty() ? "" : "?" + String.join("&", parameters));
    }
}
