/**
 * Micrometer's view of a client: {@link dev.reactiveimports.micrometer.MicrometerImportsListener} turns what happens on the
 * wire into meters. Needs micrometer-core, which this library does not bring.
 *
 * <p>Spans need no class of this package: every publisher of the client has a name and a tag, so
 * {@code imports.describeImport(id).tap(Micrometer.observation(registry))} of reactor-core-micrometer observes it.
 */
@NullMarked
package dev.reactiveimports.micrometer;

import org.jspecify.annotations.NullMarked;
