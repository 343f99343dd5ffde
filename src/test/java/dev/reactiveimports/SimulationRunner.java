package dev.reactiveimports;

import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.util.context.Context;

/** Subscribes to a pipeline of runs, is its source too, and checks what can be checked while it runs. */
final class SimulationRunner implements CoreSubscriber<ImportRun>, SimulationCalls {

    final int requests;
    final int maxInProgress;
    final Map<String, ImportRun> delivered = new LinkedHashMap<>();
    final Set<String> notFound = new HashSet<>();

    private final SimulationWorld world;
    private final SimulationClock clock;
    private final SimulationLog log;
    private final SimulationSubscriber.Demand demand;
    private final Map<Object, String> uris = new IdentityHashMap<>();
    private final Set<String> mayBeTaken = new HashSet<>();
    private final Map<String, Integer> streaks = new HashMap<>();
    private final Map<String, Integer> longestStreaks = new HashMap<>();

    boolean cancelsImports;
    boolean cancelled;
    boolean completed;
    int failedPages;
    int begun;
    long demandedAt = -1;

    @Nullable
    Throwable failure;

    private long requested;
    private long asked;
    private @Nullable Subscription subscription;

    SimulationRunner(SimulationWorld world, int requests, int maxInProgress, SimulationSubscriber.Demand demand) {
        this.world = world;
        this.clock = world.clock;
        this.log = world.log;
        this.requests = requests;
        this.maxInProgress = maxInProgress;
        this.demand = demand;
    }

    static String uri(int number) {
        return "s3://bucket/run" + number;
    }

    /** What the pipeline is given, one by one, as it asks for them. */
    Flux<StartImportRequest> source(Publisher<StartImportRequest> last) {
        return Flux.range(0, requests)
                .map(number -> StartImportRequest.of(uri(number)))
                .concatWith(last)
                .doOnRequest(this::asks);
    }

    /** Asked for and not delivered are never more than there are slots, nor than there is demand. */
    private void asks(long n) {
        asked += n;
        if (asked - delivered.size() > Math.min(maxInProgress, requested - delivered.size())) {
            log.violation(
                    name(),
                    "asks for " + asked + ", of " + requested + " requested " + delivered.size() + " delivered");
        }
    }

    @Override
    public String name() {
        return "runner";
    }

    boolean isOver() {
        return cancelled || completed || failure != null;
    }

    boolean mayBeTaken(String uri) {
        return mayBeTaken.contains(uri);
    }

    int longestStreak() {
        return longestStreaks.values().stream().mapToInt(n -> n).max().orElse(0);
    }

    @Override
    public Context currentContext() {
        return Context.of(SimulationCalls.class, this);
    }

    @Override
    public void onSubscribe(Subscription s) {
        subscription = s;
        clock.after(demand.delay(), this::demandMore);
    }

    private void demandMore() {
        request(demand.many() == 0 ? Long.MAX_VALUE / 2 : demand.many());
    }

    void request(long n) {
        if (subscription != null && !isOver() && requested < Long.MAX_VALUE / 2) {
            demandedAt = demandedAt < 0 ? clock.millis() : demandedAt;
            requested += n;
            log.add(name(), "requests " + n);
            subscription.request(n);
        }
    }

    void cancel() {
        if (subscription != null && !isOver()) {
            cancelled = true;
            log.add(name(), "unsubscribes");
            subscription.cancel();
        }
    }

    @Override
    public void onNext(ImportRun run) {
        log.add(name(), "receives " + run.request().uri() + " " + run.outcome());
        if (isOver() && !cancelled) {
            log.violation(name(), "a run after the end");
        } else if (delivered.size() >= requested) {
            log.violation(name(), "a run that was not requested");
        }
        if (delivered.put(run.request().uri(), run) != null) {
            log.violation(name(), "two outcomes of " + run.request().uri());
        }
        if (demand.many() > 0 && delivered.size() == requested) {
            clock.after(demand.delay(), this::demandMore);
        }
        isTrue(run);
    }

    private void isTrue(ImportRun run) {
        ImportOperation operation = run.operation();
        if (run.failure() == null && operation != null) {
            SimulationImport known = world.service.imports.get(operation.id());
            boolean ended = known != null
                    && known.hasEnded(clock.millis())
                    && known.end == operation.status()
                    && known.uri.equals(run.request().uri());
            if (!ended) {
                log.violation(name(), "an end that is not true: " + operation);
            }
        } else if (run.outcome() == ImportRun.Outcome.REFUSED
                && (mayBeTaken.contains(run.request().uri()))) {
            log.violation(name(), "reports as refused what may have been taken: " + run.request());
        } else if (run.outcome() == ImportRun.Outcome.UNKNOWN
                && !mayBeTaken.contains(run.request().uri())) {
            log.violation(name(), "reports as unknown what was surely not taken: " + run.request());
        }
    }

    @Override
    public void onError(Throwable error) {
        log.add(name(), "fails " + error.getClass().getSimpleName());
        requireNotOver();
        failure = error;
    }

    @Override
    public void onComplete() {
        log.add(name(), "completes");
        requireNotOver();
        completed = true;
    }

    private void requireNotOver() {
        if (completed || failure != null) {
            log.violation(name(), "ends twice");
        }
    }

    @Override
    public void begins(String exchange, Object call) {
        begun++;
        boolean isCleaningUp = cancelled && cancelsImports && exchange.startsWith("DELETE");
        if (isOver() && !isCleaningUp) {
            log.violation(name(), "an exchange after the end: " + exchange);
        } else if (requested == 0) {
            log.violation(name(), "an exchange before any demand: " + exchange);
        }
    }

    @Override
    public void sends(String exchange, Object call, String body) {
        if (exchange.startsWith("POST")) {
            int from = body.indexOf("\"uri\":\"") + 7;
            String uri = body.substring(from, body.indexOf('"', from));
            uris.put(call, uri);
            if (!mayBeTaken.add(uri)) {
                log.violation(name(), "a second POST though the first may have been taken: " + uri);
            }
        }
    }

    @Override
    public void succeeds(String exchange, @Nullable Object value) {
        streaks.remove(exchange);
    }

    @Override
    public void fails(String exchange, Object call, Exception error) {
        String uri = uris.get(call);
        if (error instanceof ImportsApiException response) {
            if (uri != null && SimulationTraffic.isDefinite(response)) {
                mayBeTaken.remove(uri);
            }
            if (response.isNotFound() && exchange.startsWith("GET/")) {
                notFound.add(exchange.substring(4));
            }
        }
        count(exchange);
    }

    @Override
    public void cancelled(String exchange, Object call) {
        count(exchange);
    }

    private void count(String exchange) {
        failedPages += exchange.startsWith("GET?") ? 1 : 0;
        longestStreaks.merge(exchange, streaks.merge(exchange, 1, Integer::sum), Math::max);
    }
}
