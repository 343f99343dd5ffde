package dev.reactiveimports;

import java.time.Duration;
import java.time.Instant;
import java.util.function.UnaryOperator;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.netty.http.client.HttpClient;
import reactor.util.retry.Retry;

/**
 * Pinecone's bulk imports of one index. Every publisher is cold, every subscription a call of its own, and nothing is sent
 * without demand: what holds at subscription, on demand, on cancel and on errors is told, with pictures, in the
 * {@linkplain dev.reactiveimports package overview}.
 *
 * <p>Instances are thread-safe and meant to be shared: retry budget, throttle gate and connections are per instance. Items
 * arrive on event loops or on the scheduler's threads, where blocking is not allowed.
 *
 * @since 0.1.0
 */
public interface ReactiveImportsApi extends AutoCloseable {

    /**
     * A builder with every default.
     * @param indexHost the index's host as the service hands it out, with or without {@code https://}; {@code http://} is
     *     taken for loopback addresses, and elsewhere after {@link Builder#allowPlaintext()}
     * @param apiKey the key, of visible ASCII characters; where a server's answer is quoted it is masked, unless it is shorter than
     *     4 characters
     * @return a builder
     * @throws IllegalArgumentException if the key has other characters; the message does not repeat it
     */
    static Builder builder(String indexHost, String apiKey) {
        return new DefaultBuilder(indexHost, Mono.just(Checks.requireApiKey(apiKey)));
    }

    /**
     * A builder with every default, for keys that change.
     * @param indexHost the index's host
     * @param apiKey subscribed to once for each HTTP request, retries included, and once more for one that was not sent
     *     yet when the service asked for a pause, since the key may have changed after it; an error of it is that
     *     request's failure, never wrapped, and retried if {@link ImportsRetry#isTransient}; an empty one is an {@link
     *     IllegalStateException}
     * @return a builder
     */
    static Builder builder(String indexHost, Mono<String> apiKey) {
        return new DefaultBuilder(indexHost, apiKey);
    }

    /**
     * {@return a client with every default, to be closed by the caller}
     * @param indexHost the index's host
     * @param apiKey the key
     * @throws IllegalArgumentException if host or key cannot be used
     */
    static ReactiveImportsApi create(String indexHost, String apiKey) {
        return builder(indexHost, apiKey).build();
    }

    /**
     * A client for what the environment names: {@code PINECONE_INDEX_HOST} and {@code PINECONE_API_KEY}.
     * @return a client, to be closed by the caller
     * @throws IllegalArgumentException if a variable is missing, named in the message, or cannot be used
     */
    static ReactiveImportsApi fromEnvironment() {
        return Environment.create(System.getenv());
    }

    /** {@return every import of the index: {@link #listImports(ListImportsSpec)} with the defaults} */
    Flux<ImportOperation> listImports();

    /**
     * The imports of the index, fetched page by page as they are requested: with page size {@code s} and read-ahead {@code r},
     * {@code n} items requested cost {@code ceil(n / s) + r} HTTP requests, and none before the first demand. Memory is one
     * page and what is read ahead.
     *
     * <p>A page that fails is retried alone. When retries are spent, what was fetched is delivered first, then the error, whose
     * {@link ImportsException#paginationToken()} lets a later listing resume. A pagination token that comes back, or 1000
     * empty pages in a row, end the listing with {@link ImportsProtocolException}. The order is the service's and undocumented.
     * While imports are being added, one may be seen twice.
     * @param spec page size, start and read-ahead
     * @return the imports; completes after the last page
     */
    Flux<ImportOperation> listImports(ListImportsSpec spec);

    /**
     * The pages of the listing, one HTTP request for each page requested, for callers that keep the token themselves.
     * @param spec page size and start; the read-ahead counts too
     * @return the pages, empty ones included; completes after the last
     */
    Flux<ImportPage> listImportPages(ListImportsSpec spec);

    /**
     * One import as it is now.
     * @param id 1 to 1000 characters
     * @return the import; {@link ImportsApiException#isNotFound()} if there is none
     * @throws IllegalArgumentException if the id is empty, too long, {@code "."}, {@code ".."}, or has control characters
     */
    Mono<ImportOperation> describeImport(String id);

    /**
     * Starts an import, at most once for each subscription. Tried again only where the service surely did not take it: the
     * request was never sent, was answered 429, or 503 with {@code Retry-After}. Whenever it may have been taken, the error is
     * {@link ImportOutcomeUnknownException}; {@link #findStarted} lists what could be it. A subscriber that cancels while the
     * request is in flight leaves the outcome unknown as well. Do not put {@code retry()} behind it.
     * @param request what to import
     * @return the new import's id
     */
    Mono<String> startImport(StartImportRequest request);

    /**
     * Cancels an import. Without effect, and a success, if it has ended. What was imported stays in the index. A retry that
     * is told 404 after a first try without an answer looks at the import before it believes it.
     * @param id 1 to 1000 characters
     * @return completes when the service has accepted it
     * @throws IllegalArgumentException as for {@link #describeImport}
     */
    Mono<Void> cancelImport(String id);

    /**
     * What a start whose outcome is unknown could have become: the imports of this URI created at or after a time. An import
     * of which the service does not tell URI or time is included.
     * @param uri as it was sent
     * @param notBefore {@link ImportOutcomeUnknownException#sentAt()}, less some seconds for the difference of the clocks
     * @return the candidates, by walking the whole listing; a new import may take some seconds to appear
     */
    Flux<ImportOperation> findStarted(String uri, Instant notBefore);

    /**
     * {@return {@link #watchImport(String, PollSpec)} with the builder's spec}
     * @param id 1 to 1000 characters
     */
    Flux<ImportOperation> watchImport(String id);

    /**
     * Watches one import: polls at once, then as the spec says, and emits what differs from the last emission. Completes after
     * the terminal observation; {@link ImportStatus#FAILED} and {@link ImportStatus#CANCELLED} are data here. No poll without
     * demand, and none while an observation waits. A 404 within 10 seconds of this client's own start is polled on. Cancelling
     * the subscription leaves the import alone.
     * @param id 1 to 1000 characters
     * @param spec how often to poll, and how many failures in a row to bear
     * @return each visible change
     * @throws IllegalArgumentException as for {@link #describeImport}
     */
    Flux<ImportOperation> watchImport(String id, PollSpec spec);

    /**
     * {@return {@link #watchImports(Publisher, PollSpec)} with the builder's spec}
     * @param ids which; may go on while the watch runs
     */
    Flux<ImportOperation> watchImports(Publisher<String> ids);

    /**
     * Watches many imports together. Each import has its own next look by the spec; those due together share list calls where
     * a page shows several of them, and a look that takes long or fails delays no other import's. Nothing is sent at
     * subscription; looks begin with demand, and only while no observation waits undelivered: of one not yet delivered only
     * the latest is kept, a terminal one always. Each import's observations are those of {@link #watchImport}.
     *
     * <p>An id that is invalid, unknown to the service (404) or fails too often in a row ends alone, and its error is signalled
     * <em>after all others have ended</em>: while {@code ids} goes on it is not, so use {@link #observeImports} there. A response
     * that concerns all (401, 403) ends the watch, and so do as many failed polls in a row, with none answered, as the spec
     * tolerates; waiting for a connection of this client's own pool is no failure. An id that joins is looked at within 2
     * seconds, if the service asks for no pause; one that is watched or has ended is not watched again. Cancelling ends the
     * calls in flight and sends nothing. Memory follows the number of ids.
     * @param ids which; subscribed to with the first demand, without bounds; may go on while the watch runs
     * @param spec how often to poll, and how many failures in a row to bear
     * @return each visible change of each; completes when {@code ids} has and all are terminal
     */
    Flux<ImportOperation> watchImports(Publisher<String> ids, PollSpec spec);

    /**
     * {@return {@link #observeImports(Publisher, PollSpec)} with the builder's spec}
     * @param ids which; may go on while the watch runs
     */
    Flux<ImportObservation> observeImports(Publisher<String> ids);

    /**
     * As {@link #watchImports(Publisher, PollSpec)}, but the end of a single id by an error is data, emitted when it happens:
     * for ids that go on for as long as a service runs.
     * @param ids which; subscribed to with the first demand, without bounds; may go on while the watch runs
     * @param spec how often to poll, and how many failures in a row to bear
     * @return each visible change of each, or why an id is observed no more; completes when {@code ids} has and all have ended
     */
    Flux<ImportObservation> observeImports(Publisher<String> ids, PollSpec spec);

    /** {@return {@link #watchIndex(PollSpec)} with the builder's spec} */
    Flux<ImportOperation> watchIndex();

    /**
     * Watches every import of the index, those to come included. Imports that run are looked at as by {@link #watchImports}.
     * New ones are looked for in the spec's rhythm where new ones were found before, which is one end of the listing as a
     * rule; the whole listing is walked as often as its length allows: a short one each time, one of a million imports twice
     * an hour. A walk that fails, or whose page token expires while the subscriber is slow, is begun anew; as many failed walks
     * in a row as the spec tolerates end the watch. An import is watched until it is terminal, or until neither the listing nor
     * a describe shows it any more. Memory follows the listing as it is.
     * @param spec how often to look, and how many failures in a row to bear
     * @return each import when first seen, then each visible change; never completes
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
     * @param spec how often to poll, and how many failures in a row to bear
     * @return the completed import; {@link ImportFailedException} if it ended failed or cancelled
     * @throws IllegalArgumentException as for {@link #describeImport}
     */
    Mono<ImportOperation> awaitImport(String id, PollSpec spec);

    /**
     * Pays for the first call ahead of it: event loops, name resolution, TLS, class loading, and one pooled connection. Sends
     * one list request of one import.
     * @return completes when a call would be fast; fails as a listing would
     */
    Mono<Void> warmup();

    /**
     * Closes this client on subscription: what is in flight ends with an {@link ImportsTransportException} (a start with
     * {@link ImportOutcomeUnknownException}, where it may have been taken), later calls are refused, and the connections this
     * client owns are closed. A caller's own {@link HttpClient} keeps its pool.
     * @return completes when the connections are closed; once closed, at once
     */
    Mono<Void> disposeLater();

    /** As {@link #disposeLater()}, waiting two seconds at most, and not at all on a thread that must not block. */
    @Override
    void close();

    /** What a client can be given. Every setter replaces what was set before, {@link #configureHttpClient} adds to it. */
    interface Builder {

        /**
         * The header {@code X-Pinecone-Api-Version}. Defaults to {@code 2025-10}.
         * @param version letters, digits, dots and dashes, 1 to 32
         * @return this
         * @throws IllegalArgumentException if it is something else
         */
        Builder apiVersion(String version);

        /**
         * A tag for the header {@code User-Agent}, normalised as Pinecone's clients do: lower case, only
         * {@code [a-z0-9_ :]}, trimmed, spaces as underscores. Defaults to none.
         * @param tag at most 200 characters
         * @return this
         */
        Builder sourceTag(String tag);

        /**
         * A client to derive from, for a shared pool or shared event loops. Its pool is the caller's to dispose. Redirects and
         * reactor-netty's own retry are switched off, HTTP/1.1 is used, and interim answers are dropped; its timeouts and limits
         * stay, and a call that is cancelled while it waits in that pool's queue keeps its place until its turn comes.
         * Defaults to a client with a pool of its own: 50 connections, 30 seconds idle, 5 minutes of life, 10 seconds to get
         * one, 5 seconds to connect and 5 for TLS.
         * @param base the client
         * @return this
         */
        Builder httpClient(HttpClient base);

        /**
         * Changes the client, whichever it is: proxy, TLS, metrics, wiretap (which prints the API key). Applied before the
         * hardening named at {@link #httpClient}. Without a client of your own 50 exchanges run at once, whatever it sets.
         * @param customizer called once, when building
         * @return this
         */
        Builder configureHttpClient(UnaryOperator<HttpClient> customizer);

        /**
         * Allows {@code http://} to a host that is not loopback. The key then travels in the clear.
         * @return this
         */
        Builder allowPlaintext();

        /**
         * How long one HTTP exchange may take, from the wait for a connection to the last byte of the body. Defaults to 30
         * seconds.
         * @param timeout 1 millisecond to 365 days
         * @return this
         * @throws IllegalArgumentException if out of range
         */
        Builder attemptTimeout(Duration timeout);

        /**
         * Which failures to try again, and when. Defaults to {@link ImportsRetry#ofDefaults()}. Whatever it says, a start is
         * never sent twice where the service may have taken it.
         * @param retry a policy
         * @return this
         */
        Builder retry(Retry retry);

        /**
         * How the watch and await calls poll when they are given no spec. Defaults to {@link PollSpec#adaptive()}.
         * @param spec how to poll
         * @return this
         */
        Builder pollSpec(PollSpec spec);

        /**
         * Where every timer runs and the time comes from. Defaults to {@code Schedulers.parallel()}.
         * @param scheduler the caller's to dispose, which ends calls by an {@link ImportsTransportException}
         * @return this
         * @throws IllegalArgumentException if it cannot schedule with a delay
         */
        Builder scheduler(Scheduler scheduler);

        /**
         * Told what happens on the wire. Defaults to none.
         * @param listener called where it happens; must not block
         * @return this
         */
        Builder listener(ImportsListener listener);

        /**
         * Makes the client. Nothing is connected yet, but the JVM's trust store is read and native code loaded: make it when
         * the service starts, not on a thread that must not block.
         * @return a client, to be closed by the caller
         * @throws IllegalArgumentException if the host cannot be used
         */
        ReactiveImportsApi build();
    }
}
