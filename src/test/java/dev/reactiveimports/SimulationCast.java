package dev.reactiveimports;

import dev.reactiveimports.SimulationImport.Curve;
import dev.reactiveimports.SimulationImport.Span;
import dev.reactiveimports.SimulationSubscriber.Demand;
import dev.reactiveimports.SimulationSubscriber.Kind;
import dev.reactiveimports.SimulationWeather.Fault;
import dev.reactiveimports.SimulationWeather.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/** Worlds in which everything goes wrong for some minutes, as chance has it, and then nothing more. */
final class SimulationCast {

    static final String THROWN = "thrown by the program";

    private final SimulationWorld world;
    private final SimulationDice dice;

    private SimulationCast(SimulationWorld world) {
        this.world = world;
        this.dice = world.dice;
    }

    static SimulationWorld wild(long seed) {
        SimulationWorld world = new SimulationWorld(seed);
        new SimulationCast(world).fill();
        return world;
    }

    /** Worlds of starts, most of which meet some fault, and of watches of what was started. */
    static SimulationWorld starting(long seed) {
        SimulationWorld world = new SimulationWorld(seed);
        SimulationDice dice = world.dice;
        world.clear = 60_000;
        world.recovery = 240_000;
        world.attemptTimeout = Duration.ofMillis(dice.between(50, 5_000));
        world.rebuild();
        world.weather.slowest = dice.oneOf(20, 200, 2_000);
        world.weather.phases.add(new Phase(0, dice.between(5_000L, 60_000L), dice.oneOf(0.1, 0.5, 0.9), null));
        SimulationCast cast = new SimulationCast(world);
        int starts = dice.between(1, 6);
        for (int i = 0; i < starts; i++) {
            SimulationSubscriber one = world.subscriber(Kind.START, "s3://bucket/new" + i, Demand.UNBOUNDED);
            cast.followUp(one);
            long at = dice.between(0L, 30_000L);
            world.clock.at(at, () -> world.subscribe(one, cast.call(one, world.ids())));
            if (dice.chance(0.2)) {
                world.clock.at(dice.between(at, at + 5_000), one::cancel);
            }
        }
        for (int i = 0; i < dice.oneOf(0, 0, 20); i++) {
            long by = dice.oneOf(-1, 1) * dice.between(1_000L, 3_600_000L);
            world.clock.at(dice.between(0L, world.clear), () -> world.clock.setWallClockBy(by));
        }
        if (dice.chance(0.2)) {
            world.closeAt(dice.between(0L, 35_000L));
        }
        return world;
    }

    private void fill() {
        world.clear = dice.between(60_000L, 600_000L);
        world.recovery = 240_000;
        world.attemptTimeout = Duration.ofSeconds(dice.between(2, 20));
        if (dice.chance(0.2)) {
            world.maxRetries = dice.between(0, 2);
            world.retry = world.retry.maxRetries(world.maxRetries);
        }
        world.rebuild();
        weather();
        listing();
        int imports = dice.oneOf(1, 5, 12, 30);
        for (int i = 0; i < imports; i++) {
            add("i" + i);
        }
        int subscribers = dice.between(1, 4);
        for (int i = 0; i < subscribers; i++) {
            subscriber();
        }
        if (dice.chance(0.1)) {
            world.closeAt(dice.between(1_000L, world.clear));
        }
        if (dice.chance(0.1)) {
            long by = dice.oneOf(-1, 1) * dice.between(1_000L, 3_600_000L);
            world.clock.at(dice.between(0L, world.clear), () -> world.clock.setWallClockBy(by));
        }
    }

    private void weather() {
        SimulationWeather weather = world.weather;
        weather.tail = dice.oneOf(0, 0, 10, 50);
        weather.slowest = dice.oneOf(20, 60, 400);
        int phases = dice.between(0, 4);
        for (int i = 0; i < phases; i++) {
            long from = dice.between(0L, world.clear);
            long to = Math.min(world.clear, from + dice.between(5_000L, 120_000L));
            Fault fault = dice.chance(0.5) ? null : dice.oneOf(Fault.values());
            weather.phases.add(new Phase(from, to, dice.oneOf(0.05, 0.3, 1.0), fault));
        }
        if (dice.chance(0.1)) {
            weather.rate = dice.oneOf(1, 5, 20);
            weather.burst = dice.oneOf(5, 20);
        }
    }

    private void listing() {
        SimulationService service = world.service;
        service.order = dice.oneOf(SimulationService.Order.values());
        service.tokensAreOffsets = dice.chance(0.5);
        service.largestPage = dice.oneOf(1, 3, 10, 100, 100);
        if (dice.chance(0.3)) {
            long least = 5 * world.weather.longestLatency() + 500; // or no listing can ever be walked
            service.tokensLast = dice.between(least, 20_000L);
        }
        if (dice.chance(0.1)) {
            service.listsEndedFor = dice.between(1_000L, 300_000L);
        }
    }

    private SimulationImport add(String id) {
        long createdAt = dice.chance(0.5) ? -dice.between(0L, 600_000L) : dice.between(0L, world.clear);
        SimulationImport added = world.service.add(id, "s3://bucket/" + id, createdAt);
        added.startsAt = createdAt + dice.between(0L, 30_000L);
        added.endsAt = dice.chance(0.1)
                ? SimulationImport.NEVER
                : Math.max(added.startsAt, 0) + dice.between(0L, world.clear - Math.max(0, createdAt));
        added.end =
                dice.oneOf(ImportStatus.COMPLETED, ImportStatus.COMPLETED, ImportStatus.FAILED, ImportStatus.CANCELLED);
        added.curve = dice.oneOf(Curve.values());
        added.steps = dice.oneOf(1, 5, 20);
        if (dice.chance(0.2)) {
            added.unlisted.add(span(120_000));
        }
        if (dice.chance(0.2)) {
            added.failing = span(120_000);
            added.failingStatus = dice.oneOf(0, 503);
        }
        if (dice.chance(0.05)) {
            added.unknown = span(60_000);
        }
        added.unreadable = dice.chance(0.005);
        return added;
    }

    private Span span(long longest) {
        long from = dice.between(-longest, world.clear);
        return new Span(from, Math.min(world.clear, from + dice.between(1L, longest)));
    }

    private PollSpec spec() {
        PollSpec spec = dice.oneOf(
                PollSpec.fixedInterval(Duration.ofMillis(dice.between(500, 10_000))),
                PollSpec.adaptive(Duration.ofSeconds(2), Duration.ofSeconds(30)),
                PollSpec.backoff(Duration.ofSeconds(1), Duration.ofSeconds(20)));
        return spec.jitter(dice.oneOf(0.0, 0.1, 0.5))
                .random(world.jitter::unit)
                .maxConsecutiveFailures(dice.oneOf(1, 5, 5, 1_000_000, 1_000_000, 1_000_000));
    }

    private Demand demand() {
        return switch (dice.between(0, 5)) {
            case 0 -> new Demand(1, dice.between(1L, 20_000L));
            case 1 -> new Demand(dice.between(2, 20), dice.between(1L, 20_000L));
            case 2 -> new Demand(0, dice.between(1L, 60_000L));
            default -> Demand.UNBOUNDED;
        };
    }

    private String anId() {
        return dice.chance(0.03) ? "unknown" : "i" + dice.between(0, world.service.imports.size() - 1);
    }

    private void subscriber() {
        long at = dice.chance(0.7) ? 0 : dice.between(0L, world.clear);
        Kind kind = dice.oneOf(Kind.values());
        kind = dice.chance(0.5) ? dice.oneOf(Kind.WATCH_MANY, Kind.OBSERVE, Kind.WATCH_INDEX) : kind;
        String target = kind == Kind.START || kind == Kind.FIND ? "s3://bucket/new" + world.subscribers.size() : anId();
        SimulationSubscriber one = world.subscriber(kind, target, demand());
        one.spec = spec();
        Sinks.Many<String> ids = world.ids();
        if (kind.watchesMany()) {
            joins(one, ids, at);
        }
        Flux<?> call = dice.chance(0.07) ? throwing(call(one, ids), one) : call(one, ids);
        world.clock.at(at, () -> world.subscribe(one, call));
        if (dice.chance(0.15)) {
            world.clock.at(dice.between(at, world.clear), one::cancel);
        }
        if (kind == Kind.START && dice.chance(0.7)) {
            followUp(one);
        }
    }

    private void joins(SimulationSubscriber one, Sinks.Many<String> ids, long from) {
        List<Long> times = new ArrayList<>();
        int count = dice.between(1, world.service.imports.size());
        for (int i = 0; i < count; i++) {
            String id = anId();
            long at = dice.chance(0.7) ? from : dice.between(from, world.clear);
            SimulationImport known = world.service.imports.get(id);
            times.add(known == null ? at : Math.max(at, known.createdAt));
            world.join(one, ids, id, times.get(i));
        }
        if (dice.chance(0.8)) {
            world.completeIds(one, ids, times.stream().mapToLong(t -> t).max().orElse(0));
        }
    }

    private Flux<?> call(SimulationSubscriber one, Sinks.Many<String> ids) {
        ReactiveImportsApi api = world.api;
        return switch (one.kind) {
            case WATCH_MANY -> api.watchImports(ids.asFlux(), one.spec);
            case OBSERVE -> api.observeImports(ids.asFlux(), one.spec);
            case WATCH_INDEX -> api.watchIndex(one.spec);
            case WATCH_ONE -> api.watchImport(one.target, one.spec);
            case AWAIT -> api.awaitImport(one.target, one.spec).flux();
            case LIST -> {
                one.pageSize = dice.between(1, 100);
                one.readAhead = dice.oneOf(0, 0, 1, 3);
                yield api.listImports(
                        ListImportsSpec.create().pageSize(one.pageSize).readAhead(one.readAhead));
            }
            case DESCRIBE -> api.describeImport(one.target).flux();
            case CANCEL -> api.cancelImport(one.target).flux();
            case START -> api.startImport(StartImportRequest.of(one.target)).flux();
            case FIND -> api.findStarted(one.target, Instant.ofEpochMilli(SimulationClock.epochMillis(0)));
        };
    }

    /** As a program's own operator does; after an error that is fatal it unsubscribes some time later. */
    private Flux<?> throwing(Flux<?> call, SimulationSubscriber one) {
        long at = dice.between(0L, 4L);
        boolean isFatal = dice.chance(0.3);
        return call.index().<Object>map(item -> {
            if (item.getT1() != at) {
                return item.getT2();
            }
            if (isFatal) {
                one.brokeDown = true;
                world.clock.after(dice.between(0L, 10_000L), one::cancel);
                throw new NoClassDefFoundError(THROWN);
            }
            one.cancelledByItself();
            throw new IllegalArgumentException(THROWN);
        });
    }

    /** The import that was started is watched: its 404s are to be borne. */
    private void followUp(SimulationSubscriber starter) {
        SimulationSubscriber follower =
                world.subscriber(Kind.WATCH_ONE, "started by " + starter.name, Demand.UNBOUNDED);
        follower.spec = PollSpec.fixedInterval(Duration.ofSeconds(2)).maxConsecutiveFailures(1_000_000);
        follower.followsStart = true;
        starter.then = id -> {
            follower.target = id;
            world.subscribe(follower, world.api.watchImport(id, follower.spec));
        };
    }
}
