package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.netty.internal.shaded.reactor.pool.PoolAcquirePendingLimitException;
import reactor.netty.internal.shaded.reactor.pool.PoolAcquireTimeoutException;
import reactor.netty.internal.shaded.reactor.pool.PoolShutdownException;

class HttpFailuresTests {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final String KEY = "pcsk_secret";
    private static final JsonError SILENT = new JsonError(null, null);

    private final HttpHeaders headers = new DefaultHttpHeaders();

    @Test
    void aRejectionHasAllThatTheServiceSaid() {
        headers.set("x-pinecone-request-id", "p-1").set("x-request-id", "r-1").set("Retry-After", "7");
        ImportsApiException refused = refused(429, new JsonError("8", "Slow down."));
        assertThat(refused).hasMessage("Slow down.").hasNoCause();
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.code()).isEqualTo("8");
        assertThat(refused.requestId()).isEqualTo("p-1");
        assertThat(refused.retryAfter()).isEqualTo(Duration.ofSeconds(7));
        assertThat(refused.isThrottled()).isTrue();
        assertThat(refused.isNotFound()).isFalse();
        assertThat(refused.toString()).endsWith("Slow down. [HTTP 429, code 8, request p-1]");
    }

    @Test
    void aSilentRejectionIsNamedByItsReason() {
        ImportsApiException refused = refused(404, SILENT);
        assertThat(refused).hasMessage("Not Found");
        assertThat(refused.code()).isNull();
        assertThat(refused.requestId()).isNull();
        assertThat(refused.retryAfter()).isNull();
        assertThat(refused.isNotFound()).isTrue();
        assertThat(refused.isThrottled()).isFalse();
        assertThat(refused.toString()).endsWith("Not Found [HTTP 404]");
    }

    @Test
    void theGatewaysRequestIdServesWhereTheServiceHasNone() {
        headers.set("x-request-id", "r-1");
        assertThat(refused(500, SILENT).requestId()).isEqualTo("r-1");
    }

    @Test
    void aDateIsMeasuredAgainstTheAnswersOwn() {
        headers.set("Retry-After", "Thu, 01 Jan 2026 10:00:05 GMT").set("Date", "Thu, 01 Jan 2026 10:00:00 GMT");
        assertThat(refused(503, SILENT).retryAfter()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void whatIsKnownAlreadyStaysAsItIs() {
        ImportsException known = new ImportsProtocolException("known");
        assertThat(HttpFailures.broken(known)).isSameAs(known);
    }

    static Arguments[] failures() {
        return new Arguments[] {
            Arguments.of(new ConnectTimeoutException("x"), "the connection was not established in time", true),
            Arguments.of(new UnknownHostException("x"), "the index host could not be resolved to an address", true),
            Arguments.of(new SSLHandshakeException("bad"), "TLS failed: bad", true),
            Arguments.of(new IOException("gone"), "the connection failed: java.io.IOException: gone", true),
            Arguments.of(
                    new PoolAcquireTimeoutException(Duration.ofSeconds(1)),
                    "no connection of the client's pool became available in time",
                    false),
            Arguments.of(
                    new PoolAcquirePendingLimitException(1),
                    "no connection of the client's pool became available in time",
                    false),
            Arguments.of(new PoolShutdownException(), "the connection pool is shut down", false)
        };
    }

    /** It would be the caller's key, if a server echoes that where it should say its version. */
    @Test
    void whatTheCodecCouldNotReadIsNotShown() {
        for (Exception codec : List.of(
                new IllegalArgumentException("invalid version format: SECRET"),
                new NumberFormatException("For input string: \"secret\""),
                new DecoderException("secret", new IllegalStateException("secret")))) {
            assertThat(HttpFailures.broken(codec))
                    .isInstanceOf(ImportsTransportException.class)
                    .hasMessage("the response is not valid HTTP ("
                            + codec.getClass().getSimpleName() + ")")
                    .hasNoCause()
                    .satisfies(broken ->
                            assertThat(ImportsRetry.isTransient(broken)).isTrue());
        }
        Exception tls = new DecoderException(new SSLHandshakeException("bad certificate"));
        assertThat(HttpFailures.broken(tls))
                .hasMessageContaining("bad certificate")
                .hasCause(tls);
    }

    @ParameterizedTest
    @MethodSource("failures")
    void aBrokenConnectionSaysWhatBrokeAndWhetherToTryAgain(Exception failure, String message, boolean retryable) {
        ImportsException broken = HttpFailures.broken(failure);
        assertThat(broken)
                .isInstanceOf(ImportsTransportException.class)
                .hasMessage(message)
                .hasCause(failure);
        assertThat(ImportsRetry.isTransient(broken)).isEqualTo(retryable);
    }

    @Test
    void aTimeoutNamesItsLimitAndAnOversizedAnswerItsCap() {
        assertThat(HttpFailures.timedOut(Duration.ofSeconds(30)))
                .hasMessage("no complete response within PT30S")
                .hasCauseInstanceOf(TimeoutException.class);
        assertThat(HttpFailures.oversized(10)).hasMessageContaining("larger than 10 bytes");
        assertThat(ImportsRetry.isTransient(HttpFailures.oversized(10))).isFalse();
    }

    private ImportsApiException refused(int status, JsonError error) {
        return HttpFailures.rejected(HttpResponseStatus.valueOf(status), headers, error, NOW, KEY);
    }
}
