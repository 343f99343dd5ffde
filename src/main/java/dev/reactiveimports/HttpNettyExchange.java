package dev.reactiveimports;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.Connection;
import reactor.netty.NettyOutbound;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientRequest;
import reactor.netty.http.client.HttpClientResponse;
import reactor.util.context.Context;

/**
 * Exchanges over reactor-netty. A response's body is always read to its end, or to its cap, before anything is signalled,
 * since a body left over costs the connection.
 */
final class HttpNettyExchange implements HttpExchange {

    private static final int MAX_ERROR_BYTES = 64 * 1024;

    /** Reactor's own name, which it does not publish. */
    private static final String DISCARD_HOOK = "reactor.onDiscard.local";

    private final HttpClient client;
    private final String apiVersion;
    private final String userAgent;
    private final Scheduler scheduler;
    private final HttpResponseBody.Spare spare = new HttpResponseBody.Spare();

    /**
     * Exchanges that carry these headers.
     *
     * @param scheduler the clock
     */
    HttpNettyExchange(HttpClient client, String apiVersion, String userAgent, Scheduler scheduler) {
        this.client = client;
        this.apiVersion = apiVersion;
        this.userAgent = userAgent;
        this.scheduler = scheduler;
    }

    /** Connects the event loops and the resolver. */
    @Override
    public Mono<Void> warmup() {
        return client.warmup();
    }

    @Override
    public <T> Mono<T> exchange(HttpCall<T> call, String key, Observer observer) {
        return client.request(call.request().method())
                .uri(call.request().uri())
                .send((request, outbound) -> send(call, key, request, outbound, observer))
                .responseConnection((answer, connection) -> receive(call, key, answer, connection, observer))
                .single()
                .<T>handle((outcome, sink) -> outcome.into(sink))
                .contextWrite(HttpNettyExchange::withoutDiscardHook);
    }

    /** A subscriber's hook is for what is its own; here, connections and buffers are what operators drop. */
    private static Context withoutDiscardHook(Context context) {
        return context.hasKey(DISCARD_HOOK) ? context.delete(DISCARD_HOOK) : context;
    }

    private Publisher<Void> send(
            HttpCall<?> call, String key, HttpClientRequest request, NettyOutbound outbound, Observer observer) {
        if (!observer.sending(now())) {
            // an empty publisher would send the head, and an error be logged as the connection's
            outbound.withConnection(Connection::dispose);
            return Mono.never();
        }
        HttpHeaders headers = request.requestHeaders();
        headers.set("Api-Key", key);
        headers.set("X-Pinecone-Api-Version", apiVersion);
        headers.set(HttpHeaderNames.USER_AGENT, userAgent);
        headers.set(HttpHeaderNames.ACCEPT, "application/json");
        ByteBuffer body = call.request().body();
        if (body != null) {
            headers.set(HttpHeaderNames.CONTENT_TYPE, "application/json");
            headers.set(HttpHeaderNames.CONTENT_LENGTH, body.remaining());
        }
        return body == null ? outbound : outbound.send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(body)));
    }

    private <T> Publisher<HttpOutcome<T>> receive(
            HttpCall<T> call, String key, HttpClientResponse answer, Connection connection, Observer observer) {
        boolean success = answer.status().code() / 100 == 2;
        HttpResponseBody body = success
                ? new HttpResponseBody(
                        spare, call.response().maxBytes(), call.response().ignoresBody())
                : new HttpResponseBody(spare, MAX_ERROR_BYTES, true);
        observer.responded(answer.status().code());
        return connection
                .inbound()
                .receive()
                // emits nothing, and no error: a chunk that an operator drops would meet the subscriber's hooks
                .<HttpOutcome<T>>handle((chunk, sink) -> {
                    body.append(chunk);
                    if (body.isCut()) {
                        sink.complete();
                    }
                })
                .then(Mono.fromSupplier(() -> {
                    observer.received(body.length());
                    HttpOutcome<T> outcome = success ? decode(call, key, answer, body) : refusal(key, answer, body);
                    if (outcome.failure() instanceof ImportsProtocolException) {
                        // whose answer was it? the next one on this connection is not to be trusted either
                        connection.markPersistent(false);
                    }
                    return outcome;
                }))
                // lets go of the connection first: what follows may want it, or take its time
                // as a plain executor: decorators and meters of Reactor's are for schedulers that stay
                .publishOn(Schedulers.fromExecutor(
                        task -> connection.channel().eventLoop().execute(task)));
    }

    private static <T> HttpOutcome<T> decode(
            HttpCall<T> call, String key, HttpClientResponse answer, HttpResponseBody body) {
        try {
            return new HttpOutcome<>(body.readAndRelease(call.reader(answer.responseHeaders(), key)), null);
        } catch (ImportsProtocolException unbelievable) {
            return new HttpOutcome<>(null, unbelievable);
        }
    }

    private <T> HttpOutcome<T> refusal(String key, HttpClientResponse answer, HttpResponseBody body) {
        JsonError error = body.readAndRelease((bytes, offset, length) -> {
            HttpKeyMask.mask(key, bytes, offset, length);
            return JsonCodec.decodeError(bytes, offset, length);
        });
        return new HttpOutcome<>(
                null, HttpFailures.refused(answer.status(), answer.responseHeaders(), error, now(), key));
    }

    private Instant now() {
        return Instant.ofEpochMilli(scheduler.now(TimeUnit.MILLISECONDS));
    }
}
