package dev.reactiveimports.spring;

import dev.reactiveimports.ImportsRetry;
import dev.reactiveimports.PollSpec;
import dev.reactiveimports.ReactiveImportsApi;
import java.time.Duration;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Creates a builder from the properties. An invalid value is reported with the name of its property. */
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
        return builder.retry(retry(properties.retry())).pollSpec(pollSpec("poll.", properties.poll()));
    }

    /** The host is checked only now, since a customizer may allow plaintext. */
    static ReactiveImportsApi build(ReactiveImportsApi.Builder builder) {
        try {
            return builder.build();
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            if (!message.startsWith("The index host ")) {
                throw e;
            }
            throw new ImportsPropertyException(PREFIX + "index-host", message.substring("The index host ".length()));
        }
    }

    private static ImportsRetry retry(ReactiveImportsProperties.Retry settings) {
        ImportsRetry retry = ImportsRetry.ofDefaults();
        retry = with(retry, "retry.max-retries", settings.maxRetries(), ImportsRetry::maxRetries);
        retry = with(retry, "retry.min-backoff", settings.minBackoff(), ImportsRetry::minBackoff);
        retry = with(retry, "retry.max-backoff", settings.maxBackoff(), ImportsRetry::maxBackoff);
        return with(retry, "retry.max-retry-after", settings.maxRetryAfter(), ImportsRetry::maxRetryAfter);
    }

    static PollSpec pollSpec(String prefix, ReactiveImportsProperties.Poll settings) {
        Duration min = settings.min() == null ? SHORTEST_POLL : settings.min();
        Duration longest = LONGEST_POLL.compareTo(min) < 0 ? min : LONGEST_POLL;
        PollSpec spec = with(PollSpec.adaptive(), prefix + "min", min, (defaults, d) -> PollSpec.adaptive(d, longest));
        spec = with(spec, prefix + "max", settings.max(), (before, max) -> PollSpec.adaptive(min, max));
        return with(
                spec,
                prefix + "max-consecutive-failures",
                settings.maxConsecutiveFailures(),
                PollSpec::maxConsecutiveFailures);
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
    static <T, V> T with(T target, String name, @Nullable V value, BiFunction<T, V, T> setter) {
        return value == null ? target : checked(name, () -> setter.apply(target, value));
    }

    private static <T> T checked(String name, Supplier<T> setting) {
        try {
            return setting.get();
        } catch (IllegalArgumentException e) {
            throw new ImportsPropertyException(PREFIX + name, "is invalid: " + e.getMessage());
        }
    }
}
