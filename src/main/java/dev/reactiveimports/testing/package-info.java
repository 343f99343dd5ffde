/**
 * The service on loopback: a real HTTP server that behaves like Pinecone's bulk imports, for tests of any client.
 *
 * <p>{@link dev.reactiveimports.testing.ImportsSimulator} is the door. What the service does wrong on bad days is a
 * {@link dev.reactiveimports.testing.Fault}; what a client really sent is a
 * {@link dev.reactiveimports.testing.RecordedRequest}; {@link dev.reactiveimports.testing.ImportsSimulatorExtension} gives
 * each JUnit test a simulator of its own.
 *
 * <p>A request flows through hidden classes in one direction: read and recorded, met by a fault or by the rate limit, routed
 * to the simulated index, written as JSON, put on the wire whole or broken.
 *
 * @since 0.1.0
 */
@NullMarked
package dev.reactiveimports.testing;

import org.jspecify.annotations.NullMarked;
