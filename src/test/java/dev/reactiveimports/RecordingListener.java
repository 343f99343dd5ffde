package dev.reactiveimports;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** Keeps whatever it is told, and may throw each time. */
final class RecordingListener implements ImportsListener {

    final List<Object> events = new CopyOnWriteArrayList<>();
    private final Runnable afterwards;

    private RecordingListener(Runnable afterwards) {
        this.afterwards = afterwards;
    }

    static RecordingListener quiet() {
        return new RecordingListener(() -> {});
    }

    static RecordingListener throwing(Supplier<RuntimeException> mistake) {
        return new RecordingListener(() -> {
            throw mistake.get();
        });
    }

    static RecordingListener dying(Error error) {
        return new RecordingListener(() -> {
            throw error;
        });
    }

    <E> List<E> all(Class<E> kind) {
        return events.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    @Override
    public void onExchange(Exchange exchange) {
        record(exchange);
    }

    @Override
    public void onRetry(Retrying retry) {
        record(retry);
    }

    @Override
    public void onThrottle(Duration wait) {
        record(wait);
    }

    @Override
    public void onPoll(Poll poll) {
        record(poll);
    }

    @Override
    public void onStatusChange(ImportStatusChange change) {
        record(change);
    }

    private void record(Object event) {
        events.add(event);
        afterwards.run();
    }
}
