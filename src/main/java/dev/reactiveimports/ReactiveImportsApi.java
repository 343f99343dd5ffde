package dev.reactiveimports;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.function.UnaryOperator;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.netty.http.client.HttpClient;
import reactor.util.retry.Retry;

/**
 * Pinecone's bulk imports of one index. Every {@link Flux} and {@link Mono} is cold: each subscription is a call of its own,
 * and nothing is sent without demand. The {@linkplain dev.reactiveimports package overview} describes, with diagrams, what
 * happens at subscription, on demand, on cancel and on errors.
 *
 * <p>Instances are thread-safe and meant to be shared: each has its own retry budget, throttle gate and connections. Items
 * arrive on event loops or on the scheduler's threads, where blocking is not allowed.
 *
 * @since 0.1.0
 */
public interface ReactiveImportsApi extends AutoCloseable {

    /**
     * Creates a builder with all defaults.
     * @param indexHost the index's host as the service reports it, with or without
     * {@code https://}; {@code http://} is accepted for loopback addresses, and elsewhere after
     * {@link Builder#allowPlaintext()}
     * @param apiKey the key, 1 to 1000 visible ASCII characters; it is masked where a response is quoted, unless it is
     *     shorter than 4 characters
     * @return a builder
     * @throws IllegalArgumentException if the key has other characters; the message does not repeat it
     */
    static Builder builder(String indexHost, String apiKey) {
        return new DefaultBuilder(indexHost, Mono.just(Checks.requireApiKey(apiKey)));
    }

    /**
     * Creates a builder with all defaults, for keys that change.
     * @param indexHost the index's host
     * @param apiKey subscribed to once for each HTTP request, retries included, and again for a request that the
     *     throttle gate held back, since the key may have changed meanwhile. Its error fails the request unwrapped, and is
     *     retried if {@link ImportsRetry#isTransient}; completing empty fails it with an {@link IllegalStateException}
     * @return a builder
     */
    static Builder builder(String indexHost, Mono<String> apiKey) {
        return new DefaultBuilder(indexHost, apiKey);
    }

    /**
     * {@return a client with every default, to be closed by the caller}
     * @param indexHost the index's host
     * @param apiKey the key
     * @throws IllegalArgumentException if host or key is invalid
     */
    static ReactiveImportsApi create(String indexHost, String apiKey) {
        return builder(indexHost, apiKey).build();
    }

    /**
     * Creates a client from {@code PINECONE_INDEX_HOST} and {@code PINECONE_API_KEY} of the environment.
     * @return a client, to be closed by the caller
     * @throws IllegalArgumentException if a variable is missing or invalid; the message names it
     */
    static ReactiveImportsApi fromEnvironment() {
        return Environment.create(System.getenv());
    }

    /** {@return all imports of the index: {@link #listImports(ListImportsSpec)} with the defaults} */
    Flux<ImportOperation> listImports();

    /**
     * Lists the imports of the index, fetched page by page on demand. With page size {@code s} and read-ahead {@code r}, a
     * demand of {@code n} items costs {@code ceil(n / s) + r} HTTP requests, and none is sent before the first demand.
     * Memory is bounded by one page and the pages read ahead.
     *
     * <p>A failed page is retried by itself. When its retries are exhausted, the imports already fetched are delivered
     * before the error, whose {@link ImportsException#paginationToken()} lets a later listing resume. A repeated pagination
     * token, or 1000 empty pages in a row, ends the listing with an {@link ImportsProtocolException}. The order is
     * undocumented by the service. While imports are being added, an import may be emitted twice.
     * @param spec page size, start and read-ahead
     * @return the imports; completes after the last page
     */
    Flux<ImportOperation> listImports(ListImportsSpec spec);

    /**
     * Lists pages, one HTTP request per requested page, for callers that keep the token themselves.
     * @param spec page size, start and read-ahead
     * @return the pages, empty ones included; completes after the last page
     */
    Flux<ImportPage> listImportPages(ListImportsSpec spec);

    /**
     * Describes the current state of one import.
     * @param id 1 to 1000 characters
     * @return the import; fails with an {@link ImportsApiException} that
     *     {@link ImportsApiException#isNotFound() is a 404} if there is none
     * @throws IllegalArgumentException if the id is empty, too long, {@code "."} or {@code ".."}, or contains control
     *     characters
     */
    Mono<ImportOperation> describeImport(String id);

    /**
     * Starts an import, at most once for each subscription. It is retried only if the service certainly did not start it:
     * the request was never sent, or the response was 429, or 503 with {@code Retry-After}. If the import may have been
     * started, the error is an {@link ImportOutcomeUnknownException}, and {@link #findStarted} lists the candidates.
     * Cancelling while the request is in flight leaves the outcome unknown as well. Do not apply {@link Mono#retry()} to it.
     * @param request what to import
     * @return the id of the new import
     */
    Mono<String> startImport(StartImportRequest request);

    /**
     * Cancels an import. Succeeds without effect if the import has ended already; imported records stay in the index. If a
     * retry receives 404 after an attempt without a response, the import is described to find out whether it was cancelled.
     * @param id 1 to 1000 characters
     * @return completes when the service has accepted the cancellation
     * @throws IllegalArgumentException as for {@link #describeImport}
     */
    Mono<Void> cancelImport(String id);

    /**
     * Finds the candidates for a start with unknown outcome. These are the imports of the URI that were created at or after
     * the given time, and those for which the service reports no URI or no time.
     * @param uri the URI of the request
     * @param notBefore {@link ImportOutcomeUnknownException#sentAt()}, minus a few
     *     seconds for the difference of the clocks
     * @return the candidates, found by reading the whole listing; a new import may take some seconds to appear
     */
    Flux<ImportOperation> findStarted(String uri, Instant notBefore);

    /**
     * Finds the candidates for many starts with unknown outcome by reading the listing once. Pages are fetched on demand, and
     * none after the page on which each URI has at least one candidate: a second candidate on a later page is not found, so
     * use {@link #findStarted(String, Instant)} where the same URI may have been started twice.
     * @param uris the URIs of the requests; if empty, nothing is sent
     * @param notBefore the earliest {@link ImportOutcomeUnknownException#sentAt()}, minus a few seconds for the difference of
     *     the clocks
     * @return the candidates, in the order of the listing
     * @throws IllegalArgumentException if a URI is invalid, as for {@link StartImportRequest#of}
     */
    Flux<ImportOperation> findStarted(Collection<String> uris, Instant notBefore);

    /**
     * {@return {@link #watchImport(String, PollSpec)} with the builder's spec}
     * @param id 1 to 1000 characters
     */
    Flux<ImportOperation> watchImport(String id);

    /**
     * Watches one import: polls on the first demand, then as the spec defines, and emits each visible change. Completes
     * after the terminal observation; {@link ImportStatus#FAILED} and {@link ImportStatus#CANCELLED} are items, not errors.
     * There is no poll without demand. A 404 within 10 seconds of a start by this client does not end the watch. Cancelling
     * the subscription does not cancel the import.
     * @param id 1 to 1000 characters
     * @param spec how often to poll, and how many consecutive failures to tolerate
     * @return each visible change
     * @throws IllegalArgumentException as for {@link #describeImport}
     */
    Flux<ImportOperation> watchImport(String id, PollSpec spec);

    /**
     * {@return {@link #watchImports(Publisher, PollSpec)} with the builder's spec}
     * @param ids the ids; may emit while the watch runs
     */
    Flux<ImportOperation> watchImports(Publisher<String> ids);

    /**
     * Watches many imports together. Each import is polled on its own schedule by the spec; polls that are due together
     * share list calls where a page contains several of the imports, and a slow or failed poll does not delay those of other
     * imports. Nothing is sent at subscription; polls begin with demand, and pause while an observation is undelivered: of
     * an import's undelivered observations only the latest is kept, a terminal one always. The observations of each import
     * are those of {@link #watchImport}.
     *
     * <p>An id that is invalid, unknown to the service (404) or fails too often in a row ends by itself, and its error is
     * signalled <em>after all others have ended</em>, which is never while {@code ids} is incomplete: use
     * {@link #observeImports} then. A response that concerns all imports (401, 403) ends the watch, and so do as many
     * consecutive failed polls, without a single success, as the spec tolerates; waiting for a connection of the client's
     * own pool does not count as a failure. A new id is polled within 2 seconds unless the service throttles; an id that is
     * watched or has ended is not watched again. Cancelling ends the calls in flight and sends nothing. Memory is
     * proportional to the number of ids.
     * @param ids the ids; subscribed to on the first demand, with unbounded demand; may emit while the watch runs
     * @param spec how often to poll, and how many consecutive failures to tolerate
     * @return each visible change of each import; completes when {@code ids} has completed and all imports are terminal
     */
    Flux<ImportOperation> watchImports(Publisher<String> ids, PollSpec spec);

    /**
     * {@return {@link #observeImports(Publisher, PollSpec)} with the builder's spec}
     * @param ids the ids; may emit while the watch runs
     */
    Flux<ImportObservation> observeImports(Publisher<String> ids);

    /**
     * Like {@link #watchImports(Publisher, PollSpec)}, but emits the failure of a single id as an item, at once. Meant for
     * ids that are emitted for as long as a service runs.
     * @param ids the ids; subscribed to on the first demand, with unbounded demand; may emit while the watch runs
     * @param spec how often to poll, and how many consecutive failures to tolerate
     * @return each visible change of each import, and the failure of each id that is no longer observed; completes when
     *     {@code ids} has completed and all imports have ended
     */
    Flux<ImportObservation> observeImports(Publisher<String> ids, PollSpec spec);

    /** {@return {@link #watchIndex(PollSpec)} with the builder's spec} */
    Flux<ImportOperation> watchIndex();

    /**
     * Watches every import of the index, including future ones. Running imports are polled as by {@link #watchImports}. New
     * imports are discovered at the spec's intervals in the part of the listing where they appeared before, usually one of
     * its ends; the whole listing is read as often as its length permits: a short one each time, one of a million imports
     * twice an hour. A listing that fails, or whose pagination token expires while the subscriber is slow, starts again; as
     * many consecutive failures as the spec tolerates end the watch. An import is watched until it is terminal, or until
     * neither the listing nor a describe shows it any more. Memory is proportional to the current listing.
     * @param spec how often to poll, and how many consecutive failures to tolerate
     * @return each import when it is first seen, then each visible change; never completes
     */
    Flux<ImportOperation> watchIndex(PollSpec spec);

    /**
     * {@return {@link #awaitImport(String, PollSpec)} with the builder's spec}
     * @param id 1 to 1000 characters
     */
    Mono<ImportOperation> awaitImport(String id);

    /**
     * Waits until an import has completed.
     * @param id 1 to 1000 characters
     * @param spec how often to poll, and how many consecutive failures to tolerate
     * @return the completed import; fails with an {@link ImportFailedException} if the import failed or was cancelled
     * @throws IllegalArgumentException as for {@link #describeImport}
     */
    Mono<ImportOperation> awaitImport(String id, PollSpec spec);

    /**
     * {@return {@link #runImports(Publisher, RunImportsSpec)} with the defaults for all else}
     * @param requests what to import; may be endless
     * @param maxInProgress how many imports may be in progress at once, 1 to 10,000
     * @throws IllegalArgumentException if out of range
     */
    Flux<ImportRun> runImports(Publisher<StartImportRequest> requests, int maxInProgress);

    /**
     * Starts imports, keeps a bounded number in progress, watches them together, and emits each when it has ended, in the order
     * in which they end. At most {@code min(maxInProgress, undelivered demand)} requests have been taken from the source and
     * not been delivered; nothing is subscribed to or sent before the first demand. Memory is proportional to
     * {@code maxInProgress}. {@link Flux#limitRate(int, int) limitRate(maxInProgress, 1)} keeps all slots in use where operators
     * behind it demand in batches.
     *
     * <p>Outcomes are data, see {@link ImportRun.Outcome}: a run that is refused or unknown frees its slot and the others go
     * on. No request is sent again that the service may have accepted. One that it surely did not accept is sent again after a
     * pause of all starts: while the service throttles (429, or 503 with {@code Retry-After} of at most an hour), which halves
     * the number of slots until starts succeed again, and as often as the spec tolerates failed polls if no connection can be
     * made. At most 32 starts are being sent at a time.
     *
     * <p>A start of unknown outcome keeps its slot until the attempt timeout and 10 seconds more have passed. Then the listing
     * is read, once for all such starts, and the only import with that URI, created since and of no other run, is adopted. Two
     * requests for one URI that are in progress together cannot be told apart, so neither is adopted.
     *
     * <p>A failure that concerns all runs (401, 402, 403, an API key that cannot be had, a closed client) and an error of the
     * source end the pipeline: no more requests are taken, the imports in progress are delivered as they end, then the error
     * follows. A watch that fails as a whole makes the runs in progress unknown.
     *
     * <p>After a cancel no start is sent; one in flight is aborted, with unknown outcome. Imports in progress are left alone
     * unless {@link RunImportsSpec#cancelOnCancel} says otherwise.
     * @param requests what to import; subscribed to on the first demand; may be endless
     * @param spec how many imports at once, and how they are polled, checked and cancelled
     * @return how each request ended; completes when the source has completed and every run is delivered
     */
    Flux<ImportRun> runImports(Publisher<StartImportRequest> requests, RunImportsSpec spec);

    /**
     * Prepares the client so that the first call is fast. Initialises event loops, name resolution, TLS and classes, and
     * opens one pooled connection, by a list request for one import.
     * @return completes when the client is warm; fails like a listing
     */
    Mono<Void> warmup();

    /**
     * Closes this client on subscription. Calls in flight fail with an {@link ImportsTransportException} (a start that may
     * have reached the service with an {@link ImportOutcomeUnknownException}), later calls fail with an
     * {@link IllegalStateException}, and the client's own connections are closed. The pool of a caller's {@link HttpClient}
     * stays open.
     * @return completes when the connections are closed, or at once if they are closed already
     */
    Mono<Void> disposeLater();

    /** Like {@link #disposeLater()}, waits two seconds at most, and does not wait on a thread that must not block. */
    @Override
    void close();

    /** Configures a client. Every setter replaces the earlier value, but {@link #configureHttpClient} is cumulative. */
    interface Builder {

        /**
         * Sets the header {@code X-Pinecone-Api-Version}. Defaults to {@code 2025-10}.
         * @param version 1 to 32 letters, digits, dots and dashes
         * @return this
         * @throws IllegalArgumentException if it contains other characters or is too long
         */
        Builder apiVersion(String version);

        /**
         * Sets the source tag of the header {@code User-Agent}. It is normalised as in Pinecone's clients: lower case, only
         * {@code [a-z0-9_ :]}, trimmed, underscores for spaces. Defaults to none.
         * @param tag at most 200 characters
         * @return this
         */
        Builder sourceTag(String tag);

        /**
         * Sets the HTTP client to derive from, to share a pool or event loops. The caller owns its pool. Redirects and
         * reactor-netty's own retry are disabled, HTTP/1.1 is used, and interim responses are dropped; its timeouts and
         * limits stay, and a call that is cancelled while it waits in that pool's queue keeps its place until its turn.
         * Defaults to a client with its own pool: 50 connections, 30 seconds idle time, 5 minutes life time, 10 seconds to
         * acquire a connection, 5 seconds to connect and 5 seconds for the TLS handshake.
         * @param base the client
         * @return this
         */
        Builder httpClient(HttpClient base);

        /**
         * Customises the HTTP client: proxy, TLS, metrics, wiretap (which logs the API key). Applied before the changes
         * named at {@link #httpClient}. Unless {@link #httpClient} is set, at most 50 exchanges run concurrently, whatever
         * the customizer sets.
         * @param customizer called once by {@link #build}
         * @return this
         */
        Builder configureHttpClient(UnaryOperator<HttpClient> customizer);

        /**
         * Allows {@code http://} for hosts that are not loopback. The API key is then sent unencrypted. Defaults to off.
         * @return this
         */
        Builder allowPlaintext();

        /**
         * Limits the duration of one HTTP exchange, from the wait for a connection to the last byte of the body. Defaults to
         * 30 seconds.
         * @param timeout 1 millisecond to 365 days
         * @return this
         * @throws IllegalArgumentException if out of range
         */
        Builder attemptTimeout(Duration timeout);

        /**
         * Sets the retry policy. Defaults to {@link ImportsRetry#ofDefaults()}. Whatever the policy, a start is never sent
         * again if the service may have received it.
         * @param retry the policy, for each failed attempt
         * @return this
         */
        Builder retry(Retry retry);

        /**
         * Sets how watch and await calls without a spec poll. Defaults to {@link PollSpec#adaptive()}.
         * @param spec how to poll
         * @return this
         */
        Builder pollSpec(PollSpec spec);

        /**
         * Sets the scheduler of all timers, and the clock. Defaults to {@code Schedulers.parallel()}.
         * @param scheduler owned by the caller; disposing it fails calls with an {@link ImportsTransportException}
         * @return this
         * @throws IllegalArgumentException if it cannot schedule with a delay
         */
        Builder scheduler(Scheduler scheduler);

        /**
         * Sets the listener for exchanges, retries, throttling and polls. Defaults to {@link ImportsListener#NONE}.
         * @param listener called on the thread of each event; must not block
         * @return this
         */
        Builder listener(ImportsListener listener);

        /**
         * Builds the client. Opens no connection, but reads the JVM's trust store and loads native code: call it at
         * start-up, not on a thread that must not block.
         * @return a client, to be closed by the caller
         * @throws IllegalArgumentException if the host is invalid
         */
        ReactiveImportsApi build();
    }
}
