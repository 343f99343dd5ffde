package dev.reactiveimports.spring;

import dev.reactiveimports.ImportsRetry;
import dev.reactiveimports.PollSpec;
import dev.reactiveimports.ReactiveImportsApi;
import java.time.Duration;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** From properties to a builder. Whatever is refused on the way is told with its property's name. */
final class ClientSettings {

    private static final String PREFIX = "reactive-imports.";
    private static final Duration SHORTEST_POLL = Duration.ofSeconds(2);
    private static final Duration LONGEST_POLL = Duration.ofMinutes(5);

    private final ReactiveImportsProperties properties;

    ClientSettings(ReactiveImportsProperties properties) {
        this.properties = properties;
    }

    ReactiveImportsApi.Builder toBuilder() {
        String host = required("index-host", properties.indexHost());
        ReactiveImportsApi.Builder builder =
                checked("api-key", () -> ReactiveImportsApi.builder(host, required("api-key", properties.apiKey())));
        builder = with(builder, "api-version", properties.apiVersion(), ReactiveImportsApi.Builder::apiVersion);
        builder = with(builder, "source-tag", properties.sourceTag(), ReactiveImportsApi.Builder::sourceTag);
        builder = with(
                builder, "attempt-timeout", properties.attemptTimeout(), ReactiveImportsApi.Builder::attemptTimeout);
        if (properties.allowPlaintext()) {
            builder.allowPlaintext();
        }
        return builder.retry(retry(properties.retry())).pollSpec(pollSpec(properties.poll()));
    }

    /** Only now is the host looked at, since a customizer may allow plaintext. */
    static ReactiveImportsApi build(ReactiveImportsApi.Builder builder) {
        try {
            return builder.build();
        } catch (IllegalArgumentException e) {
            String said = String.valueOf(e.getMessage());
            if (!said.startsWith("The index host ")) {
                throw e;
            }
            throw new ImportsPropertyException(PREFIX + "index-host", said.substring("The index host ".length()));
        }
    }

    private static ImportsRetry retry(ReactiveImportsProperties.Retry said) {
        ImportsRetry retry = ImportsRetry.ofDefaults();
        retry = with(retry, "retry.max-retries", said.maxRetries(), ImportsRetry::maxRetries);
        retry = with(retry, "retry.min-backoff", said.minBackoff(), ImportsRetry::minBackoff);
        retry = with(retry, "retry.max-backoff", said.maxBackoff(), ImportsRetry::maxBackoff);
        return with(retry, "retry.max-retry-after", said.maxRetryAfter(), ImportsRetry::maxRetryAfter);
    }

    private static PollSpec pollSpec(ReactiveImportsProperties.Poll said) {
        Duration min = said.min() == null ? SHORTEST_POLL : said.min();
        Duration longest = LONGEST_POLL.compareTo(min) < 0 ? min : LONGEST_POLL;
        PollSpec spec = with(PollSpec.adaptive(), "poll.min", min, (defaults, d) -> PollSpec.adaptive(d, longest));
        spec = with(spec, "poll.max", said.max(), (before, max) -> PollSpec.adaptive(min, max));
        return with(
                spec, "poll.max-consecutive-failures", said.maxConsecutiveFailures(), PollSpec::maxConsecutiveFailures);
    }

    private static String required(String name, @Nullable String value) {
        if (value == null || value.isBlank()) {
            throw new ImportsPropertyException(PREFIX + name, "is not set");
        }
        // Boot leaves what it cannot resolve as it is; not quoted, since a key may stand next to it
        if (value.contains("${")) {
            throw new ImportsPropertyException(PREFIX + name, "holds a placeholder that was not resolved");
        }
        return value;
    }

    /** The target with a property applied, or as it is where the property is not set. */
    private static <T, V> T with(T target, String name, @Nullable V value, BiFunction<T, V, T> setter) {
        return value == null ? target : checked(name, () -> setter.apply(target, value));
    }

    private static <T> T checked(String name, Supplier<T> setting) {
        try {
            return setting.get();
        } catch (IllegalArgumentException e) {
            throw new ImportsPropertyException(PREFIX + name, "is refused: " + e.getMessage());
        }
    }
}
