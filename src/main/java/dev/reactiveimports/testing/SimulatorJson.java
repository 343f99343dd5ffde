package dev.reactiveimports.testing;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.reactiveimports.ImportOperation;
import dev.reactiveimports.ImportOperation.ValidationResult;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The service's JSON, both ways; the only user of Jackson in this package. What is null is left out. */
final class SimulatorJson {

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private SimulatorJson() {}

    /** What a start asks for; each may be missing. */
    record Start(
            @Nullable String uri,
            @Nullable String integrationId,
            @Nullable String onError) {}

    static String empty() {
        return write(json -> {});
    }

    static String started(String id) {
        return write(json -> json.writeStringField("id", id));
    }

    static String error(int code, String message) {
        return write(json -> {
            json.writeNumberField("code", code);
            json.writeStringField("message", message);
            json.writeArrayFieldStart("details");
            json.writeEndArray();
        });
    }

    static String operation(ImportOperation operation, boolean withValidation) {
        return write(json -> fields(json, operation, withValidation));
    }

    static String page(List<ImportOperation> items, @Nullable String next, boolean withValidation) {
        return write(json -> {
            json.writeArrayFieldStart("data");
            for (ImportOperation item : items) {
                json.writeStartObject();
                fields(json, item, withValidation);
                json.writeEndObject();
            }
            json.writeEndArray();
            if (next != null) {
                json.writeObjectFieldStart("pagination");
                json.writeStringField("next", next);
                json.writeEndObject();
            }
        });
    }

    /**
     * Reads the body of a start. Unknown fields are ignored.
     *
     * @throws IllegalArgumentException if it is not one JSON object with fields of the right types
     */
    static Start start(String body) {
        try (JsonParser json = FACTORY.createParser(body)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("Request body must be a JSON object.");
            }
            Start start = start(json);
            if (json.nextToken() != null) {
                throw new IllegalArgumentException("Request body must be one JSON object.");
            }
            return start;
        } catch (IOException malformed) {
            throw new IllegalArgumentException("Request body is not valid JSON.", malformed);
        }
    }

    private static Start start(JsonParser json) throws IOException {
        String uri = null;
        String integrationId = null;
        String onError = null;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            json.nextToken();
            switch (name) {
                case "uri" -> uri = text(json, name);
                case "integrationId" -> integrationId = text(json, name);
                case "errorMode" -> onError = onError(json);
                default -> json.skipChildren();
            }
        }
        return new Start(uri, integrationId, onError);
    }

    private static @Nullable String onError(JsonParser json) throws IOException {
        if (json.currentToken() == JsonToken.VALUE_NULL) {
            return null;
        }
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw new IllegalArgumentException("errorMode must be an object.");
        }
        String onError = null;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            json.nextToken();
            if (name.equals("onError")) {
                onError = text(json, name);
            } else {
                json.skipChildren();
            }
        }
        return onError;
    }

    private static @Nullable String text(JsonParser json, String name) throws IOException {
        if (json.currentToken() == JsonToken.VALUE_NULL) {
            return null;
        }
        if (json.currentToken() != JsonToken.VALUE_STRING) {
            throw new IllegalArgumentException(name + " must be a string.");
        }
        return json.getText();
    }

    private static void fields(JsonGenerator json, ImportOperation operation, boolean withValidation)
            throws IOException {
        json.writeStringField("id", operation.id());
        text(json, "uri", operation.uri());
        json.writeStringField("status", operation.statusText());
        time(json, "createdAt", operation.createdAt());
        time(json, "finishedAt", operation.finishedAt());
        json.writeNumberField("percentComplete", operation.percentComplete());
        json.writeNumberField("recordsImported", operation.recordsImported());
        text(json, "error", operation.error());
        ValidationResult validation = operation.validationResult();
        if (withValidation && validation != null) {
            json.writeObjectFieldStart("validationResult");
            json.writeNumberField("importSuccesses", validation.importSuccesses());
            json.writeNumberField("importErrors", validation.importErrors());
            json.writeEndObject();
        }
    }

    private static void text(JsonGenerator json, String name, @Nullable String value) throws IOException {
        if (value != null) {
            json.writeStringField(name, value);
        }
    }

    private static void time(JsonGenerator json, String name, @Nullable Instant value) throws IOException {
        text(json, name, value == null ? null : value.toString());
    }

    private static String write(Fields fields) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(text)) {
            json.writeStartObject();
            fields.write(json);
            json.writeEndObject();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return text.toString();
    }

    private interface Fields {
        void write(JsonGenerator json) throws IOException;
    }
}
