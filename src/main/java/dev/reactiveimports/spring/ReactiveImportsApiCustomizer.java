package dev.reactiveimports.spring;

import dev.reactiveimports.ReactiveImportsApi;

/**
 * A bean that changes the client before it is built: a proxy, a scheduler, a retry policy of its own. Called after the
 * properties were applied, so what it sets wins; several are called in their order.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface ReactiveImportsApiCustomizer {

    /**
     * Changes the client to be.
     *
     * @param builder the builder; {@code listener} replaces the listener beans
     */
    void customize(ReactiveImportsApi.Builder builder);
}
