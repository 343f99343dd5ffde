package dev.reactiveimports.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectReader;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** The JDK's own client and Jackson databind, in a loop. */
final class JdkCandidate implements Candidate {

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ObjectReader reader = Item.mapper().readerFor(Item.Page.class);
    private final String uri;

    JdkCandidate(int port) {
        this.uri = "http://127.0.0.1:" + port + "/bulk/imports?limit=100";
    }

    @Override
    public void drain(Digest digest) throws IOException, InterruptedException {
        String token = null;
        do {
            Item.Page page = page(token);
            page.data().forEach(item -> item.addTo(digest));
            token = page.next();
        } while (token != null);
    }

    @Override
    public void first(Digest digest) throws IOException, InterruptedException {
        page(null).data().get(0).addTo(digest);
    }

    private Item.Page page(String token) throws IOException, InterruptedException {
        String target = token == null ? uri : uri + "&paginationToken=" + URLEncoder.encode(token, UTF_8);
        HttpRequest request = HttpRequest.newBuilder(URI.create(target))
                .header("Api-Key", "key")
                .header("X-Pinecone-Api-Version", "2025-10")
                .build();
        return reader.readValue(
                client.send(request, HttpResponse.BodyHandlers.ofByteArray()).body());
    }
}
