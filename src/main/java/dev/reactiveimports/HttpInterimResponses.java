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
 * Keeps answers and requests in step. Drops 1xx answers (RFC 9110, section 15.2): left alone, reactor-netty takes one for the
 * final answer, returns the connection to its pool, and gives the real answer to the next request on it; 100 it handles itself.
 * An answer that nobody asked for closes the connection, and so does a switch of protocols (101).
 *
 * <p>Also takes its words from the codec's failure to read an answer, before reactor-netty logs them as a warning.
 */
final class HttpInterimResponses extends ChannelDuplexHandler {

    private static final String NAME = "reactive-imports.interim-answers";

    private boolean awaited;
    private boolean passing;

    /** Adds itself where the channel speaks HTTP/1.1. */
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
        if (message instanceof HttpResponse answer) {
            int status = answer.status().code();
            boolean interim = answer.status().codeClass() == HttpStatusClass.INFORMATIONAL;
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
