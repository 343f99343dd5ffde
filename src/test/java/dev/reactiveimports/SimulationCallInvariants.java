package dev.reactiveimports;

import dev.reactiveimports.SimulationSubscriber.Kind;
import org.jspecify.annotations.Nullable;

/** What is promised of calls that are no watches. */
final class SimulationCallInvariants {

    private final SimulationWorld world;
    private final SimulationLog log;

    SimulationCallInvariants(SimulationWorld world) {
        this.world = world;
        this.log = world.log;
    }

    void check(SimulationSubscriber one) {
        if (one.cancelled) {
            return;
        }
        if (!one.isOver() && one.demandedAt >= 0 && one.demandedAt <= world.clear) {
            log.violation(one.name, "never came to an end");
        }
        if (one.completed && one.received == 0 && (one.kind == Kind.DESCRIBE || one.kind == Kind.START)) {
            log.violation(one.name, "completed without a value");
        }
        switch (one.kind) {
            case START -> start(one, one.failure);
            case DESCRIBE -> describe(one);
            case CANCEL -> attempts(one, 2 * (1 + world.maxRetries));
            case LIST -> listing(one);
            default -> found(one);
        }
    }

    private void attempts(SimulationSubscriber one, int most) {
        if (one.traffic.begun > most) {
            log.violation(one.name, one.traffic.begun + " attempts, more than " + most);
        }
        long patience = most * (60_000L + world.attemptTimeout.toMillis() + 66_000);
        if (one.endedAt > one.demandedAt + patience) {
            log.violation(one.name, "took " + (one.endedAt - one.demandedAt) + " ms");
        }
    }

    /** The last failure is what its caller sees, with the number of attempts. */
    private void describe(SimulationSubscriber one) {
        attempts(one, 1 + world.maxRetries);
        if (!(one.failure instanceof ImportsException failure) || one.endedAt == world.closedAt) {
            return;
        }
        if (one.traffic.begun > 0 && failure.attempts() != one.traffic.begun) {
            log.violation(one.name, failure.attempts() + " attempts are reported of " + one.traffic.begun);
        }
        if (world.neverThrottled()
                && failure instanceof ImportsApiException seen
                && !(one.traffic.lastFailure instanceof ImportsApiException last
                        && last.statusCode() == seen.statusCode())) {
            log.violation(one.name, "sees " + seen + ", the last failure was " + one.traffic.lastFailure);
        }
    }

    /** What was listed all the time is listed at least once, unless an offset moved over it. */
    private void listing(SimulationSubscriber one) {
        if (!one.completed) {
            return;
        }
        boolean moved = world.service.tokensAreOffsets
                && world.service.imports.values().stream()
                        .anyMatch(known -> vanishes(known, one.demandedAt, one.endedAt));
        for (SimulationImport known : world.service.imports.values()) {
            boolean always = isListed(known, one.demandedAt)
                    && isListed(known, one.endedAt)
                    && known.unlisted.stream()
                            .noneMatch(span -> span.from() <= one.endedAt && span.to() > one.demandedAt);
            if (always && !moved && !one.listed.contains(known.id)) {
                log.violation(one.name, "was not shown " + known.id);
            }
        }
    }

    private boolean vanishes(SimulationImport known, long from, long to) {
        long forgottenAt = known.endsAt + world.service.listsEndedFor;
        return (from <= forgottenAt && forgottenAt <= to)
                || known.unlisted.stream().anyMatch(span -> from <= span.from() && span.from() <= to);
    }

    private boolean isListed(SimulationImport known, long time) {
        return known.isListed(time) && time < known.endsAt + world.service.listsEndedFor;
    }

    private void start(SimulationSubscriber one, @Nullable Throwable failure) {
        attempts(one, 1 + world.maxRetries);
        int accepted = world.service.accepted.getOrDefault(one.target, 0);
        if (accepted > 1) {
            log.violation(one.name, "started " + accepted + " imports");
        }
        if (one.received == 1 && accepted != 1) {
            log.violation(one.name, "has the id of an import that was not started");
        }
        boolean unknown = failure instanceof ImportOutcomeUnknownException;
        if (failure != null && !unknown && (accepted > 0 || one.traffic.mayBeTaken())) {
            log.violation(one.name, "a start that was or may have been taken is reported as " + failure);
        } else if (unknown && !one.traffic.mayBeTaken()) {
            log.violation(one.name, "a start that was surely not taken is reported as unknown");
        }
    }

    /** What was started before somebody looked for it is found. */
    private void found(SimulationSubscriber one) {
        boolean forgets = world.service.listsEndedFor < SimulationImport.NEVER;
        for (SimulationImport known : world.service.imports.values()) {
            if (one.completed
                    && !forgets
                    && known.uri.equals(one.target)
                    && known.createdAt >= 0
                    && known.unlistedUntil() < one.demandedAt
                    && !one.listed.contains(known.id)) {
                log.violation(one.name, "did not find " + known.id);
            }
        }
    }
}
