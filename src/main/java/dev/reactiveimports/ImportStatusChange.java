package dev.reactiveimports;

import static java.util.Objects.requireNonNull;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/**
 * An import's step from one status to another.
 *
 * @param id the import
 * @param from the status before; null when the import was not known
 * @param to the status now
 * @param operation the observation that showed it
 * @since 0.1.0
 */
public record ImportStatusChange(String id, @Nullable ImportStatus from, ImportStatus to, ImportOperation operation) {

    /** In place of a change where there is none: never emitted. */
    private static final ImportStatusChange NONE =
            between(null, new ImportOperation("", null, ImportStatus.UNKNOWN, "", null, null, 0, 0, null, null));

    /**
     * Reduces observations to changes of status, each import by itself: {@code flux.transform(ImportStatusChange::detect)}.
     * The first observation of an import is a change from null.
     *
     * @param observations of any number of imports, mixed: of a watch, of listings one after another
     * @return the changes, see {@link #since}
     */
    public static Flux<ImportStatusChange> detect(Flux<ImportOperation> observations) {
        return since(Map.of()).apply(observations);
    }

    /**
     * Reduces observations to changes of status compared with what was known before, which after a restart is what was
     * stored: {@code flux.transform(ImportStatusChange.since(stored))}. An import whose first observation shows the known
     * status is not emitted; an import that is not known is, with a {@code from} of null.
     *
     * <pre>
     *   observations       a: InProgress   b: Pending   a: InProgress 60 %   a: Completed   b: Pending
     *   since {a=PENDING}  PENDING-&gt;IN_PROGRESS(a)   null-&gt;PENDING(b)        IN_PROGRESS-&gt;COMPLETED(a)
     * </pre>
     *
     * <p>Two unknown statuses of different text ({@link ImportOperation#statusText()}) are a change too, from
     * {@link ImportStatus#UNKNOWN} to itself; to {@code UNKNOWN} as a known status every text is equal.
     *
     * <p>Operators before this one are not steered from behind it: an {@code onErrorContinue} downstream does not reach
     * them.
     *
     * <p>Every subscription starts from {@code known} and remembers one status for each import it saw. Demand is passed
     * on; observations that show no change are replaced by requesting others.
     *
     * @param known the last known status of each import by its id; copied at once
     * @return a function for {@link Flux#transform}
     * @throws NullPointerException if the map has a null key or value
     */
    @SuppressWarnings("ReferenceEquality")
    public static Function<Flux<ImportOperation>, Flux<ImportStatusChange>> since(Map<String, ImportStatus> known) {
        Map<String, ImportStatus> copy = Map.copyOf(known);
        return observations -> {
            requireNonNull(observations, "observations");
            return OpaqueBoundary.around(Flux.defer(() -> {
                Map<String, Seen> last = new HashMap<>();
                copy.forEach((id, status) -> last.put(id, new Seen(status, null)));
                // not handle: with micrometer's context-propagation around it restores thread locals for each item
                return observations.map(operation -> observe(last, operation)).filter(change -> change != NONE);
            }));
        };
    }

    /** Whether two observations of an import, the first of them null if there was none, show different statuses. */
    static boolean differ(@Nullable ImportOperation before, ImportOperation now) {
        return before == null
                || before.status() != now.status()
                || !before.statusText().equals(now.statusText());
    }

    static ImportStatusChange between(@Nullable ImportOperation before, ImportOperation now) {
        return new ImportStatusChange(now.id(), before == null ? null : before.status(), now.status(), now);
    }

    private static ImportStatusChange observe(Map<String, Seen> last, ImportOperation operation) {
        Seen before = last.get(operation.id());
        if (before != null && before.shows(operation)) {
            return NONE;
        }
        last.put(operation.id(), new Seen(operation.status(), operation.statusText()));
        if (before != null && before.status == operation.status() && before.text == null) {
            return NONE;
        }
        return new ImportStatusChange(
                operation.id(), before == null ? null : before.status, operation.status(), operation);
    }

    /** The text only tells unknown statuses apart; null when just the status was known. */
    private record Seen(ImportStatus status, @Nullable String text) {

        boolean shows(ImportOperation operation) {
            return status == operation.status()
                    && (status != ImportStatus.UNKNOWN || operation.statusText().equals(text));
        }
    }
}
