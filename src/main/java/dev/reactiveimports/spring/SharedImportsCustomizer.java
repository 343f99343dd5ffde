package dev.reactiveimports.spring;

import dev.reactiveimports.shared.SharedImports;

/**
 * A bean that changes the shared watch before it is built: retries of handlers, a scheduler. Called after the properties were
 * applied, so what it sets wins; several are called in their order.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface SharedImportsCustomizer {

    /**
     * Changes the shared watch to be.
     *
     * @param builder the builder; {@code listener} replaces the listener beans
     */
    void customize(SharedImports.Builder builder);
}
