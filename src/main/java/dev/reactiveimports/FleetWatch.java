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
 * Watches many imports together, in ticks: each looks at the imports that are due, by pages of the listing where one page
 * tells of several, else one by one. A tick begins when the soonest is due by the {@link PollSpec}, no earlier than the
 * shortest wait after the tick before it, and only with demand and with nothing undelivered.
 *
 * <p>An operator of its own since no composition holds these together: ids that come while ticks run, one timer for all,
 * and at most one undelivered observation for each import, whatever the demand.
 */
final class FleetWatch {

    private final Function<String, Mono<ImportOperation>> describe;
    private final Function<@Nullable String, Mono<ImportPage>> listPage;
    private final PollSpec spec;
    private final BiPredicate<String, Throwable> expected;
    private final @Nullable ImportsListener listener;

    /**
     * Binds a watch to its calls.
     *
     * @param describe one import by its id
     * @param listPage one page of 100 by its token, null for the first
     * @param spec when to look
     * @param expected whether a failed describe of an id says nothing, and does not count
     * @param listener is told of ticks and of changes of status, as they are observed
     */
    FleetWatch(
            Function<String, Mono<ImportOperation>> describe,
            Function<@Nullable String, Mono<ImportPage>> listPage,
            PollSpec spec,
            BiPredicate<String, Throwable> expected,
            @Nullable ImportsListener listener) {
        this.describe = describe;
        this.listPage = listPage;
        this.spec = spec;
        this.expected = expected;
        this.listener = SafeListener.of(listener);
    }

    /**
     * Watches the imports whose ids come, until all of them and the ids have ended. The ids are subscribed to on the first
     * demand, without bounds; memory follows their number: an observation of each import that runs, the id of each that
     * ended. An id that is invalid or not found, or that alone cannot be described time and again, ends alone: its error
     * is signalled after the others have ended, with further ones (100 at most) suppressed.
     */
    Flux<ImportOperation> watchImports(Publisher<String> ids) {
        requireNonNull(ids, "ids");
        return watch(ids);
    }

    /**
     * Watches every import that the listing shows, without end. The first tick emits all of them, also those that ended
     * long ago; later ticks emit new ones and what changed. Every tick walks the whole listing. While nothing runs and
     * nothing new appears, ticks become as rare as for an import without progress. Memory follows the length of the
     * listing: an observation of each import that runs, the id of each that ended.
     */
    Flux<ImportOperation> watchIndex() {
        return watch(null);
    }

    private Flux<ImportOperation> watch(@Nullable Publisher<String> ids) {
        return Flux.from(subscriber -> {
            CoreSubscriber<? super ImportOperation> actual = Operators.toCoreSubscriber(subscriber);
            actual.onSubscribe(new FleetSubscription(this, actual, ids));
        });
    }

    Mono<ImportOperation> describe(String id) {
        return Mono.defer(() -> describe.apply(id)).switchIfEmpty(Mono.error(Polling::nothing));
    }

    Mono<ImportPage> page(@Nullable String token) {
        return Mono.defer(() -> listPage.apply(token)).switchIfEmpty(Mono.error(Polling::nothing));
    }

    boolean expects(String id, Throwable failure) {
        return expected.test(id, failure);
    }

    PollSpec spec() {
        return spec;
    }

    @Nullable
    ImportsListener listener() {
        return listener;
    }
}
