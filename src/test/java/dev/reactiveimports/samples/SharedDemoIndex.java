package dev.reactiveimports.samples;

import dev.reactiveimports.ImportOperation;
import dev.reactiveimports.ReactiveImportsApi;
import dev.reactiveimports.testing.ImportsSimulator;
import dev.reactiveimports.testing.RecordedRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The simulated index of the demo, with what it knows by itself: which starts it received, who polls, how the imports ended. */
final class SharedDemoIndex implements AutoCloseable {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Pattern URI = Pattern.compile("\"uri\":\"([^\"]*)\"");
    private static final Pattern TAG = Pattern.compile("source_tag=([a-z0-9]+)");

    private final ImportsSimulator simulator;
    private final ReactiveImportsApi imports;
    private final Map<String, Integer> posts = new TreeMap<>();
    private @Nullable RecordedRequest newest;
    private @Nullable String poller;

    SharedDemoIndex(Duration importDuration) {
        simulator = ImportsSimulator.builder().importDuration(importDuration).build();
        imports = ReactiveImportsApi.create(simulator.indexHost(), simulator.apiKey());
    }

    /** What a replica has to know of it. */
    Map<String, String> environment() {
        return Map.of("PINECONE_INDEX_HOST", simulator.indexHost(), "PINECONE_API_KEY", simulator.apiKey());
    }

    /** What to run; one in eight fails. */
    static List<String> uris(int howMany) {
        return IntStream.range(0, howMany)
                .mapToObj(i -> "s3://acme-vectors/" + (i % 8 == 7 ? "fail/" : "") + "part-" + i)
                .toList();
    }

    /** How often it was asked to start each URI. */
    synchronized Map<String, Integer> posts() {
        readNew();
        return Map.copyOf(posts);
    }

    /** The replica that sent the newest poll, as the header User-Agent says. */
    @Nullable
    synchronized String poller() {
        readNew();
        return poller;
    }

    /** The simulator keeps the newest requests only: so ask often. */
    @SuppressWarnings("ReferenceEquality")
    private void readNew() {
        List<RecordedRequest> requests = simulator.requests();
        int from = requests.size();
        while (from > 0 && requests.get(from - 1) != newest) {
            from--;
        }
        for (RecordedRequest request : requests.subList(from, requests.size())) {
            newest = request;
            read(request);
        }
    }

    private void read(RecordedRequest request) {
        Matcher uri = URI.matcher(request.body());
        Matcher tag = TAG.matcher(request.headers().getOrDefault("User-Agent", ""));
        if (request.method().equals("POST") && uri.find()) {
            posts.merge(uri.group(1), 1, Integer::sum);
        } else if (request.method().equals("GET") && tag.find()) {
            poller = tag.group(1);
        }
    }

    /** Every import as it is now. */
    List<ImportOperation> imports() {
        return imports.listImports().collectList().blockOptional(LONG).orElseThrow();
    }

    @Override
    public void close() {
        imports.close();
        simulator.close();
    }
}
