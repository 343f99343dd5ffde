package dev.reactiveimports.spring;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Matches if the application sets any property of this client. */
final class OnImportsConfigured extends SpringBootCondition {

    private static final String PREFIX = "reactive-imports";

    @Override
    public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
        Environment environment = context.getEnvironment();
        ConditionMessage.Builder message = ConditionMessage.forCondition("Reactive Imports");
        if (!isConfigured(environment)) {
            return ConditionOutcome.noMatch(
                    message.because(
                            "none of 'reactive-imports.index-host', 'reactive-imports.api-key' and 'reactive-imports.shared.enabled' is set"));
        }
        return Binder.get(environment).bind(PREFIX + ".enabled", Boolean.class).orElse(true)
                ? ConditionOutcome.match(message.because("a 'reactive-imports' property is set"))
                : ConditionOutcome.noMatch(message.because("'reactive-imports.enabled' is false"));
    }

    /** Resolves no placeholder, since one that leads to itself throws. */
    private static boolean isConfigured(Environment environment) {
        Binder binder = new Binder(ConfigurationPropertySources.get(environment));
        return binder.bind(PREFIX, Bindable.mapOf(String.class, Object.class)).isBound()
                // REACTIVE_IMPORTS_API_KEY is found by its whole name only: as a map's entry it is
                // reactive.imports.api.key
                || binder.bind(PREFIX + ".index-host", String.class).isBound()
                || binder.bind(PREFIX + ".api-key", String.class).isBound()
                || binder.bind(PREFIX + ".shared.enabled", String.class).isBound();
    }
}
