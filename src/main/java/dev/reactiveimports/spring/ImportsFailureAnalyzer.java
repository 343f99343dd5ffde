package dev.reactiveimports.spring;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says which property keeps an application from starting, and what to do. */
final class ImportsFailureAnalyzer extends AbstractFailureAnalyzer<ImportsPropertyException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, ImportsPropertyException cause) {
        return new FailureAnalysis(
                "The client of Pinecone's imports cannot be made: '" + cause.property() + "' " + cause.reason() + ".",
                "Set '" + cause.property()
                        + "' in the application's configuration, define a ReactiveImportsApi bean, or"
                        + " switch this one off with 'reactive-imports.enabled=false'.",
                cause);
    }
}
