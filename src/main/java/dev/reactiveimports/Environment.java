package dev.reactiveimports;

import java.util.Map;

/** Creates a client from the environment variables that Pinecone's tools read. */
final class Environment {

    private static final String INDEX_HOST = "PINECONE_INDEX_HOST";
    private static final String API_KEY = "PINECONE_API_KEY";

    private Environment() {}

    static ReactiveImportsApi create(Map<String, String> variables) {
        return ReactiveImportsApi.create(required(variables, INDEX_HOST), required(variables, API_KEY));
    }

    private static String required(Map<String, String> variables, String name) {
        String value = variables.get(name);
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException(
                    "The environment variable " + name + " is not set; set it, or use create(indexHost, apiKey).");
        }
        return value;
    }
}
