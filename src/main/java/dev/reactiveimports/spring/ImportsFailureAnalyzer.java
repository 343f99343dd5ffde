package dev.reactiveimports.spring;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Reports the property that prevents the application from starting, and what to do. */
final class ImportsFailureAnalyzer extends AbstractFailureAnalyzer<ImportsPropertyException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, ImportsPropertyException cause) {
        boolean shared = cause.property().startsWith("reactive-imports.shared.");
        String bean = shared ? "SharedImports" : "ReactiveImportsApi";
        String enabled = shared ? "reactive-imports.shared.enabled" : "reactive-imports.enabled";
        return new FailureAnalysis(
                "The " + bean + " bean cannot be created: '" + cause.property() + "' " + cause.reason() + ".",
                cause.remedy() + ", define a " + bean + " bean, or switch this one off with '" + enabled + "=false'.",
                cause);
    }
}
