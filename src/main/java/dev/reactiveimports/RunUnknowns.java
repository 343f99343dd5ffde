package dev.reactiveimports;

import static java.util.stream.Collectors.toMap;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.util.Logger;
import reactor.util.Loggers;
import reactor.util.context.Context;

/**
 * Starts of unknown outcome, until the listing was walked for them: once for all that have settled, no further than to the page
 * that shows the last one sought. Not thread-safe: what touches it runs on the {@link SerialExecutor}.
 */
final class RunUnknowns {

    private static final Logger LOG = Loggers.getLogger(RunMany.class);
    private static final int MOST_WALKS = 3;

    /** By how much the clocks of the client and the service may differ. */
    private static final long CLOCKS_DIFFER_MILLIS = 5_000;

    /** What becomes of those looked for. */
    interface Verdicts {

        /** The ids that runs have, or had a moment ago. */
        Set<String> boundIds();

        boolean isBound(String id);

        /** Whether a request for this URI is under way, whose import may be listed before its response comes. */
        boolean isStarting(String uri);

        void found(RunInProgress run, ImportOperation started);

        void notFound(RunInProgress run, ImportOutcomeUnknownException failure);
    }

    private final RunCalls calls;
    private final WatchTime time;
    private final SerialExecutor serial;
    private final Context context;
    private final Verdicts verdicts;
    private List<Sought> waiting = new ArrayList<>();

    /** Those that the walk under way looks for. */
    private List<Sought> walked = List.of();

    private @Nullable Disposable walk;

    RunUnknowns(RunCalls calls, WatchTime time, SerialExecutor serial, Context context, Verdicts verdicts) {
        this.calls = calls;
        this.time = time;
        this.serial = serial;
        this.context = context;
        this.verdicts = verdicts;
    }

    /** What was sent may be under way for as long as an attempt may take, counted from now on, to be sure. */
    void add(RunInProgress run, ImportOutcomeUnknownException failure) {
        RunPatience patience = calls.patience();
        waiting.add(new Sought(run, failure, time.now() + patience.underWay().toMillis() + patience.settleMillis()));
    }

    /** When there is something to do; {@link Long#MAX_VALUE} for not before something happens. */
    long dueAt() {
        return walk != null
                ? Long.MAX_VALUE
                : waiting.stream().mapToLong(sought -> sought.dueAt).min().orElse(Long.MAX_VALUE);
    }

    /** Begins a walk if one is due. */
    void proceed() {
        long now = time.now();
        if (dueAt() > now) {
            return;
        }
        List<Sought> due = waiting.stream()
                .filter(sought -> sought.dueAt - calls.patience().gatherMillis() <= now)
                .toList();
        waiting.removeAll(due);
        walked = due;
        LOG.debug("the listing is read for {} starts of unknown outcome", due.size());
        ListingSearch search = new ListingSearch(due.stream()
                .collect(
                        toMap(Sought::uri, sought -> sought.since, (one, other) -> one.isBefore(other) ? one : other)));
        Set<String> bound = verdicts.boundIds();
        walk = search.until(ListingPages.pages(calls::page, null), listed -> !bound.contains(listed.id()))
                .concatMapIterable(ImportPage::items)
                .filter(search::isCandidate)
                .collectList()
                .subscribe(
                        found -> serial.execute(() -> ended(due, found, null)),
                        failure -> serial.execute(() -> ended(due, List.of(), failure)),
                        null,
                        context);
    }

    /** Nothing is looked for any more: what was stays unknown. */
    void giveUp() {
        List<Sought> all = new ArrayList<>(waiting);
        all.addAll(walked);
        clear();
        all.forEach(Sought::lost);
    }

    void clear() {
        waiting = new ArrayList<>();
        walked = List.of();
        if (walk != null) {
            walk.dispose();
            walk = null;
        }
    }

    private boolean isAlone(Sought one) {
        return walked.stream().noneMatch(other -> other != one && other.uri().equals(one.uri()))
                && waiting.stream().noneMatch(other -> other.uri().equals(one.uri()));
    }

    private void ended(List<Sought> sought, List<ImportOperation> found, @Nullable Throwable failure) {
        if (walked != sought) {
            return;
        }
        walk = null;
        boolean again = failure != null && ImportsRetry.isTransient(failure);
        for (Sought one : sought) {
            boolean mayAppearElsewhere = verdicts.isStarting(one.uri());
            if ((again || (failure == null && mayAppearElsewhere)) && ++one.walks < MOST_WALKS) {
                one.dueAt = time.now() + calls.patience().settleMillis();
                waiting.add(one);
            } else if (failure == null && !mayAppearElsewhere && isAlone(one)) {
                one.decide(found);
            } else {
                one.lost();
            }
        }
        walked = List.of();
    }

    private final class Sought {

        private final RunInProgress run;
        private final ImportOutcomeUnknownException failure;
        private final Instant since;
        private long dueAt;
        private int walks;

        Sought(RunInProgress run, ImportOutcomeUnknownException failure, long dueAt) {
            this.run = run;
            this.failure = failure;
            this.since = failure.sentAt().minusMillis(CLOCKS_DIFFER_MILLIS);
            this.dueAt = dueAt;
        }

        String uri() {
            return run.request.uri();
        }

        /** The only one there is; a listing that shifts while it is read may show it twice. */
        void decide(List<ImportOperation> listed) {
            List<ImportOperation> mine = listed.stream()
                    .filter(found -> uri().equals(found.uri()) && !verdicts.isBound(found.id()))
                    .toList();
            boolean isOne = mine.stream().map(ImportOperation::id).distinct().count() == 1;
            if (isOne && mine.get(0).createdAt() != null) {
                LOG.debug(
                        "import {} is taken for the start of unknown outcome",
                        SafeText.ofId(mine.get(0).id()));
                verdicts.found(run, mine.get(mine.size() - 1));
            } else {
                lost();
            }
        }

        void lost() {
            LOG.debug("a start stays unknown after {} walks of the listing", walks);
            verdicts.notFound(run, failure);
        }
    }
}
