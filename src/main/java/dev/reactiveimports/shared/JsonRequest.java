package dev.reactiveimports.shared;

import dev.reactiveimports.ImportErrorMode;
import dev.reactiveimports.StartImportRequest;
import java.util.Map;

/** A start request as a flat JSON object. */
final class JsonRequest {

    private JsonRequest() {}

    static String write(StartImportRequest request) {
        ImportErrorMode mode = request.errorMode();
        return JsonFields.write(json -> {
            JsonFields.write(json, "uri", request.uri());
            JsonFields.write(json, "integrationId", request.integrationId());
            JsonFields.write(json, "errorMode", mode == null ? null : mode.name());
        });
    }

    static StartImportRequest read(String text) {
        return JsonFields.read("a request", text, JsonRequest::request);
    }

    private static StartImportRequest request(Map<String, String> fields) {
        String uri = fields.get("uri");
        if (uri == null) {
            throw new IllegalArgumentException("it has no uri");
        }
        String mode = fields.get("errorMode");
        return new StartImportRequest(
                uri, fields.get("integrationId"), mode == null ? null : ImportErrorMode.valueOf(mode));
    }
}
