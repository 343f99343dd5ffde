package dev.reactiveimports;

import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.util.context.Context;

/** Subscribes to one call of the client, demands in its own way, and checks what can be checked while it runs. */
final class SimulationSubscriber implements CoreSubscriber<Object> {

    /** Which call it subscribes to. */
    enum Kind {
        WATCH_MANY,
        OBSERVE,
        WATCH_INDEX,
        WATCH_ONE,
        AWAIT,
        LIST,
        DESCRIBE,
        CANCEL,
        START,
        FIND;

        boolean isWatch() {
            return ordinal() <= AWAIT.ordinal();
        }

        boolean isListing() {
            return this == LIST || this == FIND;
        }

        boolean watchesMany() {
            return this == WATCH_MANY || this == OBSERVE;
        }
    }

    /** How it demands: everything after a delay if {@code many} is 0, else so many, and as many more a delay after those. */
    record Demand(int many, long delay) {

        static final Demand UNBOUNDED = new Demand(0, 0);
    }

    final String name;
    final Kind kind;
    String target;
    final SimulationTraffic traffic;
    /** When ids joined, if it watches many. */
    final Map<String, Long> joined = new LinkedHashMap<>();
    /** The last observation of each import, and when it came. */
    final Map<String, Seen> seen = new LinkedHashMap<>();

    /** The first observation of each import. */
    final Map<String, Seen> first = new LinkedHashMap<>();

    private final SimulationClock clock;
    private final SimulationLog log;
    private final SimulationService service;
    private final Demand demand;
    private final Context context;

    PollSpec spec = PollSpec.adaptive();
    SimulationPace pace = SimulationPace.fixed(Duration.ofSeconds(1), 0);
    boolean idsCompleted;
    /** Whether its program broke down by an error that is fatal: it is to unsubscribe, and nothing else is expected of it. */
    boolean brokeDown;
    /** Whether it watches what this client started a moment ago, and must bear that the service does not know it yet. */
    boolean followsStart;

    long subscribedAt = -1;
    long demandedAt = -1;
    long unboundedAt = -1;
    long requested;
    long received;
    long endedAt = -1;
    boolean cancelled;
    boolean completed;

    @Nullable
    Throwable failure;

    @Nullable
    Object last;
    /** Ids that ended by a failure that was an item. */
    final Set<String> failedIds = new HashSet<>();
    /** What a listing showed. */
    final Set<String> listed = new HashSet<>();

    int pageSize = 100;
    int readAhead;

    /** What to do with its first item. */
    Consumer<String> then = item -> {};

    private @Nullable Subscription subscription;

    /** An observation. */
    record Seen(ImportOperation operation, long at) {}

    SimulationSubscriber(SimulationWorld world, String name, Kind kind, String target, Demand demand) {
        this.name = name;
        this.kind = kind;
        this.target = target;
        this.clock = world.clock;
        this.log = world.log;
        this.service = world.service;
        this.demand = demand;
        this.traffic = new SimulationTraffic(this, world);
        this.context = Context.of(SimulationCalls.class, traffic);
    }

    @Override
    public Context currentContext() {
        return context;
    }

    /** Whether nothing can follow any more. */
    boolean isOver() {
        return cancelled || completed || failure != null;
    }

    long outstanding() {
        return requested == Long.MAX_VALUE ? Long.MAX_VALUE : requested - received;
    }

    @Override
    public void onSubscribe(Subscription s) {
        subscription = s;
        subscribedAt = clock.millis();
        log.add(name, "subscribes " + kind + " " + target);
        clock.after(demand.delay(), this::demandMore);
    }

    private void demandMore() {
        request(demand.many() == 0 ? Long.MAX_VALUE : demand.many());
    }

    /** Demands all there is. */
    void open() {
        request(Long.MAX_VALUE);
    }

    private void request(long n) {
        if (subscription == null || isOver() || requested == Long.MAX_VALUE) {
            return;
        }
        demandedAt = demandedAt < 0 ? clock.millis() : demandedAt;
        if (n == Long.MAX_VALUE) {
            unboundedAt = clock.millis();
            requested = n;
        } else {
            requested += n;
        }
        log.add(name, "requests " + (n == Long.MAX_VALUE ? "all" : "" + n));
        subscription.request(n);
    }

    void cancel() {
        if (subscription != null && !isOver()) {
            cancelled = true;
            endedAt = clock.millis();
            log.add(name, "unsubscribes");
            subscription.cancel();
            traffic.requireNone("after it unsubscribed");
        }
    }

    /** An operator of the program is about to throw, which unsubscribes. */
    void cancelledByItself() {
        log.add(name, "throws");
        cancelled = true;
        endedAt = clock.millis();
    }

    @Override
    public void onNext(Object item) {
        if (isOver() && !cancelled) {
            log.violation(name, "an item after the end: " + item);
        }
        if (cancelled) {
            return;
        }
        received++;
        last = item;
        if (outstanding() < 0) {
            log.violation(name, "an item that was not requested: " + item);
        }
        log.add(name, "receives " + (item instanceof ImportOperation o ? shown(o) : item));
        if (item instanceof ImportOperation operation) {
            receive(operation);
        } else if (item instanceof ImportObservation.Seen observed) {
            receive(observed.operation());
        } else if (item instanceof ImportObservation.Failed failed) {
            receive(failed);
        }
        if (kind == Kind.START) {
            clock.after(0, () -> then.accept((String) item));
        }
        if (demand.many() > 0 && outstanding() == 0) {
            clock.after(demand.delay(), this::demandMore);
        }
    }

    private static String shown(ImportOperation o) {
        return o.id() + " " + o.statusText() + " " + o.percentComplete();
    }

    private void receive(ImportObservation.Failed failed) {
        Seen before = seen.get(failed.id());
        if (!failedIds.add(failed.id()) || (before != null && before.operation().isTerminal())) {
            log.violation(name, "a failure after the end: " + failed);
        } else if (!traffic.mayFail(failed.id(), failed.failure())) {
            log.violation(name, "must not be ended: " + failed);
        }
    }

    private void receive(ImportOperation operation) {
        if (failedIds.contains(operation.id())) {
            log.violation(name, "an observation after the failure: " + operation);
        }
        SimulationImport known = service.imports.get(operation.id());
        if (operation.isTerminal()
                && (known == null || !known.hasEnded(clock.millis()) || known.end != operation.status())) {
            log.violation(name, "an end that is not true: " + operation);
        }
        listed.add(operation.id());
        if (kind.isWatch() && kind != Kind.AWAIT) {
            observe(operation);
        }
    }

    private void observe(ImportOperation operation) {
        first.putIfAbsent(operation.id(), new Seen(operation, clock.millis()));
        Seen before = seen.put(operation.id(), new Seen(operation, clock.millis()));
        if (before == null || (kind == Kind.WATCH_INDEX && traffic.notFound.remove(operation.id()))) {
            return; // new, or new again
        }
        if (before.operation().isTerminal()) {
            log.violation(name, "an observation after the terminal one: " + operation);
        } else if (before.operation().equals(operation)) {
            log.violation(name, "the same observation twice: " + operation);
        } else if (SimulationImport.progress(operation) < SimulationImport.progress(before.operation())) {
            log.violation(name, "an observation older than the one before: " + operation);
        }
    }

    @Override
    public void onError(Throwable error) {
        // which of its calls a closing client ends first is nobody's business
        boolean closed = String.valueOf(error.getMessage()).endsWith("the client was closed");
        log.add(name, "fails " + (closed ? "since the client was closed" : error));
        end("an error");
        failure = error;
    }

    @Override
    public void onComplete() {
        log.add(name, "completes");
        end("a completion");
        completed = true;
    }

    private void end(String by) {
        if (completed || failure != null) {
            log.violation(name, by + " after the end");
        }
        if (!cancelled) {
            endedAt = clock.millis();
            // an operator that is emitting cancels what else it merges right after that
            clock.after(0, () -> traffic.requireNone("at its end"));
        }
    }
}
