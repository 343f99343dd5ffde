package dev.reactiveimports;

import java.util.HashSet;
import java.util.Set;

/**
 * The ids that have ended and are not watched again. Where the whole listing is walked from time to time, an id that it did not
 * show for two ages is forgotten: not at once, since a listing that shifts while it is walked may hide one from a walk.
 */
final class WatchEndedIds {

    // each id is in one of them; those of the youngest were shown, or ended, in this age
    private Set<String> youngest = new HashSet<>();
    private Set<String> younger = new HashSet<>();
    private Set<String> oldest = new HashSet<>();

    void add(String id) {
        youngest.add(id);
    }

    boolean contains(String id) {
        return youngest.contains(id) || younger.contains(id) || oldest.contains(id);
    }

    /** Whether an id that the listing shows has ended; if so it stays. */
    boolean isShown(String id) {
        if (youngest.contains(id)) {
            return true;
        }
        boolean known = younger.remove(id) || oldest.remove(id);
        if (known) {
            youngest.add(id);
        }
        return known;
    }

    /** The whole listing was walked, at least once since the last time: what it showed neither then nor before is forgotten. */
    void age() {
        oldest = younger;
        younger = youngest;
        youngest = new HashSet<>();
    }

    int size() {
        return youngest.size() + younger.size() + oldest.size();
    }

    void clear() {
        youngest.clear();
        younger.clear();
        oldest.clear();
    }
}
