/**
 * A client as a Spring bean. With any {@code reactive-imports.*} property set, a Spring Boot application gets a
 * {@link dev.reactiveimports.ReactiveImportsApi} of one index; a bean of its own replaces it, and a
 * {@link dev.reactiveimports.spring.ReactiveImportsApiCustomizer} changes it. Beans that are
 * {@link dev.reactiveimports.ImportsListener}s receive its events, including Micrometer's if there is a
 * {@code MeterRegistry}.
 *
 * <p>With {@code reactive-imports.shared.enabled=true} and R2DBC there is also a
 * {@link dev.reactiveimports.shared.SharedImports} bean, whose replicas meet in the application's database; a
 * {@link dev.reactiveimports.spring.SharedImportsCustomizer} changes it, and beans that are
 * {@link dev.reactiveimports.shared.SharedImportsListener}s receive its events.
 *
 * <p>Needs spring-boot-autoconfigure 3.5 or 4.1, which this library does not bring.
 *
 * @since 0.1.0
 */
@NullMarked
package dev.reactiveimports.spring;

import org.jspecify.annotations.NullMarked;
