package dev.reactiveimports.shared;

import static java.util.Objects.requireNonNull;

import dev.reactiveimports.ImportOperation;

/**
 * Text of an {@link ImportOperation}, for implementations of {@link ImportsStore}: one JSON object in ASCII, so that any
 * database can keep it in any encoding. What it reads may be written by another version: fields that are missing or unknown are
 * no error.
 *
 * @since 0.1.0
 */
public final class OperationJson {

    private OperationJson() {}

    /**
     * Writes an operation.
     *
     * @param operation any
     * @return JSON of printable ASCII characters only
     */
    public static String encode(ImportOperation operation) {
        return JsonOperation.write(requireNonNull(operation, "operation"));
    }

    /**
     * Reads what {@link #encode} wrote.
     *
     * @param json the text
     * @return an operation that is equal to the one that was written; a status that this version does not know is
     *     {@link dev.reactiveimports.ImportStatus#UNKNOWN}, with its text
     * @throws IllegalArgumentException if it is not such text
     */
    public static ImportOperation decode(String json) {
        return JsonOperation.read(requireNonNull(json, "json"));
    }
}
