package dev.reactiveimports;

/** How many imports may be in progress. Throttling that a start could not wait out halves them, starts let them grow back. */
final class RunSlots {

    private final int most;
    private final ImportsListener listener;
    private int now;

    RunSlots(int most, ImportsListener listener) {
        this.most = most;
        this.listener = listener;
        this.now = most;
    }

    int now() {
        return now;
    }

    void halve() {
        change(Math.max(1, now / 2));
    }

    void grow() {
        change(Math.min(most, now + 1));
    }

    private void change(int slots) {
        if (slots != now) {
            now = slots;
            listener.onSlots(new ImportsListener.Slots(slots, most));
        }
    }
}
