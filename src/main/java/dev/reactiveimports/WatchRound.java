package dev.reactiveimports;

/** The looks at imports that were due together, counted for the listener. Each look is independent of the others. */
final class WatchRound {

    private final int watched;
    private final ImportsListener listener;
    private int underWay;
    private int requests;

    WatchRound(int watched, ImportsListener listener) {
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
        if (--underWay == 0 && requests > 0) {
            listener.onPoll(new ImportsListener.Poll(watched, requests));
        }
    }
}
