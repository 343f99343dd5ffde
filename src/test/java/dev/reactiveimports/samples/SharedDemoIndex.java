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

    private final ImportsSimulator simulator =
            ImportsSimulator.builder().importDuration(Duration.ofSeconds(3)).build();
    private final ReactiveImportsApi imports = ReactiveImportsApi.create(simulator.indexHost(), simulator.apiKey());

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
    Map<String, Integer> posts() {
        Map<String, Integer> posts = new TreeMap<>();
        for (RecordedRequest request : simulator.requests()) {
            Matcher uri = URI.matcher(request.body());
            if (request.method().equals("POST") && uri.find()) {
                posts.merge(uri.group(1), 1, Integer::sum);
            }
        }
        return posts;
    }

    /** The replica that sent the newest poll, as the header User-Agent says. */
    @Nullable
    String poller() {
        List<RecordedRequest> requests = simulator.requests();
        for (int i = requests.size() - 1; i >= 0; i--) {
            Matcher tag = TAG.matcher(requests.get(i).headers().getOrDefault("User-Agent", ""));
            if (requests.get(i).method().equals("GET") && tag.find()) {
                return tag.group(1);
            }
        }
        return null;
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
