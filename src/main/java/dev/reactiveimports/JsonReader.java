package dev.reactiveimports;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.reactiveimports.ImportOperation.ValidationResult;
import dev.reactiveimports.JsonField.Spelling;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The token walk behind {@link JsonCodec}. Each method begins at the first token of its value and ends at the last.
 * What is not valid is a {@link Rejection}, whose text never quotes the response.
 */
final class JsonReader {

    private static final int PAGE_SIZE = 100;

    private JsonReader() {}

    static ImportPage page(JsonParser p) throws IOException {
        List<ImportOperation> items = List.of();
        String next = null;
        String besides = null; // the token as the prose of the documentation has it, outside "pagination"
        int claimed = 0;
        for (String name = p.nextFieldName(); name != null; name = p.nextFieldName()) {
            int field = switch (name) {
                case "data" -> 0;
                case "pagination" -> 1;
                case "paginationToken" -> 2;
                case "pagination_token" -> 3;
                default -> -1;
            };
            claimed = claim(p, claimed, field, name);
            if (isAbsent(p, field)) {
                continue;
            }
            switch (field) {
                case 0 -> items = items(p);
                case 1 -> next = next(p);
                default -> besides = besides == null ? token(p) : besides;
            }
        }
        return new ImportPage(items, next == null ? besides : next);
    }

    private static List<ImportOperation> items(JsonParser p) throws IOException {
        require(p, JsonToken.START_ARRAY, "data", "is not an array");
        // a list would be copied twice to become the page's own
        ImportOperation[] items = new ImportOperation[PAGE_SIZE];
        int size = 0;
        JsonImportBuilder draft = new JsonImportBuilder();
        while (p.nextToken() != JsonToken.END_ARRAY) {
            require(p, JsonToken.START_OBJECT, "data", "has an item that is not an object");
            if (size == items.length) {
                items = Arrays.copyOf(items, 2 * size);
            }
            items[size++] = operation(p, draft);
        }
        return List.of(size == items.length ? items : Arrays.copyOf(items, size));
    }

    private static @Nullable String next(JsonParser p) throws IOException {
        require(p, JsonToken.START_OBJECT, "pagination", "is not an object");
        String next = null;
        int claimed = 0;
        for (String name = p.nextFieldName(); name != null; name = p.nextFieldName()) {
            int field = name.equals("next") ? 0 : -1;
            claimed = claim(p, claimed, field, name);
            if (!isAbsent(p, field)) {
                next = token(p);
            }
        }
        return next;
    }

    /** A token, which must be one that {@link ListImportsSpec#startAt} takes; null if it is empty. */
    private static @Nullable String token(JsonParser p) throws IOException {
        String token = text(p, "pagination token");
        try {
            return token.isEmpty()
                    ? null
                    : Checks.requireText(token, "pagination token", ListImportsSpec.MAX_TOKEN_LENGTH);
        } catch (IllegalArgumentException e) {
            throw rejection(p, "is invalid: " + e.getMessage());
        }
    }

    static ImportOperation operation(JsonParser p) throws IOException {
        return operation(p, new JsonImportBuilder());
    }

    static String startedId(JsonParser p) throws IOException {
        String id = null;
        int claimed = 0;
        for (String name = p.nextFieldName(); name != null; name = p.nextFieldName()) {
            int field = name.equals("id") ? 0 : -1;
            claimed = claim(p, claimed, field, name);
            if (!isAbsent(p, field)) {
                id = id(p);
            }
        }
        if (id == null) {
            throw rejection(p, "has no id");
        }
        return id;
    }

    private static ImportOperation operation(JsonParser p, JsonImportBuilder draft) throws IOException {
        draft.clear();
        int claimed = 0;
        for (Spelling field = draft.nextField(p); field != null; field = draft.nextField(p)) {
            claimed = claim(p, claimed, field.index(), field.name().getValue());
            if (!isAbsent(p, field.index())) {
                draft.read(p, field);
            }
        }
        ImportOperation operation = draft.build();
        if (operation == null) {
            throw rejection(p, "has no id");
        }
        return operation;
    }

    static ValidationResult validationResult(JsonParser p) throws IOException {
        require(p, JsonToken.START_OBJECT, "validationResult", "is not an object");
        // a count that is left out is 0, as protobuf writes it
        JsonImportBuilder.Counts counts = new JsonImportBuilder.Counts();
        int claimed = 0;
        for (String name = p.nextFieldName(); name != null; name = p.nextFieldName()) {
            int field = JsonImportBuilder.Counts.spelling(name);
            claimed = claim(p, claimed, field, name);
            if (!isAbsent(p, field)) {
                counts.count(field, integer(p, name));
            }
        }
        return counts.build();
    }

    /** The id, which must be one that can be asked for; an integer counts as its text. */
    static String id(JsonParser p) throws IOException {
        if (p.currentToken() != JsonToken.VALUE_NUMBER_INT) {
            require(p, JsonToken.VALUE_STRING, "id", "is not a string");
        }
        try {
            return Checks.requireId(p.getText());
        } catch (IllegalArgumentException e) {
            throw rejection(p, "is invalid: " + e.getMessage());
        }
    }

    static String text(JsonParser p, String name) throws IOException {
        require(p, JsonToken.VALUE_STRING, name, "is not a string");
        return p.getText();
    }

    /** The parser itself, at a string: who knows its value already need not make one. */
    static JsonParser string(JsonParser p, String name) {
        require(p, JsonToken.VALUE_STRING, name, "is not a string");
        return p;
    }

    /** A timestamp; null if it is empty. */
    static @Nullable Instant instant(JsonParser p, String name) throws IOException {
        require(p, JsonToken.VALUE_STRING, name, "is not a string");
        char[] text = p.getTextCharacters();
        int length = p.getTextLength();
        if (length == 0) {
            return null;
        }
        Instant instant = JsonTimestamps.parse(text, p.getTextOffset(), length);
        if (instant == null) {
            throw rejection(p, name + " is not a timestamp");
        }
        return instant;
    }

    static double decimal(JsonParser p, String name) throws IOException {
        JsonToken token = p.currentToken();
        double value = Double.NaN;
        if (token == JsonToken.VALUE_STRING || token.isNumeric()) {
            value = JsonNumbers.decimal(p.getTextCharacters(), p.getTextOffset(), p.getTextLength());
            if (Double.isNaN(value) && token == JsonToken.VALUE_NUMBER_FLOAT) {
                value = p.getDoubleValue(); // with an exponent
            }
        }
        if (!Double.isFinite(value)) {
            throw rejection(p, name + " is not a finite number");
        }
        return value;
    }

    static long integer(JsonParser p, String name) throws IOException {
        JsonToken token = p.currentToken();
        try {
            if (token == JsonToken.VALUE_NUMBER_INT || token == JsonToken.VALUE_STRING) {
                return JsonNumbers.integer(p.getTextCharacters(), p.getTextOffset(), p.getTextLength());
            }
            if (token == JsonToken.VALUE_NUMBER_FLOAT) {
                return new BigDecimal(p.getText()).longValueExact();
            }
        } catch (ArithmeticException | NumberFormatException e) {
            // rejected below
        }
        throw rejection(p, name + " is not an int64");
    }

    /** Notes a known field; the same spelling twice means that two readers may see two different answers. */
    private static int claim(JsonParser p, int claimed, int field, String name) {
        if (field < 0) {
            return claimed;
        }
        if ((claimed & (1 << field)) != 0) {
            throw rejection(p, name + " is there twice");
        }
        return claimed | (1 << field);
    }

    /** Goes on to a field's value. True if there is nothing to read: the value is null, or of an unknown field and skipped. */
    private static boolean isAbsent(JsonParser p, int field) throws IOException {
        JsonToken token = p.nextToken();
        if (field < 0) {
            p.skipChildren();
            return true;
        }
        return token == JsonToken.VALUE_NULL;
    }

    // two texts, because to join them before they are needed was a third of all garbage
    private static void require(JsonParser p, JsonToken token, String name, String otherwise) {
        if (p.currentToken() != token) {
            throw rejection(p, name + ' ' + otherwise);
        }
    }

    static Rejection rejection(JsonParser p, String reason) {
        return new Rejection(reason, p.currentLocation().getByteOffset());
    }

    /** Says what is wrong and where; never leaves {@link JsonCodec}. */
    static final class Rejection extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private final long at;

        private Rejection(String reason, long at) {
            super(reason, null, false, false);
            this.at = at;
        }

        String reason() {
            return String.valueOf(getMessage());
        }

        long at() {
            return at;
        }
    }
}
