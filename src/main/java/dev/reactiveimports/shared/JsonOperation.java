package dev.reactiveimports.shared;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import dev.reactiveimports.ImportOperation;
import dev.reactiveimports.ImportOperation.ValidationResult;
import dev.reactiveimports.ImportStatus;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An operation as a flat JSON object; what is null is left out. */
final class JsonOperation {

    private static final JsonFactory JSON =
            JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private JsonOperation() {}

    static String write(ImportOperation operation) {
        StringWriter text = new StringWriter(256);
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            write(json, "id", operation.id());
            write(json, "uri", operation.uri());
            write(json, "status", operation.status().wireName());
            write(json, "statusText", operation.statusText());
            write(json, "createdAt", operation.createdAt());
            write(json, "finishedAt", operation.finishedAt());
            json.writeNumberField("percentComplete", operation.percentComplete());
            json.writeNumberField("recordsImported", operation.recordsImported());
            write(json, "error", operation.error());
            ValidationResult validation = operation.validationResult();
            if (validation != null) {
                json.writeNumberField("importSuccesses", validation.importSuccesses());
                json.writeNumberField("importErrors", validation.importErrors());
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private static void write(JsonGenerator json, String name, @Nullable Object value) throws IOException {
        if (value != null) {
            json.writeStringField(name, value.toString());
        }
    }

    static ImportOperation read(String text) {
        Map<String, String> fields = new HashMap<>();
        try (JsonParser json = JSON.createParser(text)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("Not the JSON of an operation: it is not an object");
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                if (json.nextToken().isScalarValue() && json.currentToken() != JsonToken.VALUE_NULL) {
                    fields.put(name, json.getText());
                } else {
                    json.skipChildren();
                }
            }
            return operation(fields);
        } catch (IOException | DateTimeException | NumberFormatException e) {
            throw new IllegalArgumentException(
                    "Not the JSON of an operation: " + e.getClass().getSimpleName(), e);
        }
    }

    private static ImportOperation operation(Map<String, String> fields) {
        String id = fields.get("id");
        if (id == null) {
            throw new IllegalArgumentException("Not the JSON of an operation: it has no id");
        }
        String status = fields.getOrDefault("status", ImportStatus.UNKNOWN.wireName());
        boolean validated = fields.containsKey("importSuccesses") || fields.containsKey("importErrors");
        return new ImportOperation(
                id,
                fields.get("uri"),
                ImportStatus.of(status),
                fields.getOrDefault("statusText", status),
                instant(fields.get("createdAt")),
                instant(fields.get("finishedAt")),
                Double.parseDouble(fields.getOrDefault("percentComplete", "0")),
                number(fields, "recordsImported"),
                fields.get("error"),
                validated
                        ? new ValidationResult(number(fields, "importSuccesses"), number(fields, "importErrors"))
                        : null);
    }

    private static long number(Map<String, String> fields, String name) {
        return Long.parseLong(fields.getOrDefault(name, "0"));
    }

    private static @Nullable Instant instant(@Nullable String text) {
        return text == null ? null : Instant.parse(text);
    }
}
