package dev.reactiveimports;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.reactiveimports.ImportOperation.ValidationResult;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The token walk behind {@link JsonCodec}. Each method begins at the first token of its value and ends at the last.
 * What cannot be believed is a {@link Refusal}, whose text never quotes the answer.
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
        require(p, JsonToken.START_ARRAY, "data", "is no array");
        List<ImportOperation> items = new ArrayList<>(PAGE_SIZE);
        JsonImportBuilder draft = new JsonImportBuilder();
        while (p.nextToken() != JsonToken.END_ARRAY) {
            require(p, JsonToken.START_OBJECT, "data", "has an item that is no object");
            items.add(operation(p, draft));
        }
        return items;
    }

    private static @Nullable String next(JsonParser p) throws IOException {
        require(p, JsonToken.START_OBJECT, "pagination", "is no object");
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
            throw refusal(p, "is refused: " + e.getMessage());
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
            throw refusal(p, "has no id");
        }
        return id;
    }

    private static ImportOperation operation(JsonParser p, JsonImportBuilder draft) throws IOException {
        draft.clear();
        int claimed = 0;
        for (int field = draft.nextField(p); field != JsonImportBuilder.END; field = draft.nextField(p)) {
            String name = JsonImportBuilder.name(field);
            claimed = claim(p, claimed, field, name);
            if (!isAbsent(p, field)) {
                field(p, draft, field, name);
            }
        }
        ImportOperation operation = draft.build();
        if (operation == null) {
            throw refusal(p, "has no id");
        }
        return operation;
    }

    private static void field(JsonParser p, JsonImportBuilder draft, int field, String name) throws IOException {
        switch (field) {
            case JsonImportBuilder.ID -> draft.id(id(p));
            case JsonImportBuilder.URI -> draft.uri(text(p, name));
            case JsonImportBuilder.ERROR -> draft.error(text(p, name));
            case JsonImportBuilder.STATUS -> {
                require(p, JsonToken.VALUE_STRING, "status", "is no string");
                if (!draft.knownStatus(p.getTextCharacters(), p.getTextOffset(), p.getTextLength())) {
                    draft.status(p.getText());
                }
            }
            case JsonImportBuilder.PERCENT_COMPLETE, JsonImportBuilder.PERCENT_COMPLETE_SNAKE ->
                draft.percentComplete(field, decimal(p, name));
            case JsonImportBuilder.RECORDS_IMPORTED, JsonImportBuilder.RECORDS_IMPORTED_SNAKE ->
                draft.recordsImported(field, integer(p, name));
            case JsonImportBuilder.VALIDATION_RESULT, JsonImportBuilder.VALIDATION_RESULT_SNAKE ->
                draft.validationResult(field, validationResult(p));
            default -> draft.time(field, instant(p, name));
        }
    }

    private static ValidationResult validationResult(JsonParser p) throws IOException {
        require(p, JsonToken.START_OBJECT, "validationResult", "is no object");
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
    private static String id(JsonParser p) throws IOException {
        if (p.currentToken() != JsonToken.VALUE_NUMBER_INT) {
            require(p, JsonToken.VALUE_STRING, "id", "is no string");
        }
        try {
            return Checks.requireId(p.getText());
        } catch (IllegalArgumentException e) {
            throw refusal(p, "is refused: " + e.getMessage());
        }
    }

    private static String text(JsonParser p, String name) throws IOException {
        require(p, JsonToken.VALUE_STRING, name, "is no string");
        return p.getText();
    }

    /** A timestamp; null if it is empty. */
    private static @Nullable Instant instant(JsonParser p, String name) throws IOException {
        require(p, JsonToken.VALUE_STRING, name, "is no string");
        char[] text = p.getTextCharacters();
        int length = p.getTextLength();
        if (length == 0) {
            return null;
        }
        Instant instant = JsonTimestamps.parse(text, p.getTextOffset(), length);
        if (instant == null) {
            throw refusal(p, name + " is no timestamp");
        }
        return instant;
    }

    private static double decimal(JsonParser p, String name) throws IOException {
        JsonToken token = p.currentToken();
        double value = Double.NaN;
        if (token == JsonToken.VALUE_STRING || token.isNumeric()) {
            value = JsonNumbers.decimal(p.getTextCharacters(), p.getTextOffset(), p.getTextLength());
            if (Double.isNaN(value) && token == JsonToken.VALUE_NUMBER_FLOAT) {
                value = p.getDoubleValue(); // with an exponent
            }
        }
        if (!Double.isFinite(value)) {
            throw refusal(p, name + " is no finite number");
        }
        return value;
    }

    private static long integer(JsonParser p, String name) throws IOException {
        JsonToken token = p.currentToken();
        try {
            if (token == JsonToken.VALUE_NUMBER_INT || token == JsonToken.VALUE_STRING) {
                return JsonNumbers.integer(p.getTextCharacters(), p.getTextOffset(), p.getTextLength());
            }
            if (token == JsonToken.VALUE_NUMBER_FLOAT) {
                return new BigDecimal(p.getText()).longValueExact();
            }
        } catch (ArithmeticException | NumberFormatException e) {
            // refused below
        }
        throw refusal(p, name + " is no int64");
    }

    /** Notes a known field; the same spelling twice means that two readers may see two different answers. */
    private static int claim(JsonParser p, int claimed, int field, String name) {
        if (field < 0) {
            return claimed;
        }
        if ((claimed & (1 << field)) != 0) {
            throw refusal(p, name + " is there twice");
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
            throw refusal(p, name + ' ' + otherwise);
        }
    }

    static Refusal refusal(JsonParser p, String reason) {
        return new Refusal(reason, p.currentLocation().getByteOffset());
    }

    /** Says what is wrong and where; never leaves {@link JsonCodec}. */
    static final class Refusal extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private final long at;

        private Refusal(String reason, long at) {
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
