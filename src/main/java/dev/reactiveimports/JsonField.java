package dev.reactiveimports;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.io.SerializedString;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The fields of an import: how each is read, and its spellings, of which the first, the specification's camelCase, is preferred. */
@SuppressWarnings("ImmutableEnumChecker") // nothing changes them
enum JsonField {
    ID((p, name, into) -> into.id(JsonReader.id(p)), "id"),
    URI((p, name, into) -> into.uri(JsonReader.text(p, name)), "uri"),
    STATUS((p, name, into) -> into.status(JsonReader.string(p, name)), "status"),
    ERROR((p, name, into) -> into.error(JsonReader.text(p, name)), "error"),
    CREATED_AT(
            (p, name, into) -> into.createdAt(JsonReader.instant(p, name)),
            "createdAt",
            "created_at",
            "startedAt",
            "started_at"),
    FINISHED_AT((p, name, into) -> into.finishedAt(JsonReader.instant(p, name)), "finishedAt", "finished_at"),
    PERCENT_COMPLETE(
            (p, name, into) -> into.percentComplete(JsonReader.decimal(p, name)),
            "percentComplete",
            "percent_complete"),
    RECORDS_IMPORTED(
            (p, name, into) -> into.recordsImported(JsonReader.integer(p, name)),
            "recordsImported",
            "records_imported"),
    VALIDATION_RESULT(
            (p, name, into) -> into.validationResult(JsonReader.validationResult(p)),
            "validationResult",
            "validation_result");

    /** A name that is not known. */
    static final Spelling OTHER = new Spelling(ID, 0, -1, new SerializedString(""));

    /** The spellings of all fields. */
    static final List<Spelling> SPELLINGS;

    private static final Map<String, Spelling> BY_NAME;

    static {
        List<Spelling> all = new ArrayList<>();
        for (JsonField field : values()) {
            for (int rank = 0; rank < field.names.length; rank++) {
                all.add(new Spelling(field, rank, all.size(), new SerializedString(field.names[rank])));
            }
        }
        SPELLINGS = List.copyOf(all);
        BY_NAME = all.stream()
                .collect(
                        Collectors.toUnmodifiableMap(spelling -> spelling.name().getValue(), Function.identity()));
    }

    private final Reader reader;
    private final String[] names;

    JsonField(Reader reader, String... names) {
        this.reader = reader;
        this.names = names;
    }

    static Spelling spelling(String name) {
        return BY_NAME.getOrDefault(name, OTHER);
    }

    /**
     * One name of a field.
     *
     * @param rank 0 for the preferred one
     * @param index among all spellings of all fields; negative if it is none
     */
    record Spelling(JsonField field, int rank, int index, SerializedString name) {

        /** Reads the value that the parser is at; false if that is none. */
        boolean read(JsonParser p, JsonImportBuilder into) throws IOException {
            return field.reader.read(p, name.getValue(), into);
        }
    }

    @FunctionalInterface
    private interface Reader {

        boolean read(JsonParser p, String name, JsonImportBuilder into) throws IOException;
    }
}
