package dev.reactiveimports;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Collectors;
import reactor.netty.http.HttpResources;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.LoopResources;

/** The event loops that a suite of the wire runs on, and its clients. */
enum Transport {
    NIO,
    NATIVE;

    static final String KEY = "pcsk_fault-tests_0123456789";

    /** The default policy, in a hurry. */
    static final ImportsRetry FAST =
            ImportsRetry.ofDefaults().minBackoff(Duration.ofMillis(1)).maxBackoff(Duration.ofMillis(5));

    static final Duration SOON = Duration.ofSeconds(20);

    HttpClient on(HttpClient client) {
        assumeTrue(this == NIO || LoopResources.hasNativeSupport(), "no native transport here");
        return client.runOn(HttpResources.get(), this == NATIVE);
    }

    ReactiveImportsApi.Builder builder(String indexHost) {
        Warm.up();
        return cold(indexHost);
    }

    private ReactiveImportsApi.Builder cold(String indexHost) {
        return ReactiveImportsApi.builder(indexHost, KEY)
                .configureHttpClient(this::on)
                .retry(FAST);
    }

    ReactiveImportsApi.Builder builder(RawServer server) {
        return builder(server.host());
    }

    ReactiveImportsApi client(RawServer server) {
        return builder(server).build();
    }

    /** One import in the making, as describe tells it. */
    static String importJson(String id) {
        return "{\"id\":\"" + id + "\",\"uri\":\"s3://bucket/dir\",\"status\":\"InProgress\",\"percentComplete\":1.5}";
    }

    static String endedJson(String id, String status) {
        return "{\"id\":\"" + id + "\",\"uri\":\"s3://bucket/dir\",\"status\":\"" + status
                + "\",\"percentComplete\":100}";
    }

    /** A page of imports with these ids; the next token may be null. */
    static String pageJson(String next, String... ids) {
        String items = Arrays.stream(ids).map(Transport::importJson).collect(Collectors.joining(","));
        return "{\"data\":[" + items + "]" + (next == null ? "" : ",\"pagination\":{\"next\":\"" + next + "\"}") + "}";
    }

    /** The first exchange of a JVM loads classes for longer than a test's timeout may be. */
    private static final class Warm {

        static {
            try (RawServer server = RawServer.always(RawServer.json(importJson("1")))) {
                for (Transport transport : values()) {
                    if (transport == NIO || LoopResources.hasNativeSupport()) {
                        try (ReactiveImportsApi client =
                                transport.cold(server.host()).build()) {
                            client.describeImport("1").block(SOON);
                        }
                    }
                }
            }
        }

        static void up() {}
    }
}
