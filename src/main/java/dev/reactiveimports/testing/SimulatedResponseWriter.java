package dev.reactiveimports.testing;

import dev.reactiveimports.testing.PlannedFault.Broken;
import dev.reactiveimports.testing.PlannedFault.Dripping;
import dev.reactiveimports.testing.PlannedFault.Kind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.netty.Connection;
import reactor.netty.FutureMono;
import reactor.netty.NettyPipeline;
import reactor.netty.http.server.HttpServerResponse;

/**
 * Writes a response, complete or damaged. What HTTP does not allow is written as raw bytes below Netty's codec.
 */
final class SimulatedResponseWriter {

    private static final String CRLF = "\r\n";
    private static final String EARLY_HINTS = "HTTP/1.1 103 Early Hints\r\nlink: </bulk/imports>; rel=preload\r\n\r\n";

    private final Scheduler clock;

    SimulatedResponseWriter(Scheduler clock) {
        this.clock = clock;
    }

    /** Writes when subscribed to; never completes when the connection is ended instead, or when nothing is to come. */
    Mono<Void> write(HttpServerResponse response, SimulatedResponse simulated, @Nullable Kind fault) {
        if (fault instanceof Dripping dripping) {
            return drip(response, simulated, dripping.perByte());
        }
        if (!(fault instanceof Broken broken)) {
            return whole(response, simulated);
        }
        Mono<Channel> channel = Mono.<Connection>create(sink -> response.withConnection(sink::success))
                .map(Connection::channel);
        return switch (broken) {
            case RESET -> channel.flatMap(SimulatedResponseWriter::reset).then(Mono.never());
            case RESET_MID_BODY ->
                channel.flatMap(c -> half(c, simulated).then(reset(c))).then(Mono.never());
            case TRUNCATED_BODY ->
                channel.flatMap(c -> half(c, simulated).then(close(c))).then(Mono.never());
            case NO_RESPONSE -> Mono.never();
            case EARLY_HINTS -> channel.flatMap(c -> raw(c, ascii(EARLY_HINTS))).then(whole(response, simulated));
        };
    }

    private static Mono<Void> whole(HttpServerResponse response, SimulatedResponse simulated) {
        byte[] body = bytes(simulated);
        return Mono.defer(() -> head(response, simulated, body.length)
                .sendByteArray(Mono.just(body))
                .then());
    }

    private Mono<Void> drip(HttpServerResponse response, SimulatedResponse simulated, Duration perByte) {
        byte[] body = bytes(simulated);
        // one periodic timer, so that virtual time needs no second look between two bytes
        Flux<ByteBuf> drops = Flux.interval(perByte, clock)
                .take(body.length)
                .onBackpressureBuffer(body.length)
                .map(i -> Unpooled.wrappedBuffer(body, i.intValue(), 1));
        return Mono.defer(() ->
                head(response, simulated, body.length).send(drops, each -> true).then());
    }

    private static HttpServerResponse head(HttpServerResponse response, SimulatedResponse simulated, int length) {
        response.status(simulated.status());
        simulated.headers().forEach(response::header);
        // for statuses that have no body Netty takes it off again
        return response.header("content-length", Integer.toString(length));
    }

    private static Mono<Void> half(Channel channel, SimulatedResponse simulated) {
        byte[] body = bytes(simulated);
        StringBuilder head = new StringBuilder("HTTP/1.1 ").append(HttpResponseStatus.valueOf(simulated.status()));
        simulated.headers().forEach((name, value) -> head.append(CRLF).append(name + ": " + value));
        head.append(CRLF).append("content-length: " + body.length).append(CRLF).append(CRLF);
        return raw(channel, ascii(head.toString())).then(raw(channel, Arrays.copyOf(body, body.length / 2)));
    }

    /** Below the codec, which would not frame this. */
    private static Mono<Void> raw(Channel channel, byte[] bytes) {
        return FutureMono.deferFuture(
                () -> channel.pipeline().context(NettyPipeline.HttpCodec).writeAndFlush(Unpooled.wrappedBuffer(bytes)));
    }

    /** Closing with nothing to linger for makes the kernel send RST. */
    private static Mono<Void> reset(Channel channel) {
        return Mono.fromRunnable(() -> channel.config().setOption(ChannelOption.SO_LINGER, 0))
                .then(close(channel));
    }

    private static Mono<Void> close(Channel channel) {
        return FutureMono.deferFuture(channel::close);
    }

    private static byte[] bytes(SimulatedResponse simulated) {
        return simulated.body().getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
