package dev.reactiveimports.shared;

import dev.reactiveimports.shared.SharedImportsListener.Progress;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Notifies the listener of how far a consumer is, for as long as it has its lease. */
final class ConsumerProgress {

    private final SharedSettings settings;
    private final String consumer;
    private volatile Cursor place;
    private volatile @Nullable Cursor head;

    ConsumerProgress(SharedSettings settings, String consumer, Cursor begin) {
        this.settings = settings;
        this.consumer = consumer;
        this.place = begin;
    }

    /** Follows the head, however long a handler takes; nobody does so while there are changes to handle. Emits nothing. */
    Mono<Void> follow(LogHeads heads) {
        return settings.hasListener()
                ? heads.heads()
                        .doOnNext(now -> {
                            head = now;
                            report();
                        })
                        .then()
                : Mono.empty();
    }

    void handled(RecordedChange change) {
        if (settings.hasListener()) {
            place = change.cursor();
            settings.listener().onConsumed(settings.watch(), consumer, change);
            report();
        }
    }

    private void report() {
        Cursor newest = head;
        if (newest != null) {
            settings.listener().onProgress(new Progress(settings.watch(), consumer, place, newest));
        }
    }
}
