/**
 * Pinecone's bulk imports as Reactive Streams: list, describe, start, cancel and watch them on Project Reactor.
 *
 * <pre>{@code
 * try (ReactiveImportsApi imports = ReactiveImportsApi.create("my-index-abc1234.svc.aped-1.pinecone.io", apiKey)) {
 *     imports.listImports()
 *             .filter(i -> i.status() == ImportStatus.IN_PROGRESS)
 *             .doOnNext(i -> log.info("{} {} %", i.id(), i.percentComplete()))
 *             .blockLast();
 * }
 * }</pre>
 *
 * <h2>Levels</h2>
 *
 * What a user meets, from the top: each level knows only those below it.
 *
 * <pre>
 *            your service                 your tests            your metrics, your Spring context
 *                 |                            |                            |
 *                 v                            v                            v
 *   +---------------------------+   +--------------------+   +-----------------------------+
 *   |    ReactiveImportsApi     |   |      testing:      |   | micrometer, spring: made of |
 *   | list  describe  start ... |   |  ImportsSimulator, |   | public types, and only for  |
 *   |    watch  await  close    |   |  Fault             |   | those who have the library  |
 *   +---------------------------+   +--------------------+   +-----------------------------+
 *   | how: ListImportsSpec  PollSpec  ImportsRetry       |  events: ImportsListener
 *   |   (hidden: pages, polls, throttle gate, budget)    |
 *   +----------------------------------------------------+
 *   | (hidden: HTTP exchanges, JSON, host and path)      |  reactor-netty, jackson-core
 *   +----------------------------------------------------+
 *   | fails: ImportsException and its five kinds         |
 *   +----------------------------------------------------+
 *   | data: ImportOperation  ImportPage  ImportStatus    |
 *   |       ImportStatusChange  StartImportRequest       |
 *   +----------------------------------------------------+
 * </pre>
 *
 * <h2>What holds for every publisher</h2>
 *
 * <p><b>Subscription and demand.</b> Every publisher is cold: nothing leaves the JVM before a subscriber requests, and each
 * subscription is a call of its own. The Reactor Context is visible in every attempt. A listing fetches a page when an
 * import of it is requested, and not before; with pages of 2:
 *
 * <pre>
 *   downstream  request(1)        request(1)  request(1)                 request(8)
 *   HTTP           GET                           GET                     GET   GET
 *   listImports     ------(a)---------(b)---------------(c)------------(d)--(e)(f)--(g)|
 * </pre>
 *
 * <p>A watch polls while there is demand, and emits what differs from the last emission:
 *
 * <pre>
 *   HTTP         GET          GET          GET          GET          GET
 *   response     Pending 0 %  Pending 0 %  InProg. 40%  InProg. 90%  Completed 100 %
 *   watchImport  -(Pending)----------------(40 %)-------(90 %)-------(Completed)|
 *   awaitImport  ----------------------------------------------------(Completed)|
 * </pre>
 *
 * <p><b>Cancel.</b> Ends the exchange in flight (the service sees the connection close), any back-off and any timer; no
 * request follows it. Cancelling a subscription never cancels an import:
 * {@link dev.reactiveimports.ReactiveImportsApi#cancelImport} does.
 *
 * <p><b>Errors.</b> Bad input throws {@link java.lang.IllegalArgumentException} at the call, before any I/O, and names the
 * limit. What goes wrong later is signalled as an {@link dev.reactiveimports.ImportsException}. A call on a closed client is
 * an {@link java.lang.IllegalStateException}, signalled to the subscriber. What can be tried again is, one page or one poll
 * at a time, never a whole listing:
 *
 * <pre>
 *   HTTP         GET 200         GET 503   (back-off)   GET 200
 *   listImports  ------(a)--(b)-----------------------------(c)--(d)|
 * </pre>
 *
 * <p><b>Surroundings.</b> A publisher behaves the same in any chain and in any reactive server: what steers operators through
 * the subscriber's Context ({@code onErrorContinue}, {@code doOnDiscard}), or everywhere ({@code Hooks.onNextError},
 * {@code Hooks.onOperatorError}), takes effect on the subscriber's operators and not inside. That includes publishers that are handed in, such as ids: their failures
 * surface, unless they continue by an operator of their own. Other keys of the Context are seen everywhere.
 *
 * <p><b>Names.</b> Every publisher has a name, {@code reactive.imports.} and {@code list}, {@code list.pages},
 * {@code describe}, {@code start}, {@code cancel}, {@code find.started}, {@code watch}, {@code watch.many},
 * {@code watch.index}, {@code await} or {@code warmup}, and the latter as the tag {@code operation}: for
 * {@code tap(Micrometer.observation(registry))} and the like. No tag holds an id.
 *
 * @since 0.1.0
 */
@NullMarked
package dev.reactiveimports;

import org.jspecify.annotations.NullMarked;
