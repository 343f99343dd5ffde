package dev.reactiveimports.spring;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Whether the application says anything about this client: one that does not is left alone. */
final class OnImportsConfigured extends SpringBootCondition {

    private static final String PREFIX = "reactive-imports";

    @Override
    public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
        Binder binder = Binder.get(context.getEnvironment());
        ConditionMessage.Builder message = ConditionMessage.forCondition("Reactive Imports");
        if (!binder.bind(PREFIX, Bindable.mapOf(String.class, Object.class)).isBound()) {
            return ConditionOutcome.noMatch(
                    message.because("neither 'reactive-imports.index-host' nor 'reactive-imports.api-key' is set"));
        }
        return binder.bind(PREFIX + ".enabled", Boolean.class).orElse(true)
                ? ConditionOutcome.match(message.because("a 'reactive-imports' property is set"))
                : ConditionOutcome.noMatch(message.because("'reactive-imports.enabled' is false"));
    }
}
