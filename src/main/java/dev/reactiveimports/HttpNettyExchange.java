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
 * since a body that is not consumed costs the connection.
 */
final class HttpNettyExchange implements HttpExchange {

    private static final int MAX_ERROR_BYTES = 64 * 1024;

    /** Reactor's key for the hook, which is not public API. */
    private static final String DISCARD_HOOK = "reactor.onDiscard.local";

    private final HttpClient client;
    private final String apiVersion;
    private final String userAgent;
    private final Scheduler scheduler;
    private final HttpResponseBody.Spare spare = new HttpResponseBody.Spare();

    /**
     * Creates exchanges with these headers.
     *
     * @param scheduler the clock for {@code sentAt} and {@code Retry-After}
     */
    HttpNettyExchange(HttpClient client, String apiVersion, String userAgent, Scheduler scheduler) {
        this.client = client;
        this.apiVersion = apiVersion;
        this.userAgent = userAgent;
        this.scheduler = scheduler;
    }

    /** Initialises the event loops, the resolver and native code. */
    @Override
    public Mono<Void> warmup() {
        return client.warmup();
    }

    @Override
    public <T> Mono<T> exchange(HttpCall<T> call, String key, Observer observer) {
        return Mono.defer(() -> new Exchange<>(call, key, observer).mono())
                .contextWrite(HttpNettyExchange::withoutDiscardHook);
    }

    /** A subscriber's discard hook is for the subscriber's objects; operators in here discard connections and buffers. */
    private static Context withoutDiscardHook(Context context) {
        return context.hasKey(DISCARD_HOOK) ? context.delete(DISCARD_HOOK) : context;
    }

    /** One subscription. */
    private final class Exchange<T> {

        private final HttpCall<T> call;
        private final String key;
        private final Observer observer;
        private final HttpExchangeConnection held = new HttpExchangeConnection();

        Exchange(HttpCall<T> call, String key, Observer observer) {
            this.call = call;
            this.key = key;
            this.observer = observer;
        }

        Mono<T> mono() {
            return client.request(call.request().method())
                    .uri(call.request().uri())
                    .send(this::send)
                    .responseConnection(this::receive)
                    .single()
                    .<T>handle((outcome, sink) -> outcome.into(sink))
                    .doOnCancel(held::cancel);
        }

        private Publisher<Void> send(HttpClientRequest request, NettyOutbound outbound) {
            outbound.withConnection(held::use);
            if (!held.isUsed() || !observer.sending(now())) {
                // an empty publisher would send the request head, and an error would be logged as one of the connection
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

        private Publisher<HttpOutcome<T>> receive(HttpClientResponse response, Connection connection) {
            boolean success = response.status().code() / 100 == 2;
            HttpResponseBody body = success
                    ? new HttpResponseBody(
                            spare, call.response().maxBytes(), call.response().ignoresBody())
                    : new HttpResponseBody(spare, MAX_ERROR_BYTES, true);
            observer.responded(response.status().code());
            return connection
                    .inbound()
                    .receive()
                    // emits neither items nor errors: a chunk that an operator drops would reach the subscriber's hooks
                    .<HttpOutcome<T>>handle((chunk, sink) -> {
                        body.append(chunk);
                        if (body.isCut()) {
                            sink.complete();
                        }
                    })
                    .then(Mono.fromSupplier(() -> received(response, connection, body, success)))
                    // releases the connection first: what follows may need it, or take long
                    // a plain executor: Reactor's decorators and metrics are for long-lived schedulers
                    .publishOn(Schedulers.fromExecutor(
                            task -> connection.channel().eventLoop().execute(task)));
        }

        private HttpOutcome<T> received(
                HttpClientResponse response, Connection connection, HttpResponseBody body, boolean success) {
            held.end();
            observer.received(body.length());
            HttpOutcome<T> outcome = success ? decode(response, body) : rejection(response, body);
            if (outcome.failure() instanceof ImportsProtocolException) {
                // requests and responses may be out of step, so do not reuse the connection
                connection.markPersistent(false);
            }
            return outcome;
        }

        private HttpOutcome<T> decode(HttpClientResponse response, HttpResponseBody body) {
            try {
                return new HttpOutcome<>(body.readAndRelease(call.reader(response.responseHeaders(), key)), null);
            } catch (ImportsProtocolException invalid) {
                return new HttpOutcome<>(null, invalid);
            }
        }

        private HttpOutcome<T> rejection(HttpClientResponse response, HttpResponseBody body) {
            JsonError error = body.readAndRelease((bytes, offset, length) -> {
                HttpKeyMask.mask(key, bytes, offset, length);
                return JsonCodec.decodeError(bytes, offset, length);
            });
            return new HttpOutcome<>(
                    null, HttpFailures.rejected(response.status(), response.responseHeaders(), error, now(), key));
        }
    }

    private Instant now() {
        return Instant.ofEpochMilli(scheduler.now(TimeUnit.MILLISECONDS));
    }
}
