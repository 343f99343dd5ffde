package dev.reactiveimports.spring;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/** The properties {@code reactive-imports.*}. Null selects the client's default. */
@ConfigurationProperties("reactive-imports")
record ReactiveImportsProperties(
        @Nullable String indexHost,
        @Nullable String apiKey,
        @Nullable String apiVersion,
        @Nullable String sourceTag,
        @Nullable Duration attemptTimeout,
        @DefaultValue("false") boolean allowPlaintext,
        @DefaultValue Retry retry,
        @DefaultValue Poll poll) {

    record Retry(
            @Nullable Integer maxRetries,
            @Nullable Duration minBackoff,
            @Nullable Duration maxBackoff,
            @Nullable Duration maxRetryAfter) {}

    record Poll(
            @Nullable Duration min,
            @Nullable Duration max,
            @Nullable Integer maxConsecutiveFailures) {

        /** With those of others where these are not set. */
        Poll orElse(Poll others) {
            return new Poll(
                    min == null ? others.min : min,
                    max == null ? others.max : max,
                    maxConsecutiveFailures == null ? others.maxConsecutiveFailures : maxConsecutiveFailures);
        }
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "ReactiveImportsProperties[indexHost=" + indexHost + "]";
    }
}
