package dev.reactiveimports.shared;

import reactor.core.publisher.Flux;

/** When to ask the store: at once, when it notifies, and once in a while since it may not. One subscription to its hints for all. */
final class LogHints {

    private final SharedSettings settings;
    private final SharedClosing closing;
    private final Flux<Boolean> notified;

    LogHints(ImportsStore store, SharedSettings settings, SharedClosing closing) {
        this.settings = settings;
        this.closing = closing;
        this.notified = SharedRetry.untilCancelled(
                        settings,
                        "listening",
                        Flux.from(store.wakeUps(settings.watch())).map(hint -> true))
                .onBackpressureLatest()
                .publish(1)
                .refCount();
    }

    /** On the scheduler, never on a thread that notifies; at most one waits. Silent once the replica is closed. */
    Flux<Boolean> hints() {
        Flux<Boolean> ticks = settings.delay(SharedSettings.PERIOD).repeat().map(tick -> true);
        return Flux.merge(notified.onBackpressureLatest().publishOn(settings.scheduler(), 1), ticks)
                .startWith(true)
                .takeUntilOther(closing.begun())
                .concatWith(Flux.never())
                .onBackpressureLatest();
    }
}
