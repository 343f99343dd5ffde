package dev.reactiveimports;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/**
 * One look at all imports that are due: pages of the listing first, as far as {@link ListingWalk} finds it worth, then the
 * rest one by one. It waits before a page while observations wait for demand. All of it runs in the {@link Serial}.
 */
final class FleetTick {

    private static final int CONCURRENCY = 8;

    private final FleetWatch watch;
    private final Fleet fleet;
    private final FleetClock clock;
    private final Serial serial;
    private final Context context;
    private final boolean wholeListing;

    private final Set<WatchedImport> missing;
    private final ListingWalk walk;
    private final int watched;
    private final TokenTrail trail = new TokenTrail(null);
    private final Map<WatchedImport, Throwable> failed = new LinkedHashMap<>();
    private final Disposable.Swap call = Disposables.swap();
    private @Nullable String token;
    private @Nullable Throwable transientFailure;
    private @Nullable Throwable definiteFailure;
    private int requests;
    private int shown;
    private int describesAnswered;
    private int discovered;
    private boolean describing;
    private boolean waiting;
    private boolean ended;

    FleetTick(FleetWatch watch, Fleet fleet, FleetClock clock, Serial serial, Context context, Scope scope) {
        this.watch = watch;
        this.fleet = fleet;
        this.clock = clock;
        this.serial = serial;
        this.context = context;
        this.wholeListing = scope == Scope.WHOLE_LISTING;
        this.watched = fleet.size();
        this.missing = new LinkedHashSet<>(wholeListing ? fleet.all() : fleet.due(clock.now()));
        this.walk = new ListingWalk(missing, scope == Scope.EXPLORING);
    }

    /** How much to look at. */
    enum Scope {
        /** What is due, by the listing or one by one. */
        DUE,
        /** The same, looking in the listing for what was not found there before. */
        EXPLORING,
        /** Every import there is. */
        WHOLE_LISTING
    }

    /** Begins, or goes on after waiting for demand. */
    void proceed() {
        waiting = false;
        if (describing) {
            describeMissing();
        } else if (!isWalking()) {
            describeFromNowOn();
        } else if (fleet.outbox().isEmpty()) {
            call.replace(watch.page(token)
                    .subscribe(
                            page -> inTurn(() -> turn(page)),
                            failure -> inTurn(() -> listingFailed(failure)),
                            null,
                            context));
        } else {
            waiting = true;
        }
    }

    private boolean isWalking() {
        return wholeListing ? !walk.isAtEnd() : walk.goesOn();
    }

    private void turn(ImportPage page) {
        requests++;
        walk.beginPage();
        long now = clock.now();
        for (ImportOperation seen : page.items()) {
            WatchedImport known = fleet.watched(seen.id());
            if (known != null) {
                shown++;
                walk.shows(known, missing.remove(known));
                fleet.observe(known, seen, now);
            } else if (wholeListing && fleet.discover(seen, now)) {
                discovered++;
            }
        }
        walk.endPage(page.hasNext());
        token = page.nextToken();
        ImportsProtocolException objection = trail.objectionTo(page);
        if (objection != null) {
            endBy(objection);
        } else {
            proceed();
        }
    }

    private void listingFailed(Throwable failure) {
        requests++;
        if (ImportsRetry.isTransient(failure)) {
            transientFailure = failure;
            end();
        } else if (failure instanceof ImportsProtocolException && !wholeListing) {
            // some import of the page cannot be read, but those watched can be asked for
            describeFromNowOn();
        } else {
            endBy(failure);
        }
    }

    private void describeFromNowOn() {
        walk.end();
        describing = true;
        describeMissing();
    }

    /** A few at a time, and none while observations wait. */
    private void describeMissing() {
        if (missing.isEmpty()) {
            end();
        } else if (fleet.outbox().isEmpty()) {
            List<WatchedImport> some = missing.stream().limit(CONCURRENCY).toList();
            some.forEach(missing::remove);
            call.replace(Flux.fromIterable(some)
                    .flatMap(this::describe, CONCURRENCY)
                    .subscribe(
                            this::inTurn,
                            failure -> inTurn(() -> endBy(failure)),
                            () -> inTurn(this::describeMissing),
                            context));
        } else {
            waiting = true;
        }
    }

    private Mono<Runnable> describe(WatchedImport one) {
        return watch.describe(one.id())
                .<Runnable>map(seen -> () -> described(one, seen))
                .onErrorResume(failure -> Mono.just(() -> describeFailed(one, failure)));
    }

    private void described(WatchedImport one, ImportOperation seen) {
        requests++;
        describesAnswered++;
        fleet.observe(one, seen, clock.now());
    }

    private void describeFailed(WatchedImport one, Throwable failure) {
        requests++;
        if (watch.expects(one.id(), failure)) {
            describesAnswered++;
            fleet.postpone(one, clock.now());
        } else if (ImportsRetry.isTransient(failure)) {
            failed.put(one, failure);
            boolean refused = Pace.pauseAskedBy(failure) > 0;
            // when nothing is answered, asking on makes an outage worse
            if (nothingAnswered() && (refused || failed.size() >= CONCURRENCY)) {
                transientFailure = failure;
            }
            if (refused || transientFailure != null) {
                end();
            }
        } else if (!concernsOneImport(failure)) {
            endBy(failure);
        } else {
            describesAnswered++;
            if (wholeListing) {
                fleet.forget(one);
            } else {
                fleet.end(one, failure);
            }
        }
    }

    private static boolean concernsOneImport(Throwable failure) {
        return failure instanceof ImportsApiException answer
                ? answer.isNotFound()
                : failure instanceof ImportsProtocolException || failure instanceof IllegalArgumentException;
    }

    private void endBy(Throwable failure) {
        definiteFailure = failure;
        end();
    }

    private void end() {
        ended = true;
        call.dispose();
    }

    void cancel() {
        end();
    }

    private void inTurn(Runnable step) {
        serial.execute(() -> {
            if (!ended) {
                step.run();
            }
        });
    }

    boolean isWaiting() {
        return waiting;
    }

    boolean isEnded() {
        return ended;
    }

    /** Why the watch must end; null if it goes on. */
    @Nullable
    Throwable definiteFailure() {
        return definiteFailure;
    }

    /** Why this tick counts as a failed poll of all; null if it does not. A few that fail may have themselves to blame. */
    @Nullable
    Throwable failure() {
        boolean allFailed = nothingAnswered() && !failed.isEmpty() && failed.size() >= fleet.size();
        return transientFailure == null && allFailed
                ? failed.values().iterator().next()
                : transientFailure;
    }

    private boolean nothingAnswered() {
        return shown + describesAnswered == 0;
    }

    /** Failures of single imports. */
    Map<WatchedImport, Throwable> failed() {
        return failed;
    }

    /** How many imports the listing showed for the first time. */
    int discovered() {
        return discovered;
    }

    ImportsListener.Poll toPoll() {
        return new ImportsListener.Poll(watched, requests);
    }
}
