package dev.reactiveimports;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import reactor.netty.NettyPipeline;

/**
 * Drops 1xx answers (RFC 9110, section 15.2). Left alone, reactor-netty takes one for the final answer, returns the connection
 * to its pool, and gives the real answer to the next request on it. 100 and 101 it handles itself.
 */
final class InterimAnswers extends ChannelInboundHandlerAdapter {

    private static final String NAME = "reactive-imports.interim-answers";

    private boolean dropping;

    /** Adds itself where the channel speaks HTTP/1.1. */
    static void dropFrom(Channel channel) {
        if (channel.pipeline().get(NettyPipeline.HttpCodec) instanceof HttpClientCodec) {
            channel.pipeline().addAfter(NettyPipeline.HttpCodec, NAME, new InterimAnswers());
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpResponse answer) {
            dropping = isInterim(answer);
        }
        if (!dropping) {
            context.fireChannelRead(message);
            return;
        }
        dropping = !(message instanceof LastHttpContent);
        ReferenceCountUtil.release(message);
        context.read();
    }

    private static boolean isInterim(HttpResponse answer) {
        int status = answer.status().code();
        return answer.status().codeClass() == HttpStatusClass.INFORMATIONAL && status != 100 && status != 101;
    }
}
