package dev.reactiveimports;

import dev.reactiveimports.SimulationSubscriber.Kind;
import java.util.concurrent.TimeUnit;

/** The promises that are checked when a world has come to its end. */
final class SimulationInvariants {

    private final SimulationWorld world;
    private final SimulationLog log;

    private SimulationInvariants(SimulationWorld world) {
        this.world = world;
        this.log = world.log;
    }

    static void check(SimulationWorld world) {
        new SimulationInvariants(world).check();
    }

    private void check() {
        for (SimulationSubscriber one : world.subscribers) {
            if (one.subscribedAt < 0) {
                continue;
            }
            if (closedBefore(one) && one.demandedAt >= 0 && !one.cancelled) {
                closed(one);
            }
            if (one.kind.isWatch()) {
                watch(one);
            } else {
                call(one);
            }
            if (one.failure != null && !one.cancelled) {
                failure(one, one.failure);
            }
        }
        nothingIsLeft();
    }

    private void closed(SimulationSubscriber one) {
        if (!(one.failure instanceof IllegalStateException)) {
            log.violation(one.name, "was not rejected by a client that was closed");
        }
    }

    private boolean endedByClosing(SimulationSubscriber one) {
        return world.closedAt >= 0 && one.endedAt == world.closedAt;
    }

    private void watch(SimulationSubscriber one) {
        if (one.cancelled || endedByClosing(one) || closedBefore(one)) {
            return;
        }
        switch (one.kind) {
            case WATCH_MANY, OBSERVE -> one.joined.forEach((id, at) -> told(one, id));
            case WATCH_INDEX ->
                world.service.imports.values().stream()
                        // what cannot be read hides what is on its page, and what comes after it
                        .filter(known -> noneIsUnreadable())
                        .filter(known -> isShown(known) || one.seen.containsKey(known.id))
                        .forEach(known -> told(one, known.id));
            case WATCH_ONE -> told(one, one.target);
            default -> awaited(one);
        }
        if (one.completed) {
            completion(one);
        } else if (one.failure == null && one.kind.watchesMany() && one.idsCompleted && allEnded(one)) {
            log.violation(one.name, "goes on though all that it watches has ended");
        }
    }

    private boolean noneIsUnreadable() {
        return world.service.imports.values().stream().noneMatch(known -> known.unreadable);
    }

    /** So long ago that whatever was to be seen then must have been. */
    private long lastMoment() {
        return world.clear;
    }

    /** Whether the listing shows it from the last moment on. */
    private boolean isShown(SimulationImport known) {
        return known.isListed(lastMoment())
                && known.endsAt + world.service.listsEndedFor > lastMoment() + world.recovery;
    }

    private boolean closedBefore(SimulationSubscriber one) {
        return world.closedAt >= 0 && (one.demandedAt < 0 || one.demandedAt >= world.closedAt);
    }

    private boolean allEnded(SimulationSubscriber one) {
        return one.joined.keySet().stream().allMatch(id -> {
            SimulationImport known = world.service.imports.get(id);
            return known == null || known.endShownAt() <= lastMoment() || one.traffic.notFound.contains(id);
        });
    }

    /** A terminal state that the service showed long enough was delivered. */
    private void told(SimulationSubscriber one, String id) {
        SimulationImport known = world.service.imports.get(id);
        if (known == null || one.failure != null || known.unreadable) {
            return;
        }
        if (one.traffic.notFound.contains(id) && (one.kind != Kind.WATCH_INDEX || !isShown(known))) {
            return; // ended alone, or forgotten
        }
        if (one.failedIds.contains(id)) {
            return;
        }
        if (one.kind.watchesMany() && one.traffic.longestStreak(id) >= one.spec.maxFailures()) {
            return; // ended alone
        }
        SimulationSubscriber.Seen seen = one.seen.get(id);
        if (known.endShownAt() <= lastMoment()
                && (seen == null || !seen.operation().isTerminal())) {
            log.violation(
                    one.name,
                    "was not told of the end of " + id + " at " + known.endsAt + ", last saw "
                            + (seen == null ? "nothing" : seen.operation().statusText() + " at " + seen.at()));
        } else if (seen == null && known.createdAt <= lastMoment()) {
            log.violation(one.name, "was told nothing of " + id);
        }
    }

    private void awaited(SimulationSubscriber one) {
        SimulationImport known = world.service.imports.get(one.target);
        if (known == null || known.endShownAt() > lastMoment()) {
            return;
        }
        if (one.completed && (known.end != ImportStatus.COMPLETED || one.received != 1)) {
            log.violation(one.name, "completes though its import ended " + known.end);
        } else if (!one.isOver()) {
            log.violation(one.name, "still awaits what ended at " + known.endsAt);
        }
    }

    private void completion(SimulationSubscriber one) {
        if (one.kind == Kind.WATCH_INDEX) {
            log.violation(one.name, "a watch of the index completed");
        } else if (one.kind.watchesMany() && !one.idsCompleted) {
            log.violation(one.name, "completed though ids may come");
        } else if (one.kind.watchesMany()) {
            one.joined.keySet().forEach(id -> {
                SimulationSubscriber.Seen seen = one.seen.get(id);
                if (!one.failedIds.contains(id)
                        && (seen == null || !seen.operation().isTerminal())) {
                    log.violation(one.name, "completed without the end of " + id);
                }
            });
        } else if (one.kind == Kind.WATCH_ONE
                && !one.seen.values().stream().allMatch(s -> s.operation().isTerminal())) {
            log.violation(one.name, "completed without the end");
        }
    }

    private void call(SimulationSubscriber one) {
        new SimulationCallInvariants(world).check(one);
    }

    /** Whether a subscriber had to hear of this failure. */
    private void failure(SimulationSubscriber one, Throwable failure) {
        SimulationTraffic traffic = one.traffic;
        boolean legitimate;
        if (failure instanceof ImportsTransportException && endedByClosing(one)) {
            legitimate = true;
        } else if (SimulationCast.THROWN.equals(failure.getMessage())) {
            legitimate = true;
        } else if (failure instanceof IllegalStateException) {
            // a listing that waits for demand has nothing that closing could end
            legitimate = closedBefore(one) || (world.closedAt >= 0 && one.kind.isListing());
        } else if (failure instanceof ImportOutcomeUnknownException) {
            legitimate = one.kind == Kind.START;
        } else if (failure instanceof ImportFailedException ended) {
            legitimate = one.kind == Kind.AWAIT && ended.operation().status() != ImportStatus.COMPLETED;
        } else if (failure instanceof ImportsApiException response && response.isNotFound()) {
            legitimate = one.kind != Kind.OBSERVE
                    && !one.followsStart
                    && (!traffic.notFound.isEmpty() || one.kind == Kind.CANCEL);
        } else if (failure instanceof ImportsApiException response && response.statusCode() == 400) {
            legitimate = !one.kind.isWatch() && world.service.tokensExpired > 0;
        } else if (failure instanceof ImportsProtocolException) {
            legitimate = !noneIsUnreadable();
        } else if (ImportsRetry.isTransient(failure)) {
            legitimate = isTolerationOver(one, failure);
        } else {
            legitimate = false;
        }
        if (!legitimate) {
            log.violation(one.name, kindOf(one) + " must not end by " + failure);
        }
    }

    private static String kindOf(SimulationSubscriber one) {
        return one.kind.toString();
    }

    private boolean isTolerationOver(SimulationSubscriber one, Throwable failure) {
        boolean refused = failure instanceof ImportsApiException && !world.neverThrottled();
        if (!one.kind.isWatch()) {
            return one.traffic.failed > 0 || refused;
        }
        int longest = one.traffic.longestStreaks.values().stream()
                .mapToInt(n -> n)
                .max()
                .orElse(0);
        longest = Math.max(longest, one.kind == Kind.WATCH_INDEX ? one.traffic.longestWalkStreak : 0);
        return Math.max(longest, one.traffic.longestStreak) >= one.spec.maxFailures()
                || (refused && one.spec.maxFailures() < 100);
    }

    private void nothingIsLeft() {
        world.subscribers.forEach(SimulationSubscriber::cancel);
        long now = world.clock.millis();
        if (world.wire.inFlight != 0) {
            log.violation("world", world.wire.inFlight + " exchanges left in flight");
        }
        if (world.clock.clientTimers() != 0) {
            log.violation("world", world.clock.clientTimers() + " timers left");
        }
        int before = world.wire.begun;
        world.clock.run(now + TimeUnit.MINUTES.toMillis(10), 1_000_000);
        if (world.wire.begun != before) {
            log.violation("world", "exchanges after all unsubscribed");
        }
        world.clock.thrown().stream()
                .filter(thrown -> !SimulationCast.THROWN.equals(thrown.getMessage()))
                .forEach(thrown -> log.violation("world", "thrown at the clock: " + thrown));
    }
}
