package dev.reactiveimports;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.util.context.Context;

/** The parts of a watch's engine without the subscription that drives them. */
final class WatchBench {

    final WatchClock time = new WatchClock();
    final WatchTime clock = new WatchTime(time);
    final PollSpec spec =
            PollSpec.fixedInterval(Duration.ofSeconds(5)).jitter(0).scheduler(time);
    final WatchedService service = new WatchedService();
    final WatchEntries imports;
    final WatchLooks looks;
    final List<ImportsListener.Poll> rounds = new ArrayList<>();
    private final SerialExecutor serial = new SerialExecutor(() -> {}, WatchBench::crash, () -> {});

    WatchBench(WatchKind kind) {
        imports = new WatchEntries(kind, spec, clock, ImportsListener.NONE);
        looks = new WatchLooks(service.watch(spec), kind, imports, serial, Context.empty(), recorder());
    }

    private ImportsListener recorder() {
        return new ImportsListener() {
            @Override
            public void onPoll(Poll poll) {
                rounds.add(poll);
            }
        };
    }

    /** A round that is under way until what is added to it is over. */
    WatchRound round() {
        return new WatchRound(1, recorder());
    }

    private static void crash(Throwable failure) {
        throw new AssertionError(failure);
    }

    /** Ids that join and are due. */
    List<WatchEntry> due(String... ids) {
        List.of(ids).forEach(imports::join);
        return imports.takeDue();
    }

    /** One that joins after a look, when it is due. */
    WatchEntry dueLater(String id) {
        imports.join(id);
        forward(2_000);
        return imports.takeDue().get(0);
    }

    WatchWalk walk(WatchWalk.Goal goal, WatchPlan plan, @Nullable String token) {
        return new WatchWalk(looks, round(), goal, plan, token);
    }

    WatchWalk walk(WatchWalk.Goal goal) {
        return walk(goal, WatchPlan.wholeListing(List.of()), null);
    }

    /** Walks until it ends, for as many pages. */
    WatchWalk walked(WatchWalk walk) {
        for (int i = 0; i < 1_000 && !walk.isEnded(); i++) {
            proceed(walk, now());
        }
        return walk;
    }

    /** In the serial, as always: a response that is there at once is handled afterwards. */
    long proceed(WatchWalk walk, long now) {
        long[] next = new long[1];
        serial.execute(() -> next[0] = walk.proceed(now));
        return next[0];
    }

    long describe() {
        long[] next = new long[1];
        serial.execute(() -> next[0] = looks.describes().proceed(now()));
        return next[0];
    }

    /** What the watch does on each event; responses that are there at once are handled, and followed by another look. */
    long look() {
        long[] next = new long[1];
        int requests;
        do {
            requests = service.requests();
            serial.execute(() -> next[0] = looks.proceed());
        } while (service.requests() > requests);
        return next[0];
    }

    void forward(long millis) {
        time.forward(Duration.ofMillis(millis));
    }

    long now() {
        return clock.now();
    }
}
