package dev.reactiveimports;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Imports by when they are due, the soonest first: a binary heap in which each import knows its slot, so that one whose due
 * time changes is moved in logarithmic time. {@link java.util.PriorityQueue} would have to search for it.
 */
final class WatchSchedule {

    private WatchEntry[] heap = new WatchEntry[16];
    private int size;

    @Nullable
    WatchEntry first() {
        return size == 0 ? null : heap[0];
    }

    /** Adds an import, or moves it to where its due time puts it. */
    void put(WatchEntry watched) {
        if (watched.slot < 0) {
            if (size == heap.length) {
                heap = Arrays.copyOf(heap, size + (size >> 1));
            }
            watched.slot = size;
            heap[size++] = watched;
        }
        siftDown(siftUp(watched));
    }

    /**
     * Takes an import out.
     *
     * @param instead the value of its slot from now on
     */
    void remove(WatchEntry watched, int instead) {
        int slot = watched.slot;
        watched.slot = instead;
        if (slot < 0) {
            return;
        }
        WatchEntry last = heap[--size];
        clear(size);
        if (last != watched) {
            heap[slot] = last;
            last.slot = slot;
            siftDown(siftUp(last));
        }
    }

    void clear() {
        heap = new WatchEntry[16];
        size = 0;
    }

    @SuppressWarnings("NullAway") // beyond the size there is nothing, and nothing is read there
    private void clear(int slot) {
        heap[slot] = null;
    }

    private WatchEntry siftUp(WatchEntry watched) {
        int slot = watched.slot;
        while (slot > 0) {
            int parent = (slot - 1) >>> 1;
            if (!isBefore(watched, heap[parent])) {
                break;
            }
            place(heap[parent], slot);
            slot = parent;
        }
        place(watched, slot);
        return watched;
    }

    private void siftDown(WatchEntry watched) {
        int slot = watched.slot;
        for (int child = 2 * slot + 1; child < size; child = 2 * slot + 1) {
            if (child + 1 < size && isBefore(heap[child + 1], heap[child])) {
                child++;
            }
            if (!isBefore(heap[child], watched)) {
                break;
            }
            place(heap[child], slot);
            slot = child;
        }
        place(watched, slot);
    }

    private void place(WatchEntry watched, int slot) {
        heap[slot] = watched;
        watched.slot = slot;
    }

    private static boolean isBefore(WatchEntry one, WatchEntry other) {
        return one.dueAt() != other.dueAt() ? one.dueAt() < other.dueAt() : one.order < other.order;
    }
}
