package dev.reactiveimports.testing;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;

/** The JDK's HTTP client pointed at a simulator: a client that knows nothing of ours. */
final class SimulatorProbe {

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final Pattern ID = Pattern.compile("\"id\":\"(.*?)\"");
    private static final Pattern NEXT = Pattern.compile("\"pagination\":\\{\"next\":\"(.*?)\"}");

    private final ImportsSimulator simulator;

    SimulatorProbe(ImportsSimulator simulator) {
        this.simulator = simulator;
    }

    HttpResponse<String> get(String pathAndQuery, String... headers) {
        return send("GET", pathAndQuery, "", headers);
    }

    HttpResponse<String> delete(String pathAndQuery) {
        return send("DELETE", pathAndQuery, "");
    }

    HttpResponse<String> start(String body) {
        return send("POST", "/bulk/imports", body);
    }

    /** Starts an import of a URI and returns its id. */
    String started(String uri) {
        return ids(start("{\"uri\":\"" + uri + "\"}")).get(0);
    }

    HttpResponse<String> send(String method, String pathAndQuery, String body, String... headers) {
        return sendAsync(method, pathAndQuery, body, headers).join();
    }

    CompletableFuture<HttpResponse<String>> getAsync(String pathAndQuery) {
        return sendAsync("GET", pathAndQuery, "");
    }

    private CompletableFuture<HttpResponse<String>> sendAsync(
            String method, String pathAndQuery, String body, String... headers) {
        HttpRequest.Builder request = request(method, pathAndQuery, body).header("Api-Key", simulator.apiKey());
        if (headers.length > 0) {
            request.headers(headers);
        }
        return CLIENT.sendAsync(request.build(), BodyHandlers.ofString());
    }

    /** Without the key, unless it is among the headers. */
    HttpResponse<String> sendBare(String method, String pathAndQuery, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = request(method, pathAndQuery, "");
        if (headers.length > 0) {
            request.headers(headers);
        }
        return CLIENT.send(request.build(), BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String method, String pathAndQuery, String body) {
        return HttpRequest.newBuilder(URI.create(simulator.indexHost() + pathAndQuery))
                .timeout(Duration.ofSeconds(10))
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    }

    static List<String> ids(HttpResponse<String> response) {
        return ID.matcher(response.body())
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    /** The next page's token as it stands in the body; empty if there is none. */
    static String next(HttpResponse<String> response) {
        return NEXT.matcher(response.body())
                .results()
                .map(found -> found.group(1))
                .findFirst()
                .orElse("");
    }

    static String encoded(String token) {
        return token.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D");
    }

    /** Waits without sleeping, 5 seconds at most. */
    static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(5).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within 5 s: " + what);
            }
            Thread.yield();
        }
    }
}
