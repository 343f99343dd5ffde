package dev.reactiveimports.shared;

import static java.util.Objects.requireNonNull;

import dev.reactiveimports.StartImportRequest;

/**
 * Text of a {@link StartImportRequest}, for implementations of {@link ImportsStore}: one JSON object in ASCII. What it reads may
 * be written by another version: fields that are missing or unknown are no error.
 *
 * @since 0.1.0
 */
public final class RequestJson {

    private RequestJson() {}

    /**
     * Writes a request.
     *
     * @param request any
     * @return JSON of printable ASCII characters only
     */
    public static String encode(StartImportRequest request) {
        return JsonRequest.write(requireNonNull(request, "request"));
    }

    /**
     * Reads what {@link #encode} wrote.
     *
     * @param json the text
     * @return a request that is equal to the one that was written
     * @throws IllegalArgumentException if it is not such text
     */
    public static StartImportRequest decode(String json) {
        return JsonRequest.read(requireNonNull(json, "json"));
    }
}
