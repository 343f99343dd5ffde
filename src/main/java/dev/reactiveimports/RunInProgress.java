package dev.reactiveimports;

import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;

/** One request between its arrival and its outcome. Belongs to the {@link SerialExecutor} of its subscription. */
final class RunInProgress {

    /** What is being done about it. */
    enum Phase {
        /** Waits for a slot, or for a pause to end. */
        WAITING,
        /** Is being checked or sent. */
        STARTING,
        /** Was sent, and nobody knows with what effect. */
        UNKNOWN,
        /** Has an id and is observed. */
        OBSERVED,
        /** Has its outcome. */
        ENDED
    }

    final StartImportRequest request;
    Phase phase = Phase.WAITING;

    /** Failed starts in a row that were surely not taken, and were nobody's pause. */
    int unsent;

    /** Whether the check before the start has passed, or there is none. */
    boolean checked;

    @Nullable
    Disposable call;

    /** What is known of its import, once it has an id. */
    @Nullable
    ImportOperation known;

    RunInProgress(StartImportRequest request) {
        this.request = request;
    }
}
