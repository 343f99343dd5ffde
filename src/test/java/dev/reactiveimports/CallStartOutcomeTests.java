package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One atomic decision for each call: sent, or given up. */
class CallStartOutcomeTests {

    private static final ImportsTransportException UNSENT =
            ImportsTransportException.unsent("the connection was closed before", false);

    private static final StartImportRequest REQUEST = StartImportRequest.of("s3://bucket/dir");
    private static final Instant THEN = Instant.parse("2026-11-25T00:00:00Z");
    private static final ImportsTransportException CLOSED =
            new ImportsTransportException("the client was closed", null, false);
    private static final ImportsTransportException TIMED_OUT = new ImportsTransportException("no response", null);

    private final CallStartOutcome attempts = new CallStartOutcome(REQUEST);

    private CallRecorder attempt(int n) {
        return new CallRecorder(ImportsListener.Operation.START, n, ImportsListener.NONE, attempts);
    }

    private CallRecorder begun(int n) {
        CallRecorder attempt = attempt(n);
        assertThat(attempts.begin(attempt)).isTrue();
        return attempt;
    }

    private static ImportsApiException rejection(int status) {
        return new ImportsApiException(status, "no", null, null, null);
    }

    @Test
    void whatWasSentIsInDoubtHoweverItEnds() {
        assertThat(begun(1).sending(THEN)).isTrue();
        attempts.abandon();
        assertThat(attempts.surelyNotTaken(TIMED_OUT)).isFalse();
        assertThat(attempts.begin(attempt(2))).isFalse();
        assertThat(attempts.explain(CLOSED)).isInstanceOfSatisfying(ImportOutcomeUnknownException.class, unknown -> {
            assertThat(unknown.sentAt()).isEqualTo(THEN);
            assertThat(unknown.request()).isEqualTo(REQUEST);
            assertThat(unknown).hasCause(CLOSED);
        });
    }

    @Test
    void whatFailedBeforeItWasSentIsNeverSentAndTheNextMayBe() {
        CallRecorder first = begun(1);
        assertThat(attempts.surelyNotTaken(TIMED_OUT)).isTrue();
        assertThat(first.sending(THEN)).isFalse();
        CallRecorder second = begun(2);
        assertThat(first.sending(THEN)).isFalse();
        assertThat(second.sending(THEN)).isTrue();
        assertThat(first.sending(THEN)).isFalse();
    }

    @Test
    void whatWasGivenUpIsNeverSentNorBegunAgain() {
        CallRecorder first = begun(1);
        assertThat(attempts.explain(CLOSED)).isSameAs(CLOSED);
        assertThat(first.sending(THEN)).isFalse();
        assertThat(attempts.surelyNotTaken(TIMED_OUT)).isFalse();
        assertThat(attempts.begin(attempt(2))).isFalse();
    }

    @Test
    void whatWasGivenUpBetweenTwoAttemptsIsNotBegunAgain() {
        begun(1);
        assertThat(attempts.surelyNotTaken(TIMED_OUT)).isTrue();
        attempts.abandon();
        assertThat(attempts.begin(attempt(2))).isFalse();
        assertThat(attempts.explain(CLOSED)).isSameAs(CLOSED);
    }

    @Test
    void aDefiniteRejectionSettlesWhatWasSent() {
        assertThat(begun(1).sending(THEN)).isTrue();
        assertThat(attempts.surelyNotTaken(rejection(500))).isFalse();
        assertThat(attempts.surelyNotTaken(rejection(429))).isTrue();
        assertThat(attempts.explain(CLOSED)).isSameAs(CLOSED);
    }

    @ParameterizedTest
    @CsvSource({
        "400,   , true",
        "404,   , true",
        "408,   , false",
        "429,   , true",
        "500,   , false",
        "501,   , true",
        "502,   , false",
        "503,   , false",
        "503, 0 , true",
        "504,   , false",
        "505,   , true",
        "511,   , true"
    })
    void onlyAStatusThatSaysSoMeansNotTaken(int status, Long retryAfter, boolean definite) {
        assertThat(begun(1).sending(THEN)).isTrue();
        Duration pause = retryAfter == null ? null : Duration.ofSeconds(retryAfter);
        assertThat(attempts.surelyNotTaken(new ImportsApiException(status, "no", null, null, pause)))
                .isEqualTo(definite);
    }

    @Test
    void aConnectionThatNeverCarriedTheRequestMeansNotTaken() {
        assertThat(begun(1).sending(THEN)).isTrue();
        assertThat(attempts.surelyNotTaken(new IllegalStateException("anything")))
                .isFalse();
        assertThat(attempts.surelyNotTaken(UNSENT)).isTrue();
        assertThat(begun(2).sending(THEN)).isTrue();
    }

    @Test
    void whatIsExplainedAlreadyIsNotExplainedAgain() {
        assertThat(begun(1).sending(THEN)).isTrue();
        Throwable unknown = attempts.explain(TIMED_OUT);
        assertThat(attempts.explain(unknown)).isSameAs(unknown);
    }

    @Test
    void anAttemptThatWasHeldBackIsFollowedByAnother() {
        CallRecorder heldBack = begun(1);
        CallRecorder again = begun(1);
        assertThat(heldBack.sending(THEN)).isFalse();
        assertThat(again.sending(THEN)).isTrue();
    }

    @Test
    void anHttpClientThatAuthenticatesMayWriteItsAttemptAgain() {
        CallRecorder attempt = begun(1);
        assertThat(attempt.sending(THEN)).isTrue();
        assertThat(attempt.sending(THEN.plusSeconds(1))).isTrue();
        assertThat(attempts.explain(CLOSED))
                .isInstanceOfSatisfying(
                        ImportOutcomeUnknownException.class,
                        unknown -> assertThat(unknown.sentAt()).isEqualTo(THEN));
    }
}
