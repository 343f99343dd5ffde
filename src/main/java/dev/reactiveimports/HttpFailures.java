package dev.reactiveimports;

import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.proxy.ProxyConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import reactor.netty.internal.shaded.reactor.pool.PoolAcquirePendingLimitException;
import reactor.netty.internal.shaded.reactor.pool.PoolAcquireTimeoutException;
import reactor.netty.internal.shaded.reactor.pool.PoolShutdownException;

/** The one place that maps error responses and broken connections to this library's exceptions. */
final class HttpFailures {

    private static final int MAX_MESSAGE_LENGTH = 500;
    private static final int MAX_REQUEST_ID_LENGTH = 200;
    private static final int MAX_LIMIT_LENGTH = 100;
    private static final int MAX_CAUSES = 10;
    private static final Pattern PROXY_FAILURE =
            Pattern.compile("^[^,]+, [^,]+, (?<proxy>\\S+) => \\S+?, (?<what>.+)$");
    private static final Pattern PROXY_STATUS = Pattern.compile("status: (?<code>[0-9]{3})\\b.*");

    private HttpFailures() {}

    /** Maps a response with an error status. If it echoes the API key, the key is masked. */
    static ImportsApiException rejected(
            HttpResponseStatus status, HttpHeaders headers, JsonError error, Instant now, String key) {
        String message = error.message() == null
                ? SafeText.of(status.reasonPhrase(), JsonError.MAX_MESSAGE_LENGTH)
                : error.message();
        String requestId = headers.get("x-pinecone-request-id", headers.get("x-request-id"));
        return new ImportsApiException(
                status.code(),
                HttpKeyMask.mask(key, message),
                error.code() == null ? null : HttpKeyMask.mask(key, error.code()),
                requestId == null ? null : HttpKeyMask.mask(key, SafeText.of(requestId, MAX_REQUEST_ID_LENGTH)),
                HttpRetryAfter.longest(
                        headers.getAll(HttpHeaderNames.RETRY_AFTER), headers.get(HttpHeaderNames.DATE), now));
    }

    /**
     * Maps a failure without a usable response, whatever Netty's codec calls it; an exception of this library stays as it
     * is.
     */
    static ImportsException broken(Throwable failure) {
        if (failure instanceof ImportsException known) {
            return known;
        }
        if (failure instanceof PoolAcquireTimeoutException || failure instanceof PoolAcquirePendingLimitException) {
            return ImportsTransportException.poolExhausted(
                    "no connection of the client's pool became available in time", failure);
        }
        if (failure instanceof PoolShutdownException) {
            return new ImportsTransportException("the connection pool is shut down", failure, false);
        }
        ProxyConnectException byProxy = byProxy(failure);
        if (byProxy != null) {
            return proxyFailed(byProxy);
        }
        if (quotesResponse(failure)) {
            return unreadable(failure);
        }
        return new ImportsTransportException(SafeText.of(describe(failure), MAX_MESSAGE_LENGTH), failure);
    }

    /**
     * Keeps neither the codec's message nor its exception: both quote what could not be decoded, which may contain the key.
     */
    static ImportsTransportException unreadable(Throwable codec) {
        if (codec instanceof TooLongHttpHeaderException || codec instanceof TooLongHttpLineException) {
            // these quote nothing but the limit; another attempt would receive the same response
            return new ImportsTransportException(
                    "the response exceeds a limit of the HTTP client: "
                            + SafeText.of(String.valueOf(codec.getMessage()), MAX_LIMIT_LENGTH)
                            + " Raise it with configureHttpClient(http -> http.httpResponseDecoder(..))",
                    null,
                    false);
        }
        return new ImportsTransportException(
                "the response is not valid HTTP (" + codec.getClass().getSimpleName() + ")", null);
    }

    /** Netty's proxy handler passes the failure on to TLS, so it may arrive as the cause of a TLS failure. */
    private static @Nullable ProxyConnectException byProxy(Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
            if (cause instanceof ProxyConnectException found) {
                return found;
            }
            for (Throwable suppressed : cause.getSuppressed()) {
                if (suppressed instanceof ProxyConnectException found) {
                    return found;
                }
            }
            cause = cause.getCause();
        }
        return null;
    }

    /**
     * Netty's message is {@code <protocol>, <kind of authentication>, <proxy> => <host>, <what>}, without credentials. The
     * exception itself holds the response's headers, so it is not kept as the cause.
     */
    private static ImportsTransportException proxyFailed(ProxyConnectException failure) {
        Matcher parts = PROXY_FAILURE.matcher(String.valueOf(failure.getMessage()));
        if (!parts.find()) {
            return ImportsTransportException.unsent("the proxy did not establish the connection", true);
        }
        String proxy = parts.group("proxy").replaceFirst("^/", "").replaceFirst("/<unresolved>", "");
        String what = SafeText.of(parts.group("what"), MAX_MESSAGE_LENGTH);
        Matcher status = PROXY_STATUS.matcher(what);
        if (!status.matches()) {
            return ImportsTransportException.unsent("the proxy " + proxy + " failed: " + what, true);
        }
        int code = Integer.parseInt(status.group("code"));
        return ImportsTransportException.unsent(
                "the proxy " + proxy + " rejected the connection with HTTP " + code
                        + (code == 407 ? ": it requires valid credentials, see configureHttpClient" : ""),
                code >= 500 || code == 408 || code == 429);
    }

    /** Exceptions of Netty's codecs quote what could not be decoded; those that only wrap a TLS failure do not. */
    private static boolean quotesResponse(Throwable failure) {
        return failure instanceof IllegalArgumentException
                || (failure instanceof CodecException && !(failure.getCause() instanceof SSLException));
    }

    /** The failure for an exhausted pool, whether the permits or the pool itself detected it. */
    static ImportsException noConnectionWithin(Duration wait) {
        return broken(new PoolAcquireTimeoutException(wait));
    }

    static ImportsTransportException timedOut(Duration attemptTimeout) {
        String message = "no complete response within " + attemptTimeout;
        return new ImportsTransportException(message, new TimeoutException(message));
    }

    static ImportsProtocolException oversized(int cap) {
        return ImportsProtocolException.definite("the response body is larger than " + cap + " bytes");
    }

    private static String describe(Throwable failure) {
        if (failure instanceof ConnectTimeoutException) {
            return "the connection was not established in time";
        }
        if (failure instanceof UnknownHostException) {
            return "the index host could not be resolved to an address";
        }
        if (failure instanceof SSLException) {
            return "TLS failed: " + failure.getMessage();
        }
        return "the connection failed: " + failure;
    }
}
