package dev.reactiveimports.spring;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/** The properties {@code reactive-imports.shared.*}. Null selects the default. */
@ConfigurationProperties("reactive-imports.shared")
record SharedImportsProperties(
        @Nullable String name,
        @DefaultValue("false") boolean wholeIndex,
        @Nullable Duration lease,
        @Nullable Duration retention,
        @Nullable Boolean createSchema,
        @DefaultValue ReactiveImportsProperties.Poll poll) {}
