package dev.reactiveimports.testing;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The newest requests in the order they came, and how many there were. */
final class RequestLog {

    private final int capacity;
    private final Deque<RecordedRequest> newest = new ArrayDeque<>();
    private long count;

    RequestLog(int capacity) {
        this.capacity = capacity;
    }

    /** Records a request and returns its number, 1 for the first. */
    synchronized long add(RecordedRequest request) {
        if (newest.size() == capacity) {
            newest.removeFirst();
        }
        newest.addLast(request);
        return ++count;
    }

    synchronized List<RecordedRequest> newest() {
        return List.copyOf(newest);
    }

    synchronized long count() {
        return count;
    }
}
