package dev.reactiveimports.shared;

import dev.reactiveimports.ImportOperation;
import dev.reactiveimports.ImportOperation.ValidationResult;
import dev.reactiveimports.ImportStatus;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An operation as a flat JSON object. */
final class JsonOperation {

    private JsonOperation() {}

    static String write(ImportOperation operation) {
        return JsonFields.write(json -> {
            JsonFields.write(json, "id", operation.id());
            JsonFields.write(json, "uri", operation.uri());
            JsonFields.write(json, "status", operation.status().wireName());
            JsonFields.write(json, "statusText", operation.statusText());
            JsonFields.write(json, "createdAt", operation.createdAt());
            JsonFields.write(json, "finishedAt", operation.finishedAt());
            json.writeNumberField("percentComplete", operation.percentComplete());
            json.writeNumberField("recordsImported", operation.recordsImported());
            JsonFields.write(json, "error", operation.error());
            ValidationResult validation = operation.validationResult();
            if (validation != null) {
                json.writeNumberField("importSuccesses", validation.importSuccesses());
                json.writeNumberField("importErrors", validation.importErrors());
            }
        });
    }

    static ImportOperation read(String text) {
        return JsonFields.read("an operation", text, JsonOperation::operation);
    }

    private static ImportOperation operation(Map<String, String> fields) {
        String id = fields.get("id");
        if (id == null) {
            throw new IllegalArgumentException("it has no id");
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
