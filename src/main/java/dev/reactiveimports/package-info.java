/**
 * Pinecone's bulk imports as Reactive Streams: list, describe, start, cancel and watch them on Project Reactor.
 *
 * <p>{@link dev.reactiveimports.ReactiveImportsApi} is the door. Everything it returns is cold: nothing leaves the JVM
 * before a subscriber requests, and every subscription is a call of its own.
 *
 * <p>The package is flat and its levels point down only:
 *
 * <pre>
 *   API        ReactiveImportsApi
 *   wire       HTTP exchanges, JSON, host and path encoding (hidden)
 *   mechanics  PollSpec, ImportsRetry, ImportsListener; pagination, throttling, retry budget (hidden)
 *   errors     ImportsException and its five kinds
 *   data       ImportOperation, ImportPage, ImportStatus, StartImportRequest, ...
 * </pre>
 */
@NullMarked
package dev.reactiveimports;

import org.jspecify.annotations.NullMarked;
