package dev.reactiveimports;

import org.jspecify.annotations.Nullable;

/** The looks at imports that were due together, counted for the listener. Each look is independent of the others. */
final class WatchRound {

    private final int watched;
    private final @Nullable ImportsListener listener;
    private int underWay;
    private int requests;

    WatchRound(int watched, @Nullable ImportsListener listener) {
        this.watched = watched;
        this.listener = listener;
    }

    /** A look belongs to this round, be it under way already or not. */
    void add() {
        underWay++;
    }

    void requested() {
        requests++;
    }

    /** A look of this round is over. */
    void remove() {
        if (--underWay == 0 && requests > 0 && listener != null) {
            listener.onPoll(new ImportsListener.Poll(watched, requests));
        }
    }
}
