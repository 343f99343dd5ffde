package dev.reactiveimports;

import static java.util.Objects.requireNonNull;

import java.util.function.BiPredicate;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;

/**
 * Watches many imports together. Each has its own due time by the {@link PollSpec} and at most one look of its own in flight;
 * what is due together is looked at by pages of the listing where one page shows several, else one by one. A look that takes long
 * or fails delays no other. Looks begin only with demand and with nothing undelivered.
 *
 * <p>An operator of its own since no composition holds these together: ids that come while looks are made, one timer for all,
 * and at most one undelivered observation for each import, whatever the demand.
 */
final class WatchMany {

    private final Function<String, Mono<ImportOperation>> describe;
    private final Function<@Nullable String, Mono<ImportPage>> listPage;
    private final PollSpec spec;
    private final BiPredicate<String, Throwable> expected;
    private final ImportsListener listener;

    /**
     * Binds a watch to its calls.
     *
     * @param describe one import by its id
     * @param listPage one page of 100 by its token, null for the first
     * @param spec when to look
     * @param expected whether a failed describe of an id is expected, and does not count as a failure
     * @param listener receives rounds of looks, and changes of status as they are observed
     */
    WatchMany(
            Function<String, Mono<ImportOperation>> describe,
            Function<@Nullable String, Mono<ImportPage>> listPage,
            PollSpec spec,
            BiPredicate<String, Throwable> expected,
            ImportsListener listener) {
        this.describe = describe;
        this.listPage = listPage;
        this.spec = spec;
        this.expected = expected;
        this.listener = ListenerGuard.of(listener);
    }

    /**
     * Watches the imports of the given ids, until all of them and the ids have ended. The ids are subscribed to on the first
     * demand, with unbounded demand; memory follows their number: an observation of each import that runs, the id of each that
     * ended. An id that is invalid or not found, or that alone cannot be described time and again, ends alone: its error
     * is signalled after the others have ended, with further ones (100 at most) suppressed.
     */
    Flux<ImportOperation> watchImports(Publisher<String> ids) {
        requireNonNull(ids, "ids");
        return operations(watch(WatchKind.IMPORTS, ids));
    }

    /** As {@link #watchImports}, but the error of an id that ends alone is data, emitted when it happens. */
    Flux<ImportObservation> observeImports(Publisher<String> ids) {
        requireNonNull(ids, "ids");
        return watch(WatchKind.OBSERVATIONS, ids);
    }

    /** As {@link #observeImports}, for ids that come once each: nothing is kept of those that have ended. */
    Flux<ImportObservation> observeRuns(Publisher<String> ids) {
        return watch(WatchKind.RUNS, ids);
    }

    /**
     * Watches every import that the listing shows, without end. The first walk emits all of them, also those that ended long
     * ago; from then on new ones and what changed. Imports that run are looked at as {@link #watchImports} does; for new ones,
     * see {@link WatchDiscovery}. Memory follows the length of the listing: an observation of each import that runs, the id of
     * each that ended and is listed.
     */
    Flux<ImportOperation> watchIndex() {
        return operations(watch(WatchKind.INDEX, null));
    }

    private Flux<ImportObservation> watch(WatchKind kind, @Nullable Publisher<String> ids) {
        return Flux.from(subscriber -> {
            CoreSubscriber<? super ImportObservation> actual = Operators.toCoreSubscriber(subscriber);
            actual.onSubscribe(new WatchSubscription(this, actual, kind, ids));
        });
    }

    private static Flux<ImportOperation> operations(Flux<ImportObservation> observations) {
        return observations.cast(ImportObservation.Seen.class).map(ImportObservation.Seen::operation);
    }

    Mono<ImportOperation> describe(String id) {
        return Mono.defer(() -> describe.apply(id)).switchIfEmpty(Mono.error(WatchOne::nothing));
    }

    Mono<ImportPage> page(@Nullable String token) {
        return Mono.defer(() -> listPage.apply(token)).switchIfEmpty(Mono.error(WatchOne::nothing));
    }

    boolean expects(String id, Throwable failure) {
        return expected.test(id, failure);
    }

    WatchTime time() {
        return new WatchTime(spec.scheduler());
    }

    PollSpec spec() {
        return spec;
    }

    ImportsListener listener() {
        return listener;
    }
}
