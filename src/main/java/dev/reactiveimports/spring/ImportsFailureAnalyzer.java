package dev.reactiveimports.spring;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Reports the property that prevents the application from starting, and what to do. */
final class ImportsFailureAnalyzer extends AbstractFailureAnalyzer<ImportsPropertyException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, ImportsPropertyException cause) {
        return new FailureAnalysis(
                "The ReactiveImportsApi bean cannot be created: '" + cause.property() + "' " + cause.reason() + ".",
                "Set '" + cause.property()
                        + "' in the application's configuration, define a ReactiveImportsApi bean, or"
                        + " switch this one off with 'reactive-imports.enabled=false'.",
                cause);
    }
}
