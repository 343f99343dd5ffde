package dev.reactiveimports;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.util.ReferenceCountUtil;
import reactor.netty.NettyPipeline;

/**
 * Keeps the responses of a connection in step with its requests. Drops 1xx responses (RFC 9110, section 15.2) other than
 * 100, which reactor-netty handles: it takes any other one for the final response, returns the connection to its pool, and
 * delivers the final response to the next request on it. An unsolicited response closes the connection, and so does a switch
 * of protocols (101).
 *
 * <p>Also replaces the codec's failure to decode a response, whose message quotes it, before reactor-netty logs it as a
 * warning.
 */
final class HttpInterimResponses extends ChannelDuplexHandler {

    private static final String NAME = "reactive-imports.interim-responses";

    private boolean awaited;
    private boolean passing;

    /** Adds the handler to channels of HTTP/1.1. */
    static void dropFrom(Channel channel) {
        if (channel.pipeline().get(NettyPipeline.HttpCodec) instanceof HttpClientCodec) {
            channel.pipeline().addAfter(NettyPipeline.HttpCodec, NAME, new HttpInterimResponses());
        }
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) throws Exception {
        if (message instanceof HttpRequest) {
            awaited = true;
        }
        super.write(context, message, promise);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        if (message instanceof HttpObject part && part.decoderResult().isFailure()) {
            part.setDecoderResult(DecoderResult.failure(
                    HttpFailures.unreadable(part.decoderResult().cause())));
        }
        if (message instanceof HttpResponse response) {
            int status = response.status().code();
            boolean interim = response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
            passing = awaited && (!interim || status == 100);
            if (!awaited || status == 101) {
                close(context, context.newPromise());
            }
            awaited &= interim;
        }
        if (passing) {
            context.fireChannelRead(message);
            return;
        }
        ReferenceCountUtil.release(message);
        context.read();
    }
}
