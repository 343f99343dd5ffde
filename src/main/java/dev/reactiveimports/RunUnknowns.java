package dev.reactiveimports;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.BaseSubscriber;
import reactor.util.context.Context;

/**
 * Starts of unknown outcome, until the listing was walked for them: once for all that have settled, no further than to the page
 * that shows the last one sought. Not thread-safe: what touches it runs on the serial.
 */
final class RunUnknowns {

    private static final long CLOCKS_DIFFER_MILLIS = 5_000;
    private static final int MOST_WALKS = 3;

    /** What becomes of those looked for. */
    interface Verdicts {

        /** Whether a run has this id, or had it a moment ago. */
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
    private @Nullable Walk walk;

    RunUnknowns(RunCalls calls, WatchTime time, SerialExecutor serial, Context context, Verdicts verdicts) {
        this.calls = calls;
        this.time = time;
        this.serial = serial;
        this.context = context;
        this.verdicts = verdicts;
    }

    void add(RunInProgress run, ImportOutcomeUnknownException failure) {
        long timeout = calls.patience().underWay().toMillis();
        long elapsed = time.wallClock().toEpochMilli() - failure.sentAt().toEpochMilli();
        long remaining = Math.max(0, Math.min(timeout, timeout - elapsed));
        waiting.add(new Sought(
                run, failure, time.now() + remaining + calls.patience().settleMillis()));
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
        Walk next = new Walk(due);
        walk = next;
        ListingPages.pages(calls::page, null).subscribe(next);
    }

    /** Nothing is looked for any more: what was stays unknown. */
    void giveUp() {
        List<Sought> all = new ArrayList<>(waiting);
        Walk current = walk;
        if (current != null) {
            all.addAll(current.sought);
        }
        clear();
        all.forEach(Sought::lost);
    }

    void clear() {
        waiting = new ArrayList<>();
        if (walk != null) {
            walk.cancel();
            walk = null;
        }
    }

    private boolean isAlone(Sought one, List<Sought> walked) {
        String uri = one.run.request.uri();
        return walked.stream().noneMatch(other -> other != one && other.isOf(uri))
                && waiting.stream().noneMatch(other -> other.isOf(uri));
    }

    private void ended(Walk ended, @Nullable Throwable failure) {
        if (walk != ended) {
            return;
        }
        walk = null;
        boolean again = failure != null && ImportsRetry.isTransient(failure);
        for (Sought sought : ended.sought) {
            boolean mayAppearElsewhere = verdicts.isStarting(sought.run.request.uri());
            if ((again || (failure == null && mayAppearElsewhere)) && ++sought.walks < MOST_WALKS) {
                sought.seen.clear();
                sought.dueAt = time.now() + calls.patience().settleMillis();
                waiting.add(sought);
            } else if (failure == null && !mayAppearElsewhere && isAlone(sought, ended.sought)) {
                sought.decide();
            } else {
                sought.lost();
            }
        }
    }

    private final class Sought {

        private final RunInProgress run;
        private final ImportOutcomeUnknownException failure;
        private final Instant since;
        private final Map<String, ImportOperation> seen = new LinkedHashMap<>();
        private long dueAt;
        private int walks;

        Sought(RunInProgress run, ImportOutcomeUnknownException failure, long dueAt) {
            this.run = run;
            this.failure = failure;
            this.since = failure.sentAt().minusMillis(CLOCKS_DIFFER_MILLIS);
            this.dueAt = dueAt;
        }

        boolean isOf(String uri) {
            return run.request.uri().equals(uri);
        }

        void look(ImportOperation listed) {
            Instant created = listed.createdAt();
            boolean recent = created == null || !created.isBefore(since);
            // two are as good as many
            if (recent && seen.size() < 2 && !verdicts.isBound(listed.id())) {
                seen.put(listed.id(), listed);
            }
        }

        void decide() {
            Predicate<ImportOperation> unbound = found -> !verdicts.isBound(found.id());
            List<ImportOperation> found = seen.values().stream().filter(unbound).toList();
            if (found.size() == 1 && found.get(0).createdAt() != null) {
                verdicts.found(run, found.get(0));
            } else {
                lost();
            }
        }

        void lost() {
            verdicts.notFound(run, failure);
        }
    }

    /** Page by page, each looked at before the next is asked for. */
    private final class Walk extends BaseSubscriber<ImportPage> {

        private final List<Sought> sought;
        private final Map<String, List<Sought>> byUri = new LinkedHashMap<>();
        private final Set<Sought> unseen;

        Walk(List<Sought> sought) {
            this.sought = sought;
            this.unseen = new HashSet<>(sought);
            sought.forEach(one -> byUri.computeIfAbsent(one.run.request.uri(), uri -> new ArrayList<>())
                    .add(one));
        }

        @Override
        protected void hookOnSubscribe(org.reactivestreams.Subscription subscription) {
            request(1);
        }

        @Override
        protected void hookOnNext(ImportPage page) {
            serial.execute(() -> take(page));
        }

        private void take(ImportPage page) {
            if (walk != this) {
                return;
            }
            for (ImportOperation listed : page.items()) {
                String uri = listed.uri();
                for (Sought one : uri == null ? List.<Sought>of() : byUri.getOrDefault(uri, List.of())) {
                    one.look(listed);
                    if (!one.seen.isEmpty()) {
                        unseen.remove(one);
                    }
                }
            }
            if (unseen.isEmpty()) {
                cancel();
                ended(this, null);
            } else {
                request(1);
            }
        }

        @Override
        protected void hookOnError(Throwable failure) {
            serial.execute(() -> ended(this, failure));
        }

        @Override
        protected void hookOnComplete() {
            serial.execute(() -> ended(this, null));
        }

        @Override
        public Context currentContext() {
            return context;
        }
    }
}
