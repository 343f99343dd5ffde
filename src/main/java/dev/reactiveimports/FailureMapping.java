package dev.reactiveimports;

import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import reactor.netty.internal.shaded.reactor.pool.PoolAcquirePendingLimitException;
import reactor.netty.internal.shaded.reactor.pool.PoolAcquireTimeoutException;
import reactor.netty.internal.shaded.reactor.pool.PoolShutdownException;

/** The one place where refusals and broken connections become exceptions of this library. */
final class FailureMapping {

    private static final int MAX_MESSAGE_LENGTH = 500;
    private static final int MAX_REQUEST_ID_LENGTH = 200;

    private FailureMapping() {}

    /** The service answered with a status that is no success. Should it echo the key, that is masked. */
    static ImportsApiException refused(
            HttpResponseStatus status, HttpHeaders headers, ServiceError error, Instant now, String key) {
        String said = error.message() == null
                ? SafeText.of(status.reasonPhrase(), ServiceError.MAX_MESSAGE_LENGTH)
                : error.message();
        String requestId = headers.get("x-pinecone-request-id", headers.get("x-request-id"));
        return new ImportsApiException(
                status.code(),
                KeyMask.mask(key, said),
                error.code() == null ? null : KeyMask.mask(key, error.code()),
                requestId == null ? null : KeyMask.mask(key, SafeText.of(requestId, MAX_REQUEST_ID_LENGTH)),
                RetryAfter.parse(headers.get(HttpHeaderNames.RETRY_AFTER), headers.get(HttpHeaderNames.DATE), now));
    }

    /** No usable answer came, whatever Netty's codec calls it; what is already an exception of this library stays as it is. */
    static ImportsException broken(Throwable failure) {
        if (failure instanceof ImportsException known) {
            return known;
        }
        if (failure instanceof PoolAcquireTimeoutException || failure instanceof PoolAcquirePendingLimitException) {
            return ImportsTransportException.poolExhausted("no connection of the pool became free in time", failure);
        }
        if (failure instanceof PoolShutdownException) {
            return new ImportsTransportException("the connection pool is shut down", failure, false);
        }
        if (quotesTheAnswer(failure)) {
            return unreadable(failure);
        }
        return new ImportsTransportException(SafeText.of(describe(failure), MAX_MESSAGE_LENGTH), failure);
    }

    /** Neither the codec's words nor its exception: it shows what it could not read, and that may be the key. */
    static ImportsTransportException unreadable(Throwable codec) {
        return new ImportsTransportException(
                "the answer is no HTTP (" + codec.getClass().getSimpleName() + ")", null);
    }

    /** Netty's codecs show what they could not read; but TLS failures come wrapped by one, too. */
    private static boolean quotesTheAnswer(Throwable failure) {
        return failure instanceof IllegalArgumentException
                || (failure instanceof CodecException && !(failure.getCause() instanceof SSLException));
    }

    /** What an exhausted pool is, whoever noticed it first. */
    static ImportsException noConnectionWithin(Duration wait) {
        return broken(new PoolAcquireTimeoutException(wait));
    }

    static ImportsTransportException timedOut(Duration attemptTimeout) {
        String message = "no complete answer within " + attemptTimeout;
        return new ImportsTransportException(message, new TimeoutException(message));
    }

    static ImportsProtocolException oversized(int cap) {
        return ImportsProtocolException.definite("the answer's body is larger than " + cap + " bytes");
    }

    private static String describe(Throwable failure) {
        if (failure instanceof ConnectTimeoutException) {
            return "connecting took too long";
        }
        if (failure instanceof UnknownHostException) {
            return "the index host has no address";
        }
        if (failure instanceof SSLException) {
            return "TLS failed: " + failure.getMessage();
        }
        return "the connection failed: " + failure;
    }
}
