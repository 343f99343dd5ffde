package dev.reactiveimports;

import static dev.reactiveimports.RawServer.answer;
import static dev.reactiveimports.RawServer.json;
import static dev.reactiveimports.Transport.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/** An exception names the call that failed, in its accessors and in a sentence. */
class ExceptionContextTests {

    private static final String TOO_MANY = "{\"code\":8,\"message\":\"too many requests\"}";

    private static ImportsException failure(Publisher<?> call) {
        return catchThrowableOfType(
                ImportsException.class, () -> Flux.from(call).blockLast(SOON));
    }

    private static void assertNamed(ImportsException failure, String operation, String target, String message) {
        assertThat(failure.operationName()).isEqualTo(operation);
        assertThat(failure.target()).isEqualTo(target);
        assertThat(failure).hasMessage(message);
    }

    @Test
    void aRejectionNamesItsCall() {
        try (RawServer server = RawServer.always(answer("HTTP/1.1 429 Slow Down\nRetry-After: 99999999999", TOO_MANY));
                ReactiveImportsApi client = Transport.NIO.client(server)) {
            String verdict = " was rejected with HTTP 429: too many requests";
            assertNamed(
                    failure(client.startImport(StartImportRequest.of("s3://bucket/path"))),
                    "start",
                    "s3://bucket/path",
                    "start of s3://bucket/path" + verdict);
        }
        try (RawServer server = RawServer.always(answer("HTTP/1.1 403 Forbidden", "{\"message\":\"not yours\"}"));
                ReactiveImportsApi client = Transport.NIO.client(server)) {
            String verdict = " was rejected with HTTP 403: not yours";
            assertNamed(failure(client.describeImport("7")), "describe", "7", "describe of 7" + verdict);
            assertNamed(failure(client.cancelImport("7")), "cancel", "7", "cancel of 7" + verdict);
            assertNamed(failure(client.listImports()), "list", null, "list" + verdict);
            assertNamed(failure(client.warmup()), "warmup", null, "warmup" + verdict);
            assertNamed(
                    failure(client.findStarted("s3://bucket/path", Instant.EPOCH)),
                    "find",
                    "s3://bucket/path",
                    "find of s3://bucket/path" + verdict);
        }
    }

    @Test
    void anUnknownOutcomeAndABadResponseNameTheirCall() {
        try (RawServer server = RawServer.always(json("[]"));
                ReactiveImportsApi client = Transport.NIO.client(server)) {
            assertThat(failure(client.startImport(StartImportRequest.of("s3://bucket/path"))))
                    .isInstanceOf(ImportOutcomeUnknownException.class)
                    .hasMessageStartingWith("start of s3://bucket/path has an unknown outcome: ");
            assertThat(failure(client.describeImport("7")))
                    .isInstanceOf(ImportsProtocolException.class)
                    .hasMessageStartingWith("describe of 7 failed: ");
        }
    }

    @Test
    void aClosedClientNamesTheCallThatItEnded() {
        try (RawServer server = RawServer.always(RawServer.bytesThenStall(""));
                ReactiveImportsApi client = Transport.NIO.client(server)) {
            CompletableFuture<?> describe = client.describeImport("7").toFuture();
            assertThat(Await.until(server.requests::size, size -> size == 1)).isEqualTo(1);
            client.disposeLater().block(SOON);
            CompletionException ended = catchThrowableOfType(CompletionException.class, describe::join);
            assertNamed(
                    (ImportsException) ended.getCause(),
                    "describe",
                    "7",
                    "describe of 7 failed: the client was closed");
        }
    }

    @Test
    void whatMayBeSecretInAUriIsLeftOut() {
        assertThat(SafeText.ofUri("https://user:word@host/dir?sig=secret#part")).isEqualTo("https://host/dir");
        assertThat(SafeText.ofUri("s3://bucket/a@b")).isEqualTo("s3://bucket/a@b");
        assertThat(SafeText.ofUri("s3://bucket/\u202Edir\n2")).isEqualTo("s3://bucket/ dir 2");
    }

    @Test
    void testsMakeTheirOwn() {
        ImportsApiException made = ImportsApiException.of(429, "8", "too many requests", Duration.ofSeconds(3));
        assertThat(made.isThrottled()).isTrue();
        assertThat(made.code()).isEqualTo("8");
        assertThat(made.retryAfter()).isEqualTo(Duration.ofSeconds(3));
        assertNamed(made, null, null, "too many requests");
        assertThat(ImportsRetry.isTransient(made)).isTrue();
        assertThatIllegalArgumentException().isThrownBy(() -> ImportsApiException.of(299, null, "", null));
        assertThatIllegalArgumentException().isThrownBy(() -> ImportsApiException.of(600, null, "", null));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ImportsApiException.of(429, null, "", Duration.ofNanos(-1)));
        assertThatNullPointerException().isThrownBy(() -> ImportsApiException.of(429, null, null, null));
    }

    @Test
    void theStatusIsShownOnce() {
        ImportsException failure = new ImportsApiException(429, "slow down", "8", "p-1", null).during("describe", "7");
        assertThat(failure.toString())
                .endsWith("describe of 7 was rejected with HTTP 429: slow down [code 8, request p-1]");
        failure = new ImportsApiException(404, "none", null, null, null).during("describe", "7");
        assertThat(failure.toString()).endsWith("describe of 7 was rejected with HTTP 404: none");
    }
}
