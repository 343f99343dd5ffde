package dev.reactiveimports;

import static dev.reactiveimports.RawServer.answer;
import static dev.reactiveimports.Transport.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.Disposables;

/** A call that the gate does not let pass quotes the rejection of another, but neither its name nor its token. */
class ThrottleShedTests {

    private static final String TOKEN = "c2VjcmV0LXRva2Vu";

    @Test
    void namesItselfAndShowsNoTokenOfAnotherListing() {
        String body = "{\"code\":8,\"message\":\"too many requests with " + TOKEN + "\"}";
        RecordingListener listener = RecordingListener.quiet();
        Disposable.Composite waiting = Disposables.composite();
        try (RawServer server = RawServer.always(answer("HTTP/1.1 429 Slow Down\nRetry-After: 60", body));
                ReactiveImportsApi client = Transport.NIO
                        .builder(server)
                        .retry(ImportsRetry.none().maxRetryAfter(Duration.ofSeconds(60)))
                        .listener(listener)
                        .build()) {
            ImportsException listed = catchThrowableOfType(
                    ImportsException.class,
                    () -> client.listImports(ListImportsSpec.create().startAt(TOKEN))
                            .blockLast(SOON));
            assertThat(listed.paginationToken()).isEqualTo(TOKEN);
            List<Throwable> shed = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                waiting.add(client.describeImport("7").subscribe(seen -> {}, shed::add));
            }
            assertThat(shed).isNotEmpty().allSatisfy(failure -> {
                ImportsException ours = (ImportsException) failure;
                assertThat(ours.operationName()).isEqualTo("describe");
                assertThat(ours.target()).isEqualTo("7");
                assertThat(ours.paginationToken()).isNull();
                assertThat(ours.getMessage())
                        .startsWith("describe of 7 was rejected with HTTP 429: its message is withheld")
                        .containsOnlyOnce("429");
                assertThat(ours.toString()).doesNotContain(TOKEN);
            });
            assertThat(listener.events.toString()).doesNotContain(TOKEN);
        } finally {
            waiting.dispose();
        }
    }
}
