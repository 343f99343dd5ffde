package dev.reactiveimports.samples;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the sample Grafana dashboard shows.
 *
 * @param panels in the order in which they stand
 */
record Dashboard(List<Panel> panels) {

    static final Path FILE = Path.of("src/test/resources/dev/reactiveimports/samples/dashboard.json");

    record Panel(int id, String title, String unit, List<Target> targets) {}

    record Target(MeterQuery query, String legend) {

        /** The legend of one line: a label's value where the legend names the label. */
        String name(String label) {
            return legend.startsWith("{{") ? label : legend;
        }
    }

    static Dashboard read() throws IOException {
        Map<?, ?> root;
        try (JsonParser parser = new JsonFactory().createParser(Files.readString(FILE))) {
            parser.nextToken();
            root = (Map<?, ?>) value(parser);
            if (parser.nextToken() != null) {
                throw new IOException("something stands after the dashboard");
            }
        }
        return new Dashboard(
                maps(root.get("panels")).stream().map(Dashboard::panel).toList());
    }

    private static Panel panel(Map<?, ?> json) {
        Map<?, ?> defaults = (Map<?, ?>) ((Map<?, ?>) json.get("fieldConfig")).get("defaults");
        return new Panel(
                ((Number) json.get("id")).intValue(),
                (String) json.get("title"),
                (String) defaults.get("unit"),
                maps(json.get("targets")).stream()
                        .map(target -> new Target(
                                MeterQuery.parse((String) target.get("expr")), (String) target.get("legendFormat")))
                        .toList());
    }

    private static List<Map<?, ?>> maps(Object list) {
        List<Map<?, ?>> maps = new ArrayList<>();
        ((List<?>) list).forEach(item -> maps.add((Map<?, ?>) item));
        return maps;
    }

    private static Object value(JsonParser parser) throws IOException {
        switch (parser.currentToken()) {
            case START_OBJECT -> {
                Map<String, Object> fields = new LinkedHashMap<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
                    parser.nextToken();
                    fields.put(name, value(parser));
                }
                return fields;
            }
            case START_ARRAY -> {
                List<Object> items = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    items.add(value(parser));
                }
                return items;
            }
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
                return parser.getNumberValue();
            }
            default -> {
                return parser.getText();
            }
        }
    }
}
