package dev.reactiveimports.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectReader;
import java.net.URLEncoder;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;

/** What one writes first with Reactor: strings, databind, and {@code expand}. */
final class NaiveCandidate implements Candidate {

    private final HttpClient client;
    private final ObjectReader reader = Item.mapper().readerFor(Item.Page.class);

    NaiveCandidate(int port) {
        this.client = HttpClient.create()
                .baseUrl("http://127.0.0.1:" + port)
                .headers(headers -> headers.set("Api-Key", "key").set("X-Pinecone-Api-Version", "2025-10"));
    }

    @Override
    public void drain(Digest digest) {
        items().doOnNext(item -> item.addTo(digest)).blockLast();
    }

    @Override
    public void first(Digest digest) {
        items().blockFirst().addTo(digest);
    }

    private Flux<Item> items() {
        return page(null)
                .expand(page -> page.next() == null ? Mono.empty() : page(page.next()))
                .concatMapIterable(Item.Page::data);
    }

    private Mono<Item.Page> page(String token) {
        String rest = token == null ? "" : "&paginationToken=" + URLEncoder.encode(token, UTF_8);
        return client.get()
                .uri("/bulk/imports?limit=100" + rest)
                .responseContent()
                .aggregate()
                .asString()
                .map(this::read);
    }

    private Item.Page read(String json) {
        try {
            return reader.readValue(json);
        } catch (JsonProcessingException e) {
            throw Exceptions.propagate(e);
        }
    }
}
