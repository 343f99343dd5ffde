package dev.reactiveimports;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Imports by when they are due, the soonest first: a binary heap in which each import knows its slot, so that one whose due
 * time changes is moved in logarithmic time. {@link java.util.PriorityQueue} would have to search for it.
 */
final class WatchSchedule {

    private WatchedImport[] heap = new WatchedImport[16];
    private int size;

    @Nullable
    WatchedImport first() {
        return size == 0 ? null : heap[0];
    }

    /** Adds an import, or moves it to where its due time puts it. */
    void put(WatchedImport watched) {
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
     * @param instead what its slot says from now on
     */
    void remove(WatchedImport watched, int instead) {
        int slot = watched.slot;
        watched.slot = instead;
        if (slot < 0) {
            return;
        }
        WatchedImport last = heap[--size];
        clear(size);
        if (last != watched) {
            heap[slot] = last;
            last.slot = slot;
            siftDown(siftUp(last));
        }
    }

    void clear() {
        heap = new WatchedImport[16];
        size = 0;
    }

    @SuppressWarnings("NullAway") // beyond the size there is nothing, and nothing is read there
    private void clear(int slot) {
        heap[slot] = null;
    }

    private WatchedImport siftUp(WatchedImport watched) {
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

    private void siftDown(WatchedImport watched) {
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

    private void place(WatchedImport watched, int slot) {
        heap[slot] = watched;
        watched.slot = slot;
    }

    private static boolean isBefore(WatchedImport one, WatchedImport other) {
        return one.dueAt() != other.dueAt() ? one.dueAt() < other.dueAt() : one.order < other.order;
    }
}
