package dev.reactiveimports;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.util.Logger;
import reactor.util.Loggers;
import reactor.util.context.Context;

/**
 * The looks of one subscription: what is due together is shared between a walk of the listing and describes, as {@link WatchPlan}
 * finds it cheapest, and from then on each look is on its own. All of it runs in the {@link SerialExecutor}.
 */
final class WatchLooks {

    private static final Logger LOG = Loggers.getLogger(WatchLooks.class);

    /** Each of them begins at the first page, so that more would rather cost than help. */
    private static final int MAX_WALKS = 4;

    private final WatchMany watch;
    private final WatchEntries imports;
    private final SerialExecutor serial;
    private final Context context;
    private final ImportsListener listener;
    private final WatchTime time;

    private final WatchHealth health;
    private final WatchListing listing;
    private final WatchDescribes describes = new WatchDescribes(this);
    private final WatchFallback fallback = new WatchFallback(this);
    private final @Nullable WatchDiscovery discovery;

    private final List<WatchWalk> walks = new ArrayList<>();

    /** Due, but better seen by a walk than described, and the walk for what is due is further on. */
    private final List<WatchEntry> held = new ArrayList<>();

    private @Nullable WatchWalk dueWalk;

    WatchLooks(
            WatchMany watch,
            WatchKind kind,
            WatchEntries imports,
            SerialExecutor serial,
            Context context,
            ImportsListener listener) {
        this.watch = watch;
        this.imports = imports;
        this.serial = serial;
        this.context = context;
        this.listener = listener;
        this.time = watch.time();
        this.health = new WatchHealth(watch.spec(), imports, kind, time);
        this.listing = new WatchListing(watch.spec());
        this.discovery = kind == WatchKind.INDEX ? new WatchDiscovery(watch.spec(), listing, health, time) : null;
    }

    /** Begins what may begin; returns when to come back, by the watch's clock. */
    long proceed() {
        long now = now();
        if (now < health.pausedUntil()) {
            return health.pausedUntil();
        }
        proceedWithWalks(now);
        beginRound(now);
        long next = Math.min(proceedWithWalks(now), describes.proceed(now));
        return Math.min(next, Math.min(imports.soonest(), nextDiscovery(now)));
    }

    /** A discovery that is due already waits for an event: the end of a walk, or a listing that may be tried again. */
    private long nextDiscovery(long now) {
        long next = discovery == null ? Long.MAX_VALUE : discovery.nextAt();
        if (next > now) {
            return next;
        }
        return listing.notBefore() > now ? listing.notBefore() : Long.MAX_VALUE;
    }

    private long proceedWithWalks(long now) {
        long next = Long.MAX_VALUE;
        for (WatchWalk walk : walks) {
            next = Math.min(next, walk.proceed(now));
        }
        walks.removeIf(WatchWalk::isEnded);
        return next;
    }

    private void beginRound(long now) {
        List<WatchEntry> due = imports.takeDue();
        boolean walking = isWorthWaitingForWalk();
        if (!walking) {
            held.removeIf(watched -> watched.slot != WatchEntry.SOUGHT);
            due.addAll(held);
            held.clear();
        }
        boolean discovers = discovery != null
                && !walking
                && (due.isEmpty() ? discovery.nextAt() : discovery.dueFrom()) <= now
                && listing.isUsable(now);
        if (due.isEmpty() && !discovers) {
            return;
        }
        WatchRound round = new WatchRound(imports.size(), listener);
        round.add();
        if (walking) {
            lookBesideWalk(due, round);
        } else if (discovers) {
            discover(due, round, now);
        } else if (listing.isUsable(now)) {
            look(WatchPlan.of(due, listing, 0), WatchWalk.Goal.DUE, round);
        } else {
            fallback.look(due, round, now);
        }
        round.remove();
    }

    /** What is due and better walked for than described waits for a walk that is nearly over, or when enough are under way. */
    private boolean isWorthWaitingForWalk() {
        return dueWalk != null
                && !dueWalk.isEnded()
                && !dueWalk.isStuck()
                && (listing.isQuick(dueWalk.pagesAhead()) || walks.size() >= MAX_WALKS);
    }

    private void look(WatchPlan plan, WatchWalk.Goal goal, WatchRound round) {
        LOG.debug(
                "Of the imports that are due, {} are looked for in {} pages of the listing and {} are described.",
                plan.sought().size(),
                plan.pages() == Integer.MAX_VALUE ? "all" : plan.pages(),
                plan.alone().size());
        if (plan.walks()) {
            dueWalk = walk(plan, goal, null, round);
        }
        describes.add(plan.alone(), round);
    }

    private WatchWalk walk(WatchPlan plan, WatchWalk.Goal goal, @Nullable String token, WatchRound round) {
        WatchWalk walk = new WatchWalk(this, round, goal, plan, token);
        walks.add(walk);
        return walk;
    }

    private void discover(List<WatchEntry> due, WatchRound round, long now) {
        WatchDiscovery clock = requireNonNull(discovery);
        if (clock.isWholeDue(now)) {
            clock.wholeBegun();
            if (clock.isListingShort()) {
                look(WatchPlan.wholeListing(due), WatchWalk.Goal.WHOLE, round);
            } else {
                walk(WatchPlan.wholeListing(List.of()), WatchWalk.Goal.WHOLE, null, round);
                look(WatchPlan.of(due, listing, 0), WatchWalk.Goal.DUE, round);
            }
            return;
        }
        boolean front = clock.looksAtFront();
        String tail = clock.tailToken();
        if (front) {
            clock.begun();
        }
        look(WatchPlan.of(due, listing, front ? 1 : 0), front ? WatchWalk.Goal.FRONT : WatchWalk.Goal.DUE, round);
        if (tail != null) {
            clock.begun();
            walk(WatchPlan.wholeListing(List.of()), WatchWalk.Goal.TAIL, tail, round);
        }
    }

    /** What the walk does not come to waits for the next one if describing it costs more, unless it was never seen. */
    private void lookBesideWalk(List<WatchEntry> due, WatchRound round) {
        due.removeIf(watched -> dueWalk != null && dueWalk.takesUp(watched));
        WatchPlan plan = WatchPlan.of(due, listing, 0);
        List<WatchEntry> newcomers = new ArrayList<>();
        for (WatchEntry watched : plan.sought()) {
            (watched.wasObserved() ? held : newcomers).add(watched);
        }
        describes.add(plan.alone(), round);
        describes.add(newcomers, round);
    }

    /**
     * A page of a walk of the whole listing failed; returns how long to wait before it is requested again.
     *
     * @param failure null if the service did not cause it
     */
    long pageFailed(int inARow, @Nullable Throwable failure) {
        return failure == null ? afterNoLook() : requireNonNull(discovery).pageFailed(inARow, failure);
    }

    /**
     * A page does not come.
     *
     * @param left what the walk was to show
     */
    void walkHangs(WatchWalk walk, List<WatchEntry> left) {
        listing.hangs();
        LOG.debug(
                "A page of the listing is slow; {} imports that it was to show are looked at otherwise.", left.size());
        held.addAll(left);
        if (discovery != null && walk.goal() != WatchWalk.Goal.DUE) {
            discovery.hangs(walk);
        }
    }

    void walkHangsNoMore(WatchWalk walk) {
        listing.hangsNoMore();
        if (discovery != null && walk.goal() != WatchWalk.Goal.DUE) {
            discovery.hangsNoMore(walk);
        }
    }

    void walked(WatchWalk walk) {
        if (walk.isAtEnd() && walk.beganAtFirstPage()) {
            listing.walked(walk.pages());
        }
        if (walk.goal() == WatchWalk.Goal.WHOLE) {
            imports.wholeListingWalked();
        }
        if (discovery != null && walk.goal() != WatchWalk.Goal.DUE) {
            discovery.walked(walk);
        }
    }

    /** @param failure null if the service did not cause it */
    void walkBrokeOff(WatchWalk walk, @Nullable Throwable failure) {
        if (discovery != null && walk.goal() != WatchWalk.Goal.DUE) {
            discovery.brokeOff(walk, failure);
        }
    }

    /** The service rejected a page token: it was too old, most likely. */
    void walkExpired(WatchWalk walk) {
        if (discovery != null && walk.goal() != WatchWalk.Goal.DUE) {
            discovery.expired(walk);
        }
    }

    void found(WatchWalk.Goal goal, int page, int news, boolean atEnd) {
        if (discovery != null) {
            discovery.found(goal, page, news, atEnd);
        }
    }

    boolean discovers() {
        return discovery != null;
    }

    /** A call whose outcome is handled in the {@link SerialExecutor}. */
    <T> Disposable call(Mono<T> mono, Consumer<T> onValue, Consumer<Throwable> onError) {
        return mono.subscribe(
                value -> serial.execute(() -> onValue.accept(value)),
                failure -> serial.execute(() -> onError.accept(failure)),
                null,
                context);
    }

    void cancel() {
        walks.forEach(WatchWalk::cancel);
        walks.clear();
        held.clear();
        describes.cancel();
    }

    /** How long to wait after a look that could not be made or showed nothing. */
    long afterNoLook() {
        return WatchPace.afterFailure(watch.spec(), 1);
    }

    long now() {
        return time.now();
    }

    WatchMany watch() {
        return watch;
    }

    WatchEntries imports() {
        return imports;
    }

    WatchHealth health() {
        return health;
    }

    WatchListing listing() {
        return listing;
    }

    WatchDescribes describes() {
        return describes;
    }

    WatchFallback fallback() {
        return fallback;
    }
}
