/**
 * Micrometer's view of a client: {@link dev.reactiveimports.micrometer.MicrometerImportsListener} turns what happens on the
 * wire into meters, {@link dev.reactiveimports.micrometer.MicrometerSharedImportsListener} what a replica of a shared watch
 * does. Needs micrometer-core, which this library does not bring.
 *
 * <p>Every publisher of the client has a name and a tag, so {@code tap(Micrometer.observation(registry))} of
 * reactor-core-micrometer makes an observation, and a span, of a call.
 * {@link dev.reactiveimports.micrometer.ObservationImportsListener} marks it with the attempts that the call took.
 *
 * @since 0.1.0
 */
@NullMarked
package dev.reactiveimports.micrometer;

import org.jspecify.annotations.NullMarked;
